// What the draft gives: today's customers, the last year, one customer with the facts that counted, what history says,
// and the definition as it is written.

import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { Problem } from '../../../api/client';
import { useDraftEfficacy } from '../../../api/indicators';
import type { CustomerFigure, IndicatorPreview, Previewed } from '../../../api/types';
import { usePageState } from '../../../frame/moment';
import { Code } from '../../../parts/Code';
import { CustomerName } from '../../../parts/CustomerName';
import { Complaints, type Complaint } from '../../../parts/Field';
import { Icon } from '../../../parts/Icon';
import { Bone, Empty, Fault } from '../../../parts/States';
import { useSay, useSession } from '../../../words/say';
import { Distribution } from '../Distribution';
import { Efficacy } from '../Efficacy';
import { part, shown } from '../measured';
import { PeerGroups } from '../PeerGroups';
import { Trend } from '../Trend';
import { unitOf, type Draft } from './draft';
import { OneCustomer } from './OneCustomer';
import type { Written } from './toml';

const TABS = ['now', 'past', 'customer', 'efficacy', 'toml'] as const;
type Tab = (typeof TABS)[number];

interface ConsequenceProps {
  draft: Draft; definition: Written; missing: string | null; preview: IndicatorPreview | null; failure: unknown; busy: boolean; wrong: Complaint[];
  customer: string | null; setCustomer: (id: string) => void;
}

export function Consequence(props: ConsequenceProps) {
  const { draft, definition, missing, preview, failure, busy, wrong, customer, setCustomer } = props;
  const { t } = useSay();
  const [query, set] = usePageState();
  const seesAll = useSession()?.staff?.role !== 'owner';
  const told = query.get('tab');
  const tabs = TABS.filter((one) => one !== 'efficacy' || seesAll);
  const tab: Tab = tabs.find((one) => one === told) ?? 'now';
  const one = missing ? null : preview?.indicators.find((each) => each.id === definition.id) ?? preview?.indicators[0] ?? null;
  const unit = unitOf(draft);
  const other = failure !== null && wrong.length === 0 ? failure : null;
  const choose = (next: string) => {
    set({ tab: next === 'now' ? null : next });
    // Whoever asks for one customer is shown one at once: the highest.
    const first = one?.examples[0];
    if (next === 'customer' && !customer && first) setCustomer(first.id);
  };
  const views: Record<Tab, () => React.ReactNode> = {
    now: () => one && <Now one={one} unit={unit} pick={(id) => { setCustomer(id); set({ tab: 'customer' }); }} />,
    past: () => one && <div className="stack"><p className="small soft">{t('build.past_about')}</p><Trend points={one.trend} unit={unit} height={260} /><Moments one={one} unit={unit} /></div>,
    customer: () => one && <OneCustomer one={one} unit={unit} window={draft.way === 'facts' ? draft.window : ''} asOf={preview!.as_of} customer={customer} pick={setCustomer} formula={draft.way === 'formula'} />,
    efficacy: () => <History text={missing || wrong.length > 0 ? null : definition.text} worse={draft.worse} />,
    toml: () => <Toml definition={definition} wrong={wrong} />,
  };
  const empty = (tab === 'now' || tab === 'past' || tab === 'customer') && !one;
  const view = () => (
    <div className={busy || wrong.length > 0 ? 'build-view build-stale' : 'build-view'} tabIndex={0} role="group" aria-label={t(`build.tabs.${tab}`)}>
      {other ? <Fault error={other} what={t('build.consequence')} /> : null}
      {empty && !other && (missing ? <Empty title={t(`build.lacks.${missing}`)} /> : busy ? <div className="stack"><Bone w="60%" h={14} /><Bone w="100%" h={160} /><Bone w="80%" /></div> : null)}
      {!empty && views[tab]()}
    </div>
  );
  return (
    <section className="card build-right" aria-label={t('build.consequence')} aria-busy={busy}>
      <Answer one={one} unit={unit} missing={missing} wrong={wrong} busy={busy} />
      <Tabs activeKey={tab} onChange={choose} items={tabs.map((each) => ({ key: each, label: t(`build.tabs.${each}`), children: each === tab ? view() : null }))} />
    </section>
  );
}

/** The one line above: what the draft says now, or what is in its way. */
function Answer({ one, unit, missing, wrong, busy }: { one: Previewed | null; unit: string; missing: string | null; wrong: Complaint[]; busy: boolean }) {
  const say = useSay();
  const { t, count, share } = say;
  if (wrong.length > 0) return <div className="build-answer build-wrong"><h2>{t('build.wrong', { count: wrong.length })}</h2><Complaints list={wrong} placed /></div>;
  if (missing) return null;
  if (!one) return <div className="build-answer" role="status" aria-label={t('state.loading')}><Bone w="70%" h={18} /></div>;
  const { customers, known, quantiles } = one.distribution;
  const median = quantiles[2];
  return (
    <div className="build-answer" aria-live="polite" data-busy={busy || undefined}>
      <h2>{median === undefined ? t('indicators.nobody_known') : t('build.answer', { known: count(known), all: count(customers), share: part(customers ? known / customers : 0, share), median: shown(median, unit, say) })}</h2>
    </div>
  );
}

function Now({ one, unit, pick }: { one: Previewed; unit: string; pick: (id: string) => void }) {
  const { t } = useSay();
  return (
    <div className="stack">
      <Distribution told={one.distribution} unit={unit} height={150} />
      {one.peers && <div><h3 className="small soft build-heading">{t('indicators.peers.title')}</h3><PeerGroups plan={one.peers} /></div>}
      {one.examples.length > 0 && (
        <div>
          <h3 className="small soft build-heading">{t('build.highest')}</h3>
          <Examples rows={one.examples} unit={unit} pick={pick} />
        </div>
      )}
    </div>
  );
}

function Examples({ rows, unit, pick }: { rows: CustomerFigure[]; unit: string; pick: (id: string) => void }) {
  const say = useSay();
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), Number.MIN_VALUE);
  return (
    <ul className="examples">
      {rows.map((row) => (
        <li key={row.id}>
          <CustomerName id={row.id} name={row.name} />
          <span className="group-bar"><span style={{ width: `${(Math.abs(row.value) / most) * 100}%` }} /></span>
          <span className="number right">{shown(row.value, unit, say)}</span>
          <button type="button" className="link small" onClick={() => pick(row.id)} aria-label={`${say.t('build.why_this')} ${row.name}`}>{say.t('build.why_this')}</button>
        </li>
      ))}
    </ul>
  );
}

/** The moments behind the line, as figures. */
function Moments({ one, unit }: { one: Previewed; unit: string }) {
  const say = useSay();
  const { t, day, count } = say;
  return (
    <table className="moments small">
      <thead><tr><th scope="col">{t('build.moment')}</th><th scope="col" className="right">{t('indicators.lower')}</th><th scope="col" className="right">{t('indicators.median')}</th><th scope="col" className="right">{t('indicators.upper')}</th><th scope="col" className="right">{t('build.known')}</th></tr></thead>
      <tbody>
        {[...one.trend].reverse().map((point) => (
          <tr key={point.on}>
            <th scope="row" className="number">{day(point.on)}</th>
            {[point.lower, point.median, point.upper].map((value, index) => <td key={index} className="number right">{value == null ? <span className="quiet">—</span> : shown(value, unit, say)}</td>)}
            <td className="number right soft">{count(point.known)} / {count(point.customers)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Would it have foretold leaving? Asked for, because it reads all of history. */
function History({ text, worse }: { text: string | null; worse: string }) {
  const { t, say, count } = useSay();
  const work = useDraftEfficacy();
  const [asked, setAsked] = useState<string | null>(null);
  const ask = () => {
    setAsked(text);
    if (text) work.mutate(text);
  };
  const report = asked === text ? work.data : undefined;
  const row = report?.indicators[0];
  return (
    <div className="stack">
      <div className="line wide">
        <p className="soft" style={{ flex: 1 }}>{t('build.efficacy_about')}</p>
        {text !== null && <Button type="primary" loading={work.isPending} onClick={ask}>{t(row ? 'indicators.state.again' : 'build.efficacy_run')}</Button>}
      </div>
      {work.error && asked === text && !(work.error instanceof Problem && work.error.code === 'bad_definition') ? <Fault error={work.error} what={t('indicators.efficacy_title')} again={ask} /> : null}
      {work.isPending && <><Bone w="70%" h={16} /><Bone w="100%" h={120} /></>}
      {row && report && (
        <>
          <div className="build-efficacy"><Efficacy row={row} card={{ worse }} /></div>
          <p className="small quiet">{t('indicators.state.rows', { rows: count(report.rows), customers: count(report.customers), leavers: count(report.leavers) })}</p>
          {report.notes.map((note) => <p key={note.code} className="small quiet">{say(note.text)}</p>)}
        </>
      )}
    </div>
  );
}

function Toml({ definition, wrong }: { definition: Written; wrong: Complaint[] }) {
  const { t } = useSay();
  const save = () => {
    const address = URL.createObjectURL(new Blob([definition.text], { type: 'application/toml' }));
    const link = Object.assign(document.createElement('a'), { href: address, download: `${definition.id}.toml` });
    link.click();
    URL.revokeObjectURL(address);
  };
  const lines = definition.text.trimEnd().split('\n');
  return (
    <div className="stack">
      <div className="line wide"><p className="soft" style={{ flex: 1 }}>{t('build.toml_about')}</p><Button icon={<Icon name="export" size={16} />} onClick={save}>{t('build.download')}</Button></div>
      <Code text={definition.text} label={t('build.tabs.toml')}>
        {lines.map((line, index) => <span key={index} className={wrong.some((one) => one.line === index + 1) ? 'toml-line toml-wrong' : 'toml-line'}>{line}{'\n'}</span>)}
      </Code>
    </div>
  );
}
