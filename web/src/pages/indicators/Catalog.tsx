// Which signals go with leaving here, and which of the catalogue have any data: the page on which somebody decides what
// to score by, and what to connect next.

import { Button, Input, Select } from 'antd';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useEfficacyRun, useIndicatorCatalog } from '../../api/indicators';
import type { IndicatorCard, IndicatorCatalog } from '../../api/types';
import { useGo, useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Dash } from '../../parts/Amount';
import { Export, Head } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { Spark } from '../../parts/Spark';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { CoverageBar } from './Distribution';
import { EfficacyState } from './EfficacyState';
import './indicators.css';
import { VERDICTS, byEfficacy, contradicts, coverage, isMeant, part, times, windowWords } from './measured';
import { VerdictWord, Whisker } from './Whisker';

type Sort = 'efficacy' | 'name' | 'coverage' | 'lift';
const FIRST_WAY: Record<Sort, 'asc' | 'desc'> = { efficacy: 'desc', name: 'asc', coverage: 'desc', lift: 'desc' };
const isSort = (text: string | null): text is Sort => text !== null && text in FIRST_WAY;

export default function CatalogPage() {
  const { t } = useSay();
  const narrow = useNarrow();
  const { asOf } = useMoment();
  const { data, error, refetch } = useIndicatorCatalog();
  const run = useEfficacyRun();
  return (
    <div className="page">
      <Head
        title={t('indicators.title')}
        sentence={data ? <Sentence list={data} /> : t('indicators.title')}
        sub={data && <Sub list={data} />}
        acts={!narrow && (
          <>
            <Link className="export" to={withMoment('/indicators/compare', asOf)}><Icon name="compare" size={16} />{t('indicators.compare')}</Link>
            <BuildButton />
          </>
        )}
      />
      {run.data && data && hasData(data) && <EfficacyState run={run.data} />}
      {data && !hasData(data) && <NoFacts />}
      {error && !data && <Fault error={error} what={t('indicators.title')} again={() => void refetch()} />}
      {!data && !error && <><BoneBlock height={72} /><BoneRows rows={12} tall /></>}
      {data && <List list={data} />}
    </div>
  );
}

const hasData = (list: IndicatorCatalog) => list.indicators.some((one) => one.known > 0);

/** Before anything came in: what will be here, and the one next step. */
function NoFacts() {
  const { t } = useSay();
  const { asOf, canAct } = useMoment();
  return <div className="card"><Empty title={t('indicators.no_facts')} acts={canAct && <Link className="chip" to={withMoment('/data/import', asOf)}>{t('data.import')}</Link>}>{t('indicators.no_facts_text')}</Empty></div>;
}

function BuildButton() {
  const { t } = useSay();
  const go = useGo();
  return <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => go('/indicators/new')}>{t('indicators.build')}</Button>;
}

function Sentence({ list }: { list: IndicatorCatalog }) {
  const { t, count } = useSay();
  const shown = count(list.indicators.length);
  const signals = list.indicators.filter((one) => one.efficacy?.verdict === 'signal').length;
  if (!list.efficacy_as_of) return <>{t('indicators.sentence_untested', { shown })}</>;
  return <Said words="indicators.sentence" count={signals} shown={shown} />;
}

function Sub({ list }: { list: IndicatorCatalog }) {
  const { t, count } = useSay();
  const alive = list.indicators.filter((one) => one.known > 0).length;
  return <span>{t('indicators.alive', { alive: count(alive), silent: count(list.indicators.length - alive) })}</span>;
}

function List({ list }: { list: IndicatorCatalog }) {
  const { t, say, share } = useSay();
  const go = useGo();
  const [query, set] = usePageState();
  const typed = query.get('search') ?? '';
  const category = query.get('category');
  const verdict = query.get('verdict');
  const alive = query.get('data') === 'yes';
  const told = query.get('sort');
  const by: Sort = isSort(told) ? told : 'efficacy';
  const order = query.get('order') === 'asc' || query.get('order') === 'desc' ? (query.get('order') as 'asc' | 'desc') : FIRST_WAY[by];

  const found = useMemo(() => list.indicators.filter((one) => (!typed.trim() || isMeant(one, typed.trim())) && (!category || one.category === category) && (!alive || one.known > 0)), [list, typed, category, alive]);
  const rows = useMemo(() => {
    const way = order === FIRST_WAY[by] ? 1 : -1;
    const compare: Record<Sort, (a: IndicatorCard, b: IndicatorCard) => number> = {
      efficacy: byEfficacy,
      name: (a, b) => say(a.name).localeCompare(say(b.name)),
      coverage: (a, b) => coverage(b) - coverage(a) || a.id.localeCompare(b.id),
      lift: (a, b) => (b.efficacy?.lift ?? -1) - (a.efficacy?.lift ?? -1) || a.id.localeCompare(b.id),
    };
    return found.filter((one) => !verdict || one.efficacy?.verdict === verdict).sort((a, b) => way * compare[by](a, b));
  }, [found, verdict, by, order, say]);

  const tested = list.efficacy_as_of != null;
  // A short history has no month that can be judged by itself.
  const monthly = list.indicators.some((one) => one.efficacy?.months.some((month) => month != null));
  const columns: Column<IndicatorCard>[] = [
    { key: 'name', title: t('indicators.name'), sort: 'name', width: 'minmax(240px, 2.4fr)', cell: (one) => <Name one={one} /> },
    { key: 'category', title: t('indicators.category_of'), width: 'minmax(72px, 0.5fr)', cell: (one) => <span className="quiet clip" style={{ display: 'block' }}>{t(`category.${one.category}`, { defaultValue: one.category })}</span> },
    { key: 'coverage', title: t('indicators.coverage'), sort: 'coverage', width: '112px', cell: (one) => <Coverage one={one} /> },
    { key: 'worse', title: t('indicators.worse_of'), width: '116px', cell: (one) => <Worse one={one} /> },
    ...(tested ? [
      { key: 'auc', title: <Hint say={() => t('indicators.auc_means')}>{t('indicators.efficacy')}</Hint>, sort: 'efficacy', width: '168px', cell: (one: IndicatorCard) => (one.efficacy ? <Whisker told={one.efficacy} /> : <Dash because={t('indicators.not_tested')} />) },
      ...(monthly ? [{ key: 'months', title: t('indicators.by_month'), width: '96px', cell: (one: IndicatorCard) => (one.efficacy && one.efficacy.months.some((month) => month != null) ? <Spark values={one.efficacy.months} width={88} height={22} span={0.3} colour={one.efficacy.verdict === 'signal' ? 'var(--accent)' : 'var(--ink3)'} label={t('indicators.by_month_label')} /> : null) }] : []),
      { key: 'lift', title: <Hint say={() => t('indicators.lift_means')}>{t('indicators.lift')}</Hint>, sort: 'lift', width: '88px', right: true, cell: (one: IndicatorCard) => (one.efficacy?.lift == null ? <Dash because={t('indicators.not_tested')} /> : <span className={one.efficacy.verdict === 'signal' ? 'number' : 'number quiet'}>{times(one.efficacy.lift)}</span>) },
    ] : []),
  ];
  const filtered = Boolean(typed || category || verdict || alive);
  return (
    <>
      <Filters list={list} found={found} tested={tested}>
        {rows.length > 0 && <span className="push"><Export what="indicators" query={{ ids: rows.length === list.indicators.length && !told ? null : rows.map((one) => one.id).join(',') }} /></span>}
      </Filters>
      {rows.length === 0
        ? <div className="card"><Empty title={filtered ? t('indicators.none_match') : t('indicators.none')} acts={filtered && <button type="button" className="chip" onClick={() => set({ search: null, category: null, verdict: null, data: null })}>{t('act.clear_filters')}</button>}>{filtered && t('indicators.none_match_text')}</Empty></div>
        : (
          <Sheet
            label={t('indicators.title')} columns={columns} rows={rows} rowKey={(one) => one.id} rowHeight={60} open={(one) => go(`/indicators/${encodeURIComponent(one.id)}`)}
            sort={{ by, order, set: (next) => set({ sort: next, order: next === by ? (order === 'asc' ? 'desc' : 'asc') : FIRST_WAY[isSort(next) ? next : 'efficacy'] }) }}
            card={(one) => (
              <div className="stack" style={{ gap: 4 }}>
                <Name one={one} />
                <div className="line small quiet"><CoverageBar share={coverage(one)} /><span className="number">{part(coverage(one), share)}</span><span className="push">{one.efficacy ? <Whisker told={one.efficacy} /> : null}</span></div>
              </div>
            )}
          />
        )}
    </>
  );
}

function Name({ one }: { one: IndicatorCard }) {
  const say = useSay();
  const { asOf } = useMoment();
  return (
    <div style={{ minWidth: 0 }}>
      <Link to={withMoment(`/indicators/${encodeURIComponent(one.id)}`, asOf)} className="sheet-name clip" style={{ display: 'block' }} title={say.say(one.name)}>{say.say(one.name)}</Link>
      <Hint className="small quiet clip indicator-question" say={() => <>{say.say(one.question)}<br />{windowWords(one.window, say)} · <code>{one.id}</code>{one.census.length > 0 && <> · {one.census.join(', ')}</>}</>}>{say.say(one.question)}</Hint>
    </div>
  );
}

function Coverage({ one }: { one: IndicatorCard }) {
  const { t, count, share } = useSay();
  if (one.known === 0) return <Dash because={t('indicators.no_data')} />;
  return (
    <Hint className="line" say={() => <>{t('indicators.known_of', { known: count(one.known), all: count(one.customers), share: part(coverage(one), share) })}<br />{t('indicators.coverage_means')}</>}>
      <CoverageBar share={coverage(one)} /><span className="number small soft">{part(coverage(one), share)}</span>
    </Hint>
  );
}

/** Which way is bad; and, once history was asked, whether it agrees. */
export function Worse({ one }: { one: IndicatorCard }) {
  const { t } = useSay();
  const against = one.efficacy?.verdict === 'signal' && contradicts(one, one.efficacy.direction);
  return (
    <Hint className="worse" say={() => (against ? t('indicators.against', { found: t(`indicators.direction.${one.efficacy?.direction}`) }) : t(`indicators.worse_means.${one.worse}`))}>
      <span>{t(`indicators.worse.${one.worse}`)}</span>
      {against && <span className="tag">{t('indicators.against_short')}</span>}
    </Hint>
  );
}

interface FiltersProps { list: IndicatorCatalog; found: IndicatorCard[]; tested: boolean; children: ReactNode }

function Filters({ list, found, tested, children }: FiltersProps) {
  const { t, count } = useSay();
  const [query, set] = usePageState();
  const [typed, setTyped] = useState(query.get('search') ?? '');
  const kept = query.get('search') ?? '';
  useEffect(() => setTyped(kept), [kept]);
  const categories = useMemo(() => {
    const counts = new Map<string, number>();
    for (const one of list.indicators) counts.set(one.category, (counts.get(one.category) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  }, [list]);
  const verdict = query.get('verdict');
  const alive = query.get('data') === 'yes';
  return (
    <div className="filters" role="search">
      <Input
        allowClear value={typed} style={{ width: 260 }} prefix={<Icon name="search" size={16} />} placeholder={t('indicators.search')} aria-label={t('indicators.search')}
        onChange={(event) => { setTyped(event.target.value); set({ search: event.target.value }); }}
      />
      <Select
        aria-label={t('indicators.category_of')} value={query.get('category') ?? ''} style={{ width: 148 }} onChange={(value: string) => set({ category: value })}
        options={[{ value: '', label: t('indicators.all_categories') }, ...categories.map(([key, size]) => ({ value: key, label: `${t(`category.${key}`, { defaultValue: key })} ${count(size)}` }))]}
      />
      <button type="button" className="chip" aria-pressed={alive} onClick={() => set({ data: alive ? null : 'yes' })}>{t('indicators.with_data')}</button>
      {tested && VERDICTS.map((one) => {
        const size = found.filter((each) => each.efficacy?.verdict === one).length;
        return size === 0 && verdict !== one ? null : (
          <button key={one} type="button" className="chip" aria-pressed={verdict === one} onClick={() => set({ verdict: verdict === one ? null : one })}>
            <VerdictWord verdict={one} /> <span className="number">{count(size)}</span>
          </button>
        );
      })}
      {children}
    </div>
  );
}
