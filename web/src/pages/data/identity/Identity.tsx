// Are these two one customer? What they share, side by side; a person says so, and can take it back.

import { App, Button, Input, Radio, Segmented } from 'antd';
import { useState } from 'react';
import { useConflicts, useIdentityWork } from '../../../api/intake';
import { useCustomer } from '../../../api/reading';
import type { ConflictCustomer, IdentityConflict } from '../../../api/types';
import { useMoment, usePageState } from '../../../frame/moment';
import { Value } from '../../../parts/Amount';
import { CustomerName } from '../../../parts/CustomerName';
import { Export, Head } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { Said } from '../../../parts/Said';
import { BoneBlock, Empty, Fault } from '../../../parts/States';
import { useNow, useSay } from '../../../words/say';
import '../data.css';
import { useAgo } from '../SourceCard';
import { DataTabs } from '../Tabs';
import './identity.css';

const STATES = ['open', 'merged', 'apart', 'all'];

export default function IdentityPage() {
  const { t } = useSay();
  const [query, set] = usePageState();
  const state = STATES.find((one) => one === query.get('state')) ?? 'open';
  const { data, error, refetch } = useConflicts(state);
  return (
    <div className="page">
      <Head title={t('data.tabs.identity')} sentence={data && (data.open_count === 0 ? t('identity.none_title') : <Said words="identity.sentence" count={data.open_count} />)} sub={<span>{t('identity.about')}</span>} acts={data && data.items.length > 0 && <Export what="conflicts" query={{ state }} />} />
      <DataTabs />
      <div className="filters">
        <Segmented value={state} onChange={(one) => set({ state: one === 'open' ? null : String(one) })} aria-label={t('col.state')} options={STATES.map((one) => ({ value: one, label: t(`identity.state.${one}`) }))} />
      </div>
      {error && !data && <Fault error={error} what={t('data.tabs.identity')} again={() => void refetch()} />}
      {!data && !error && <BoneBlock height={160} />}
      {data?.items.length === 0 && <div className="card"><Empty title={t(state === 'open' ? 'identity.none' : 'identity.none_match')}>{state === 'open' && t('identity.none_text')}</Empty></div>}
      {data && data.items.length > 0 && <ul className="conflicts">{data.items.map((one) => <Conflict key={one.id} conflict={one} />)}</ul>}
    </div>
  );
}

function Conflict({ conflict }: { conflict: IdentityConflict }) {
  const { t, sentence, dayTime } = useSay();
  const ago = useAgo();
  const now = useNow(60_000);
  const open = conflict.state === 'open';
  const [into, choose] = useState<string | null>(conflict.customers[0]?.id ?? null);
  return (
    <li className="card conflict">
      <header className="line wrap">
        <code className="conflict-key">{conflict.key}</code>
        <span className="tag">{t(`identity.sort.${conflict.sort}`, { defaultValue: conflict.sort })}</span>
        <span className="soft">{sentence(conflict.sentence)}</span>
        <span className="push small quiet" title={dayTime(conflict.found_at)}>{ago(conflict.found_at, now)}</span>
      </header>
      <Radio.Group value={open ? into : null} onChange={(event) => choose(event.target.value as string)} className={conflict.customers.length === 2 ? 'sides' : 'sides many'} aria-label={t('identity.stays')}>
        {conflict.customers.map((one) => <Side key={one.id} one={one} open={open} detailed={conflict.customers.length <= 4} />)}
      </Radio.Group>
      {conflict.customer_count > conflict.customers.length && <p className="small quiet">{t('identity.more', { count: conflict.customer_count - conflict.customers.length })}</p>}
      {open ? <Decide conflict={conflict} into={into} /> : <Decided conflict={conflict} />}
    </li>
  );
}

/** One of them: who it is, since when, what is known. */
function Side({ one, open, detailed }: { one: ConflictCustomer; open: boolean; detailed: boolean }) {
  const { t, day, near } = useSay();
  const { data } = useCustomer(detailed ? one.id : null);
  const traits = data?.traits.filter((trait) => trait.key !== 'name').slice(0, 6) ?? [];
  const standing = data?.row.standing;
  return (
    <div className="side-card">
      <div className="line">{open && <Radio value={one.id} aria-label={`${t('identity.stays')} ${one.name}`} />}<CustomerName id={one.id} name={one.name} /><span className="push small quiet clip">{one.owner ?? t('owner.none')}</span></div>
      <dl className="facts-list small">
        <dt>{t('customer.id')}</dt><dd><code>{one.id}</code></dd>
        {data && <><dt>{t('col.value')}</dt><dd><Value figure={data.row.value} /></dd></>}
        {standing?.first_seen_at && <><dt>{t('customer.since')}</dt><dd className="number">{day(standing.first_seen_at)}</dd></>}
        {data && standing?.last_seen_at && <><dt>{t('customer.last_seen')}</dt><dd className="number">{near(standing.last_seen_at, data.as_of)}</dd></>}
        {traits.map((trait) => <div key={trait.key} style={{ display: 'contents' }}><dt>{t(`trait.${trait.key}`, { defaultValue: trait.key })}</dt><dd>{trait.value}</dd></div>)}
      </dl>
    </div>
  );
}

const short = (name: string) => (name.length > 12 ? `${name.slice(0, 11)}…` : name);

function Decide({ conflict, into }: { conflict: IdentityConflict; into: string | null }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const { decide } = useIdentityWork();
  const [note, setNote] = useState('');
  if (!canAct) return null;
  const stays = conflict.customers.find((one) => one.id === into);
  const busy = (action: string) => decide.isPending && decide.variables.action === action;
  const send = (action: 'merge' | 'apart') => decide.mutate(
    { id: conflict.id, action, version: conflict.version, into: action === 'merge' ? into : null, note: note.trim() || null },
    { onSuccess: () => void message.success(t(action === 'merge' ? 'identity.merged' : 'identity.parted')), onError: refused },
  );
  return (
    <footer className="line wrap">
      <Input value={note} onChange={(event) => setNote(event.target.value)} placeholder={t('identity.note')} aria-label={t('identity.note')} maxLength={500} style={{ flex: '1 1 200px', maxWidth: 320 }} />
      <span className="push" />
      <Button icon={<Icon name="split" size={16} />} loading={busy('apart')} onClick={() => send('apart')}>{t('identity.apart')}</Button>
      <Button type="primary" icon={<Icon name="merge" size={16} />} disabled={!stays} loading={busy('merge')} onClick={() => send('merge')}>{t('identity.merge', { name: short(stays?.name ?? '') })}</Button>
    </footer>
  );
}

function Decided({ conflict }: { conflict: IdentityConflict }) {
  const { t, dayTime } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const { part } = useIdentityWork();
  const undo = () => part.mutate(conflict.customers.map((one) => one.id), { onSuccess: () => void message.success(t('identity.unmerged')), onError: refused });
  const who = conflict.decided_by === 'liuke' ? t('case.by_liuke') : conflict.decided_by;
  return (
    <footer className="line wrap small">
      <span className="strong">{t(`identity.state.${conflict.state}`)}</span>
      <span className="quiet">{[who, conflict.decided_at && dayTime(conflict.decided_at), conflict.note].filter(Boolean).join(' · ')}</span>
      <span className="push" />
      {canAct && conflict.state === 'merged' && <Button size="small" loading={part.isPending} icon={<Icon name="split" size={14} />} onClick={undo}>{t('identity.unmerge')}</Button>}
    </footer>
  );
}
