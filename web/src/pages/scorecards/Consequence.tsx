// What the card gives: how healths lie before and after and who changes band, one customer change by change, the past,
// the versions, and the definition as it is written.

import { Select, Tabs } from 'antd';
import { useDeferredValue, useMemo, useState } from 'react';
import { Problem } from '../../api/client';
import { useSearch } from '../../api/reading';
import type { HealthLedger, Mover, ScorecardPreview, ScoreSpread } from '../../api/scorecards';
import { ScrollContext, usePageState } from '../../frame/moment';
import { BandWord } from '../../parts/Band';
import { Code } from '../../parts/Code';
import { CustomerName } from '../../parts/CustomerName';
import { Complaints } from '../../parts/Field';
import { Sheet, type Column } from '../../parts/Sheet';
import { Bone, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { complaints } from '../indicators/build/toml';
import { Changes } from './Changes';
import { Learn, type LearnProps } from './Learn';
import { Replay, type ReplayProps } from './Replay';
import { Versions, type VersionsProps } from './Versions';

const TABS = ['spread', 'customer', 'learn', 'replay', 'versions', 'toml'] as const;
type Tab = (typeof TABS)[number];

interface ConsequenceProps {
  definition: string; dirty: boolean; preview: ScorecardPreview | null; failure: unknown; busy: boolean;
  customer: string | null; setCustomer: (id: string) => void; learn: Omit<LearnProps, 'definition'>; replay: ReplayProps; versions: VersionsProps;
}

export function Consequence({ definition, dirty, preview, failure, busy, customer, setCustomer, learn, replay, versions }: ConsequenceProps) {
  const { t } = useSay();
  const [query, set] = usePageState();
  const seesAll = useSession()?.staff?.role !== 'owner';
  // Long lists measure themselves against the part that scrolls.
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const told = query.get('tab');
  const tabs = TABS.filter((one) => (one !== 'replay' && one !== 'learn') || seesAll);
  const tab: Tab = tabs.find((one) => one === told) ?? 'spread';
  const choose = (next: string) => {
    set({ tab: next === 'spread' ? null : next });
    const first = preview?.movers[0];
    if (next === 'customer' && !customer && first) setCustomer(first.id);
  };
  const wrong = failure instanceof Problem && failure.code === 'bad_definition' ? complaints(failure.detail, []) : [];
  const views: Record<Tab, () => React.ReactNode> = {
    spread: () => <Spreads preview={preview} failure={wrong.length > 0 ? null : failure} pick={(id) => { setCustomer(id); set({ tab: 'customer' }); }} />,
    customer: () => <One preview={preview} dirty={dirty} customer={customer} pick={setCustomer} />,
    learn: () => <Learn {...learn} definition={definition} />,
    replay: () => <Replay {...replay} />,
    versions: () => <Versions {...versions} />,
    toml: () => <div className="stack"><p className="soft">{t('card.toml_about')}</p><Code text={definition} label={t('card.tabs.toml')} /></div>,
  };
  return (
    <section className="card build-right" aria-label={t('card.consequence')} aria-busy={busy}>
      <div className={wrong.length > 0 ? 'build-answer build-wrong' : 'build-answer'} aria-live="polite" data-busy={busy || undefined}>
        {wrong.length > 0
          ? <><h2>{t('card.wrong', { count: wrong.length })}</h2><Complaints list={wrong} placed /></>
          : <Answer preview={preview} dirty={dirty} busy={busy} />}
      </div>
      <Tabs activeKey={tab} onChange={choose} items={tabs.map((each) => ({ key: each, label: t(`card.tabs.${each}`), children: each === tab ? <div ref={setBox} className={busy || wrong.length > 0 ? 'build-view build-stale' : 'build-view'} tabIndex={0} role="group" aria-label={t(`card.tabs.${each}`)}><ScrollContext.Provider value={box}>{views[each]()}</ScrollContext.Provider></div> : null }))} />
    </section>
  );
}

/** The one line above: how many change band. */
function Answer({ preview, dirty, busy }: { preview: ScorecardPreview | null; dirty: boolean; busy: boolean }) {
  const { t, count } = useSay();
  if (!preview) return busy ? <div role="status" aria-label={t('state.loading')}><Bone w="70%" h={18} /></div> : null;
  if (!dirty && preview.moved === 0) return <h2>{t('card.same')}</h2>;
  return <h2>{t('card.moved', { count: preview.moved, shown: count(preview.moved), all: count(preview.customers) })}</h2>;
}

function Spreads({ preview, failure, pick }: { preview: ScorecardPreview | null; failure: unknown; pick: (id: string) => void }) {
  const { t } = useSay();
  if (failure && !preview) return <Fault error={failure} what={t('card.consequence')} />;
  if (!preview) return <div className="stack"><Bone w="60%" h={14} /><Bone w="100%" h={160} /><Bone w="80%" /></div>;
  if (preview.customers === 0) return <Empty title={t('card.nobody')}>{t('card.nobody_text')}</Empty>;
  return (
    <div className="stack">
      <Tens before={preview.before} after={preview.after} />
      <BandCounts before={preview.before} after={preview.after} />
      <Movers rows={preview.movers} total={preview.moved} pick={pick} />
    </div>
  );
}

/** Ten tenths of health, now and then side by side. */
function Tens({ before, after }: { before: ScoreSpread; after: ScoreSpread }) {
  const { t, count } = useSay();
  const most = Math.max(1, ...before.tens, ...after.tens);
  const words = before.tens.map((one, at) => t('card.ten', { from: at * 10, to: at * 10 + 10, before: count(one), after: count(after.tens[at] ?? 0) })).join(t('punctuation.list'));
  return (
    <div>
      <div className="tens-legend small"><span className="soft">{t('card.health_spread')}</span><span className="push"><i className="tens-key tens-before" />{t('card.now')}</span><span><i className="tens-key tens-after" />{t('card.then')}</span></div>
      <div className="tens" role="img" aria-label={words}>
        {before.tens.map((one, at) => (
          <span key={at} className="ten">
            <span className="ten-bars"><i className="tens-before" style={{ height: `${(one / most) * 100}%` }} /><i className="tens-after" style={{ height: `${((after.tens[at] ?? 0) / most) * 100}%` }} /></span>
            <span className="small quiet">{at * 10}</span>
          </span>
        ))}
      </div>
    </div>
  );
}

function BandCounts({ before, after }: { before: ScoreSpread; after: ScoreSpread }) {
  const { t, count, signed, share } = useSay();
  return (
    <table className="moments small" aria-label={t('card.by_band')}>
      <thead><tr><th scope="col">{t('col.band')}</th><th scope="col" className="right">{t('card.now')}</th><th scope="col" className="right">{t('card.then')}</th><th scope="col" className="right">{t('card.difference')}</th></tr></thead>
      <tbody>
        {before.bands.map((one, at) => {
          const then = after.bands[at]?.count ?? 0;
          return (
            <tr key={one.key}><th scope="row"><BandWord band={one.key === 'unknown' ? null : one.key} /></th><td className="number right">{count(one.count)}</td><td className="number right">{count(then)}</td><td className={then === one.count ? 'number right quiet' : 'number right strong'}>{then === one.count ? '0' : signed(then - one.count, 0)}</td></tr>
          );
        })}
        {before.coverage != null && after.coverage != null && <tr><th scope="row">{t('health.coverage_title')}</th><td className="number right">{share(before.coverage, 0)}</td><td className="number right">{share(after.coverage, 0)}</td><td /></tr>}
        <tr><th scope="row">{t('card.thin')}</th><td className="number right">{count(before.thin)}</td><td className="number right">{count(after.thin)}</td><td /></tr>
      </tbody>
    </table>
  );
}

function Movers({ rows, total, pick }: { rows: Mover[]; total: number; pick: (id: string) => void }) {
  const say = useSay();
  const { t, count, money } = say;
  if (rows.length === 0) return <p className="quiet">{t('card.no_movers')}</p>;
  const columns: Column<Mover>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(72px, 1.1fr)', cell: (row) => <CustomerName id={row.id} name={row.name} /> },
    { key: 'bands', title: t('card.from_to'), width: '126px', cell: (row) => <span className="line"><BandWord band={row.band_before} /><span className="quiet" aria-hidden="true">→</span><BandWord band={row.band_after} /></span> },
    { key: 'health', title: t('health.title'), width: '62px', right: true, cell: (row) => <span className="number">{row.before == null ? '—' : count(row.before, 0)} → {row.after == null ? '—' : count(row.after, 0)}</span> },
    { key: 'value', title: t('col.value'), width: '64px', right: true, cell: (row) => <span className="number">{row.value == null ? '—' : money(row.value)}</span> },
    { key: 'why', title: t('card.why'), width: 'minmax(96px, 1.5fr)', cell: (row) => <button type="button" className="movers-why small" title={say.say(row.because)} onClick={() => pick(row.id)} aria-label={`${row.name} ${t('card.why')} ${say.say(row.because)}`}><span className="clip-2">{say.sentence(row.because) || t('card.see')}</span></button> },
  ];
  return (
    <div>
      <h3 className="small soft build-heading">{t('card.movers')}</h3>
      <Sheet label={t('card.movers')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={44} keys={false} />
      {rows.length < total && <p className="small quiet build-heading">{t('card.movers_shown', { shown: count(rows.length), all: count(total) })}</p>}
    </div>
  );
}

/** One customer: every change, and they sum. */
function One({ preview, dirty, customer, pick }: { preview: ScorecardPreview | null; dirty: boolean; customer: string | null; pick: (id: string) => void }) {
  const { t } = useSay();
  return (
    <div className="stack">
      <Who preview={preview} customer={customer} pick={pick} />
      {!customer && <p className="quiet">{t('build.pick_customer')}</p>}
      {customer && (preview?.ledger ? <Tried ledger={preview.ledger} dirty={dirty} /> : <div className="stack"><Bone w="40%" h={20} /><Bone w="100%" h={72} /></div>)}
    </div>
  );
}

function Tried({ ledger, dirty }: { ledger: HealthLedger; dirty: boolean }) {
  const { t, count } = useSay();
  const shown = (health: number | null | undefined) => (health == null ? '—' : count(health, 1));
  return (
    <div className="stack">
      <p className="tried-figure">{shown(ledger.before)} → {shown(ledger.after)}</p>
      {ledger.changes.length === 0 ? <p className="quiet">{t(dirty ? 'card.one_same' : 'card.one_unchanged')}</p> : <Changes rows={ledger.changes} />}
    </div>
  );
}

function Who({ preview, customer, pick }: { preview: ScorecardPreview | null; customer: string | null; pick: (id: string) => void }) {
  const { t } = useSay();
  const [typed, setTyped] = useState('');
  const hits = useSearch(useDeferredValue(typed));
  const options = useMemo(() => {
    const found = typed.trim() ? (hits.data ?? []).map((hit) => ({ value: hit.customer_id, label: hit.name })) : (preview?.movers ?? []).slice(0, 30).map((each) => ({ value: each.id, label: each.name }));
    return customer === null || found.some((option) => option.value === customer) ? found : [{ value: customer, label: customer }, ...found];
  }, [typed, hits.data, preview, customer]);
  return <Select aria-label={t('build.customer')} placeholder={t('customers.search')} value={customer} style={{ width: '100%' }} options={options} onChange={(id: string) => pick(id)} showSearch={{ searchValue: typed, onSearch: setTyped, filterOption: false }} />;
}
