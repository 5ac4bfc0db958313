// Which rules speak about customers here, how good each of them is, and which templates wait: the page on which somebody
// decides what to be told about.

import { App, Button, Input, Segmented, Select, Switch } from 'antd';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useProofs, useRule, useRules, useRuleWork } from '../../api/rules';
import type { RuleRow, ScorerProof } from '../../api/types';
import { useGo, useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Export, Head } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { Said } from '../../parts/Said';
import { Severity } from '../../parts/Severity';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Found } from './Found';
import { useMayChange } from './may';
import { RuleProof } from './RuleProof';
import './rules.css';
import { Tune } from './Tune';

const URGENCY: Record<string, number> = { urgent: 0, warning: 1, info: 2 };

export default function RulesPage() {
  const { t, count } = useSay();
  const narrow = useNarrow();
  const go = useGo();
  const may = useMayChange();
  const [query, set] = usePageState();
  const isFound = may && query.get('view') === 'found';
  const { data, error, refetch } = useRules();
  const on = data?.filter((one) => one.is_active) ?? [];
  const open = on.reduce((sum, one) => sum + one.open_alerts, 0);
  return (
    <div className="page">
      <Head
        title={t('rules.title')} sentence={data && on.length > 0 ? <Said words="rules.title_says" count={on.length} shown={count(on.length)} open={count(open)} /> : data ? t('rules.none_on') : t('rules.title')}
        sub={data && <span>{t('rules.about', { count: data.length - on.length, shown: count(data.length - on.length) })}</span>}
        acts={!narrow && may && !isFound && <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => go('/rules/new')}>{t('rules.new')}</Button>}
      />
      {may && <div><Segmented value={isFound ? 'found' : 'rules'} onChange={(view) => set({ view: view === 'found' ? 'found' : null })} aria-label={t('found.views')} options={[{ value: 'rules', label: t('found.view_rules') }, { value: 'found', label: t('found.title') }]} /></div>}
      {isFound ? <Found /> : <Own data={data} error={error} refetch={() => void refetch()} />}
    </div>
  );
}

/** The rules there are. */
function Own({ data, error, refetch }: { data: RuleRow[] | undefined; error: unknown; refetch: () => void }) {
  const { t } = useSay();
  const narrow = useNarrow();
  const go = useGo();
  const may = useMayChange();
  return (
    <>
      {error && !data ? <Fault error={error} what={t('rules.title')} again={refetch} /> : null}
      {!data && !error && <><BoneBlock height={32} /><BoneRows rows={9} tall /></>}
      {data && data.length === 0 && <div className="card"><Empty title={t('rules.none')} acts={!narrow && may && <Button onClick={() => go('/rules/new')}>{t('rules.new')}</Button>}>{t('rules.none_text')}</Empty></div>}
      {data && data.length > 0 && <List rules={data} />}
    </>
  );
}

/** Whether every word typed is somewhere in the names, the sentence, the id or the census id. */
function isMeant(one: RuleRow, typed: string): boolean {
  const all = [one.name.zh, one.name.en, one.sentence.zh, one.sentence.en, one.id, one.census ?? ''].join('\n').toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

function List({ rules }: { rules: RuleRow[] }) {
  const { t } = useSay();
  const [query, set] = usePageState();
  const { data: proofs } = useProofs();
  const typed = (query.get('search') ?? '').trim();
  const cause = query.get('cause');
  const opened = query.get('open');
  const found = useMemo(
    () => rules.filter((one) => (!typed || isMeant(one, typed)) && (!cause || one.cause === cause)).sort((a, b) => (URGENCY[a.severity] ?? 3) - (URGENCY[b.severity] ?? 3) || b.open_alerts - a.open_alerts || a.id.localeCompare(b.id)),
    [rules, typed, cause],
  );
  const lines = (list: RuleRow[]) => list.map((one) => <RuleLine key={one.id} one={one} proof={proofs?.get(`rule:${one.id}`)} isOpen={opened === one.id} open={(yes) => set({ open: yes ? one.id : null })} />);
  const [on, off] = [found.filter((one) => one.is_active), found.filter((one) => !one.is_active)];
  return (
    <>
      <Filters rules={rules}>
        {found.length > 0 && <span className="push"><Export what="rules" query={{ ids: found.length === rules.length ? null : [...on, ...off].map((one) => one.id).join(',') }} /></span>}
      </Filters>
      {found.length === 0 && <div className="card"><Empty title={t('rules.none_match')} acts={<button type="button" className="chip" onClick={() => set({ search: null, cause: null })}>{t('act.clear_filters')}</button>}>{t('rules.none_match_text')}</Empty></div>}
      {on.length > 0 && <Group title={t('rules.on_title')} count={on.length}>{lines(on)}</Group>}
      {off.length > 0 && <Group title={t('rules.off_title')} count={off.length} about={t('rules.off_about')}>{lines(off)}</Group>}
    </>
  );
}

function Group({ title, count: size, about, children }: { title: string; count: number; about?: string; children: ReactNode }) {
  const { count } = useSay();
  return (
    <section aria-label={title}>
      <div className="section-title rule-group"><h2>{title} <span className="quiet number">{count(size)}</span></h2>{about && <span className="small quiet">{about}</span>}</div>
      <ul className="card rule-list">{children}</ul>
    </section>
  );
}

function Filters({ rules, children }: { rules: RuleRow[]; children: ReactNode }) {
  const { t, count } = useSay();
  const [query, set] = usePageState();
  const kept = query.get('search') ?? '';
  const [typed, setTyped] = useState(kept);
  useEffect(() => setTyped(kept), [kept]);
  const causes = useMemo(() => {
    const counts = new Map<string, number>();
    for (const one of rules) counts.set(one.cause, (counts.get(one.cause) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  }, [rules]);
  return (
    <div className="filters" role="search">
      <Input allowClear value={typed} style={{ width: 260 }} prefix={<Icon name="search" size={16} />} placeholder={t('rules.search')} aria-label={t('rules.search')} onChange={(event) => { setTyped(event.target.value); set({ search: event.target.value }); }} />
      <Select aria-label={t('rules.cause')} value={query.get('cause') ?? ''} style={{ width: 160 }} onChange={(value: string) => set({ cause: value })} options={[{ value: '', label: t('rules.all_causes') }, ...causes.map(([key, size]) => ({ value: key, label: `${t(`rules.causes.${key}`, { defaultValue: key })} ${count(size)}` }))]} />
      {children}
    </div>
  );
}

interface RuleLineProps { one: RuleRow; proof: ScorerProof | undefined; isOpen: boolean; open: (yes: boolean) => void }

function RuleLine({ one, proof, isOpen, open }: RuleLineProps) {
  const { t, say, sentence, count } = useSay();
  const { asOf } = useMoment();
  const panel = `rule-${one.id}`;
  return (
    <li className="rule-item" data-open={isOpen || undefined}>
      <div className="rule-line">
        <Severity severity={one.severity} />
        <div className="rule-words">
          <div className="line">
            <Link to={withMoment(`/rules/${encodeURIComponent(one.id)}`, asOf)} className="sheet-name clip" title={say(one.name)}>{say(one.name)}</Link>
            {one.census && <Hint className="rule-census" say={() => t('rules.census_means')}><code>{one.census}</code></Hint>}
            {one.draft && <span className="tag">{t(`rules.drafts.${one.draft}`, { defaultValue: one.draft })}</span>}
            {one.is_own && <span className="tag">{t('rules.own')}</span>}
          </div>
          <div className="small soft clip-2" title={say(one.sentence)}>{sentence(one.sentence)}</div>
        </div>
        <div className="rule-proved small"><RuleProof proof={proof} /></div>
        <div className="rule-open-alerts small right">
          {one.open_alerts > 0
            ? <Link className="link number" to={withMoment(`/alerts?rule=${encodeURIComponent(one.id)}`, asOf)}>{t('rules.open_alerts', { count: one.open_alerts, shown: count(one.open_alerts) })}</Link>
            : one.is_active && <span className="quiet">{t('rules.no_alerts')}</span>}
        </div>
        <Turn one={one} isOpen={isOpen} open={open} panel={panel} />
        <Button type="text" size="small" className="rule-chevron" icon={<Icon name={isOpen ? 'up' : 'down'} size={16} />} aria-expanded={isOpen} aria-controls={isOpen ? panel : undefined} aria-label={t('rules.adjust', { name: say(one.name) })} onClick={() => open(!isOpen)} />
      </div>
      {isOpen && <Panel id={one.id} panel={panel} close={() => open(false)} />}
    </li>
  );
}

/** Switching on shows first what it would do; switching off is done at once and can be undone as quickly. */
function Turn({ one, isOpen, open, panel }: { one: RuleRow; isOpen: boolean; open: (yes: boolean) => void; panel: string }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const may = useMayChange();
  const refused = useRefused();
  const { turn } = useRuleWork();
  const change = (on: boolean) => {
    if (on) {
      open(true);
      return;
    }
    turn.mutate({ id: one.id, is_active: false, parameters: {}, note: null }, { onSuccess: () => void message.success(t('rules.turned_off', { name: say(one.name) }), 4), onError: refused });
  };
  const control = <Switch size="small" checked={one.is_active} loading={turn.isPending} disabled={!may || (!one.is_active && isOpen)} aria-label={t('rules.switch', { name: say(one.name) })} aria-controls={!one.is_active && isOpen ? panel : undefined} onChange={change} />;
  return <span className="rule-turn">{may ? control : <Hint say={() => t('rules.admin_only')}>{control}</Hint>}</span>;
}

function Panel({ id, panel, close }: { id: string; panel: string; close: () => void }) {
  const { t } = useSay();
  const { data, error, refetch } = useRule(id);
  return (
    <div className="rule-panel" id={panel}>
      {error && !data ? <Fault error={error} what={t('rules.one')} again={() => void refetch()} /> : !data ? <BoneBlock height={88} /> : <Tune page={data} done={close} close={close} />}
    </div>
  );
}
