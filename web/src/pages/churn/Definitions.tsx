// What leaving means here, and how it was chosen: another definition is tried on the firm's own facts before anybody relies
// on it.

import { App, Button, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useChurnDefinition, useChurnDefinitions, useChurnTrial, useChurnWork, type ChurnAsked, type ChurnDefinitionRow, type ChurnTrial } from '../../api/churn';
import { useMoment, usePageState, withMoment } from '../../frame/moment';
import { Explain } from '../../parts/Explain';
import { Head } from '../../parts/Head';
import { useRefused } from '../../parts/refused';
import { useRested } from '../../parts/rested';
import { Said } from '../../parts/Said';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { useMayChange } from '../rules/may';
import { Versions } from '../scorecards/Versions';
import { Picture } from './Picture';
import { LineTable } from './ProductLines';
import './definitions.css';

const SHORTEST = 1;
const LONGEST = 3650;
/** In the address: product lines are not told apart. */
const NO_LINES = '-';

export default function ChurnDefinitionsPage() {
  const { t } = useSay();
  const { data, error, refetch } = useChurnDefinitions();
  if (error && !data) return <div className="page"><Head title={t('leaving.title')} /><Fault error={error} what={t('leaving.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('leaving.title')} /><BoneBlock height={120} /><BoneBlock height={360} /></div>;
  if (data.length === 0) return <div className="page"><Head title={t('leaving.title')} /><div className="card"><Empty title={t('leaving.none')} /></div></div>;
  return <Choosing rows={data} />;
}

function Choosing({ rows }: { rows: ChurnDefinitionRow[] }) {
  const { t, say } = useSay();
  const { asOf } = useMoment();
  const [query, set] = usePageState();
  const used = rows.find((one) => one.is_in_use) ?? rows[0]!;
  const chosen = rows.find((one) => one.id === query.get('of')) ?? used;
  const typed = Number(query.get('days'));
  const days = Number.isInteger(typed) && typed >= SHORTEST && typed <= LONGEST ? typed : null;
  const rested = useRested(days);
  // Product lines are told apart as the definition says, unless another property is chosen here, or none.
  const by = query.get('by');
  const lines = by === null ? {} : { product_line: by === NO_LINES ? '' : by };
  const trial = useChurnTrial({ of: chosen.id, window_days: rested, ...lines });
  const page = useChurnDefinition(chosen.id);
  const own = page.data?.window_days ?? null;
  const shown = days ?? own;
  const told = trial.data;
  const isUsed = told !== undefined && !told.moved && told.id === used.id;
  const pick = (value: number | null) => set({ days: value === null || value === own ? null : String(value) });
  return (
    <div className="page">
      <Head title={t('leaving.title')} sentence={say(used.says)} sub={<span>{t('leaving.about')}</span>} acts={<Link className="chip" to={withMoment('/churn', asOf)}>{t('leaving.back')}</Link>} />
      <section className="card leaving-try" aria-label={t('leaving.which')}>
        <div className="leaving-controls">
          <Select aria-label={t('leaving.choose')} className="leaving-choice" value={chosen.id} onChange={(id: string) => set({ of: id === used.id ? null : id, days: null, by: null }, true)}
            options={rows.map((one) => ({ value: one.id, label: one.is_in_use ? `${say(one.name)} · ${t('leaving.in_use')}` : say(one.name) }))} />
          {own !== null && <InputNumber aria-label={t('leaving.window')} min={SHORTEST} max={LONGEST} precision={0} value={shown} suffix={t('leaving.days')} onChange={(value) => pick(value === null ? null : Number(value))} />}
          {own !== null && told?.away.proposed_days != null && told.away.proposed_days !== shown && <Button onClick={() => pick(told.away.proposed_days!)}>{t('leaving.take', { days: told.away.proposed_days })}</Button>}
          {told && <LineChoice trial={told} chosen={by} choose={(property) => set({ by: property }, true)} />}
          <span className="push"><Activate asked={{ of: chosen.id, window_days: days, ...lines }} trial={told} isUsed={isUsed} busy={trial.isFetching || rested !== days} /></span>
        </div>
        {trial.error ? <Fault error={trial.error} what={t('leaving.one')} again={() => void trial.refetch()} /> : told ? <Says trial={told} own={own} /> : <BoneBlock height={64} />}
      </section>
      {told && !trial.error && (
        <div className="leaving-told" data-busy={trial.isFetching || undefined}>
          {told.not_yet && <div className="card"><Empty title={t('leaving.not_yet')}>{say(told.not_yet)}</Empty></div>}
          <Eligible trial={told} />
          {told.product_lines && <section className="card leaving-part" aria-label={t('leaving.lines.title')}><h2>{t('leaving.lines.title')}</h2><LineTable data={told.product_lines} /></section>}
          <Picture trial={told} chosen={told.window_days ?? null} pick={own === null ? null : pick} />
        </div>
      )}
      <Past id={chosen.id} />
    </div>
  );
}

function Says({ trial, own }: { trial: ChurnTrial; own: number | null }) {
  const { t, say, count } = useSay();
  return (
    <div className="stack leaving-says">
      <p className="leaving-sentence">{say(trial.says)}</p>
      <p className="soft">{trial.delay_days > 0 ? t('leaving.delay', { count: trial.delay_days, shown: count(trial.delay_days) }) : t('leaving.delay_none')}{own === null && <> {trial.own_rhythm ? t('leaving.own_window') : t('leaving.no_window')}</>}</p>
      <p className="soft">{trial.late_days > 0 ? t('leaving.late', { count: trial.late_days, shown: count(trial.late_days) }) : t('leaving.late_none')}{trial.lateness && <> {t('leaving.lateness', { most: count(trial.lateness.most_days, 0), nearly: count(trial.lateness.nearly_all_days, 0) })}</>}{trial.lateness && trial.lateness.most_days > trial.late_days && <> {t('leaving.late_short', { days: count(Math.ceil(trial.lateness.most_days)) })}</>}</p>
      {trial.moved && (
        <p>{trial.moved.newly_gone + trial.moved.no_longer_gone === 0 ? t('leaving.moved_none', { name: say(trial.moved.name) }) : <Said words="leaving.moved" name={say(trial.moved.name)} newly={count(trial.moved.newly_gone)} back={count(trial.moved.no_longer_gone)} />}</p>
      )}
    </div>
  );
}

function Eligible({ trial }: { trial: ChurnTrial }) {
  const { t, say, count, share } = useSay();
  const one = trial.eligibility;
  const parts = (['eligible', 'too_new', 'gone', 'internal'] as const).map((key) => ({ key, size: one[key] }));
  const left = trial.left.reduce((sum, way) => sum + way.count, 0);
  return (
    <section className="card leaving-part" aria-label={t('leaving.eligible_title')}>
      <h2>{t('leaving.eligible_title')}</h2>
      <p className="small quiet">{t('leaving.eligible_sum', { all: count(one.customers), eligible: count(one.eligible), too_new: count(one.too_new), gone: count(one.gone), internal: count(one.internal) })}</p>
      <dl className="leaving-figures">
        {parts.map(({ key, size }) => (
          <div key={key}><dt><Explain title={t(`leaving.${key}`)} means={t(`leaving.means.${key}`, { days: trial.too_new_days })} asOf={trial.as_of}>{t(`leaving.${key}`)}</Explain></dt><dd className="number">{count(size)}</dd></div>
        ))}
      </dl>
      <h3>{t('leaving.left_title')}</h3>
      {left === 0 ? <p className="soft">{t('leaving.left_none')}</p> : (
        <dl className="leaving-figures">
          {trial.left.map((way) => <div key={way.key}><dt><Explain title={t(`leaving.ways.${way.key}`)} means={t(`leaving.ways_mean.${way.key}`)}>{t(`leaving.ways.${way.key}`)}</Explain></dt><dd className="number">{count(way.count)}</dd></div>)}
        </dl>
      )}
      {trial.partial && (
        <><h3>{t('leaving.partial_title')}</h3>
          <p>{trial.partial.customers == null ? t('leaving.partial_unknown', { why: say(trial.partial.unknown_because) }) : <Said words="leaving.partial" count={trial.partial.customers} days={trial.partial.days} share={share(trial.partial.share)} />}</p></>
      )}
    </section>
  );
}

/** By which property product lines are told apart; nothing to choose where the data names none. */
function LineChoice({ trial, chosen, choose }: { trial: ChurnTrial; chosen: string | null; choose: (property: string) => void }) {
  const { t, count } = useSay();
  const own = trial.product_lines?.properties.join(', ') || NO_LINES;
  const options = trial.line_choices.map((one) => ({ value: one.property, label: t('leaving.lines.choice', { property: one.property, lines: count(one.lines) }) }));
  if (own !== NO_LINES && !options.some((one) => one.value === own)) options.push({ value: own, label: own });
  if (options.length === 0) return null;
  return <Select aria-label={t('leaving.lines.choose')} className="leaving-lines" value={chosen ?? own} onChange={choose} options={[{ value: NO_LINES, label: t('leaving.lines.choose_none') }, ...options]} />;
}

interface ActivateProps { asked: ChurnAsked; trial: ChurnTrial | undefined; isUsed: boolean; busy: boolean }

function Activate({ asked, trial, isUsed, busy }: ActivateProps) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const may = useMayChange();
  const refused = useRefused();
  const [, set] = usePageState();
  const { activate } = useChurnWork();
  const [note, setNote] = useState<string | null>(null);
  if (!may) return <span className="small quiet">{t('leaving.admin_only')}</span>;
  if (isUsed && !busy) return <span className="small link">{t('leaving.already')}</span>;
  const go = () => activate.mutate({ ...asked, note: note?.trim() || null }, {
    onSuccess: (page) => {
      setNote(null);
      set({ of: null, days: null, by: null }, true);
      void message.success(t('leaving.activated', { name: say(page.row.name) }), 4);
    },
    onError: refused,
  });
  return (
    <>
      <Button type="primary" disabled={!trial || busy} onClick={() => setNote('')}>{t('leaving.activate')}</Button>
      <Modal open={note !== null} onCancel={() => setNote(null)} onOk={go} okText={t('leaving.activate')} cancelText={t('act.cancel')} confirmLoading={activate.isPending} title={trial ? t('leaving.activate_title', { name: say(trial.name) }) : ''}>
        <div className="stack"><p>{t('leaving.activate_text')}</p><Input.TextArea rows={2} maxLength={500} value={note ?? ''} onChange={(event) => setNote(event.target.value)} placeholder={t('leaving.note')} aria-label={t('leaving.note')} /></div>
      </Modal>
    </>
  );
}

/** Its text, its versions and the way back. */
function Past({ id }: { id: string }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const may = useMayChange();
  const refused = useRefused();
  const { data, error, refetch } = useChurnDefinition(id);
  const { rollBack } = useChurnWork();
  if (error && !data) return <Fault error={error} what={t('leaving.versions')} again={() => void refetch()} />;
  if (!data) return <BoneBlock height={80} />;
  const used = data.versions.find((one) => one.state === 'active');
  return (
    <div className="leaving-past">
      <section className="card leaving-part" aria-label={t('leaving.versions')}>
        <h2>{t('leaving.versions')}</h2>
        <Versions versions={data.versions} canAct={may && used !== undefined} busy={rollBack.isPending} text={t('leaving.roll_back_text')}
          rollBack={(one) => rollBack.mutate({ id, number: one.number, version: used?.version ?? one.version }, { onSuccess: () => void message.success(t('leaving.rolled_back', { number: one.number }), 4), onError: refused })} />
      </section>
      <section className="card leaving-part" aria-label={t('leaving.definition')}>
        <h2>{t('leaving.definition')}</h2>
        <pre className="toml" tabIndex={0} aria-label={t('leaving.definition')}>{data.definition}</pre>
      </section>
    </div>
  );
}
