// Two definitions on the same customers: do they rank them alike, where do they differ, and on whom.

import { Button, Select } from 'antd';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { useComparison, useIndicatorCatalog } from '../../../api/indicators';
import type { FigurePair, IndicatorCatalog, IndicatorComparison, Previewed } from '../../../api/types';
import { useGo, useMoment, usePageState, withMoment } from '../../../frame/moment';
import { useNarrow } from '../../../frame/narrow';
import { Chart } from '../../../parts/Chart';
import { CustomerName } from '../../../parts/CustomerName';
import { Explain } from '../../../parts/Explain';
import { Export, Head } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../../parts/States';
import { useMode } from '../../../theme/mode';
import { palettes } from '../../../theme/tokens';
import { useSay } from '../../../words/say';
import { kept, lacks, unitOf } from '../build/draft';
import { written } from '../build/toml';
import { Distribution } from '../Distribution';
import '../indicators.css';
import { onAxis, shown } from '../measured';
import './compare.css';

const DRAFT = 'draft';

/** A side as the address names it, and as the server is asked for it. */
interface Side { key: string; asked: string; unit: string; name: string }

function useSide(key: string | null, catalog: IndicatorCatalog | undefined): Side | null {
  const { t, say } = useSay();
  return useMemo(() => {
    if (key === DRAFT) {
      const draft = kept();
      if (!draft || lacks(draft) !== null) return null;
      return { key, asked: written(draft, { zh: '新指标', en: 'New indicator' }).text, unit: unitOf(draft), name: t('compare.draft') };
    }
    const card = catalog?.indicators.find((one) => one.id === key);
    return card ? { key: card.id, asked: card.id, unit: card.unit_key, name: say(card.name) } : null;
  }, [key, catalog, t, say]);
}

export default function ComparePage() {
  const { t } = useSay();
  const narrow = useNarrow();
  const { asOf } = useMoment();
  const [query, set] = usePageState();
  const { data: catalog } = useIndicatorCatalog();
  const left = useSide(query.get('left'), catalog);
  const right = useSide(query.get('right'), catalog);
  const { data, error, refetch } = useComparison(left?.asked ?? null, right?.asked ?? null);
  if (narrow) {
    return <div className="page"><Head title={t('compare.title')} /><div className="card"><Empty title={t('build.wider')} acts={<Link className="chip" to={withMoment('/indicators', asOf)}>{t('indicators.all')}</Link>}>{t('build.wider_text')}</Empty></div></div>;
  }
  const swap = () => set({ left: query.get('right'), right: query.get('left') });
  return (
    <div className="page">
      <div>
        <Link to={withMoment('/indicators', asOf)} className="back small quiet link"><Icon name="left" size={16} />{t('indicators.all')}</Link>
        <Head title={t('compare.title')} sentence={data && left && right ? <Sentence told={data} /> : t('compare.title')} sub={<span>{t('compare.about')}</span>} acts={left && right && <Button onClick={swap} icon={<Icon name="compare" size={16} />}>{t('compare.swap')}</Button>} />
      </div>
      <div className="compare-sides">
        <Choice label={t('compare.left')} value={left} catalog={catalog} set={(key) => set({ left: key })} />
        <Choice label={t('compare.right')} value={right} catalog={catalog} set={(key) => set({ right: key })} />
      </div>
      {(!left || !right) && catalog && <div className="card"><Empty title={t('compare.choose')}>{t('compare.choose_text')}</Empty></div>}
      {left && right && error && <Fault error={error} what={t('compare.title')} again={() => void refetch()} />}
      {left && right && !data && !error && <><BoneBlock height={320} /><BoneRows rows={6} /></>}
      {left && right && data && <Told told={data} left={left} right={right} />}
    </div>
  );
}

function Choice({ label, value, catalog, set }: { label: string; value: Side | null; catalog: IndicatorCatalog | undefined; set: (key: string) => void }) {
  const { t, say } = useSay();
  const options = useMemo(() => {
    const draft = kept();
    const all = (catalog?.indicators ?? []).filter((one) => one.known > 0).map((one) => ({ value: one.id, label: say(one.name), find: `${one.id} ${one.name.zh} ${one.name.en}` }));
    return draft && lacks(draft) === null ? [{ value: DRAFT, label: t('compare.draft'), find: 'draft' }, ...all] : all;
  }, [catalog, say, t]);
  return (
    <label className="compare-choice">
      <span className="small quiet">{label}</span>
      <Select aria-label={label} placeholder={t('compare.pick')} value={value?.key ?? null} options={options} onChange={(key: string) => set(key)} showSearch={{ optionFilterProp: ['label', 'find'] }} style={{ width: '100%' }} />
    </label>
  );
}

/** How alike, in a word: by rank, because two units may differ. */
function alike(correlation: number): string {
  const size = Math.abs(correlation);
  const word = size >= 0.95 ? 'same' : size >= 0.7 ? 'much' : size >= 0.3 ? 'some' : 'little';
  return correlation < -0.3 ? `${word}_opposite` : word;
}

function Sentence({ told }: { told: IndicatorComparison }) {
  const { t, count } = useSay();
  if (told.rank_correlation == null) return <>{t('compare.cannot')}</>;
  return <>{t(`compare.alike.${alike(told.rank_correlation)}`, { value: count(told.rank_correlation, 2) })}</>;
}

function Told({ told, left, right }: { told: IndicatorComparison; left: Side; right: Side }) {
  const { t, count } = useSay();
  const figure = (key: string, value: string) => <div><dt>{t(`compare.figure.${key}`)}</dt><dd><Explain title={t(`compare.figure.${key}`)} means={t(`compare.figure_means.${key}`)} focusable><span className="number">{value}</span></Explain></dd></div>;
  return (
    <>
      <section className="card part compare-main">
        <div style={{ minWidth: 0 }}>
          <h2 className="part-title">{t('compare.scatter')}</h2>
          {told.points.length === 0 ? <p className="quiet">{t('compare.nobody')}</p> : <Scatter points={told.points} left={left} right={right} />}
        </div>
        <dl className="compare-figures">
          {figure('rank', told.rank_correlation == null ? '—' : count(told.rank_correlation, 2))}
          {figure('both', count(told.both_known))}
          {figure('equal', count(told.equal))}
          {figure('left_only', count(told.left_only))}
          {figure('right_only', count(told.right_only))}
        </dl>
      </section>
      <div className="compare-sides">
        <One side={left} told={told.left} />
        <One side={right} told={told.right} />
      </div>
      {told.farthest.length > 0 && <Farthest rows={told.farthest} left={left} right={right} />}
    </>
  );
}

function One({ side, told }: { side: Side; told: Previewed }) {
  const { asOf } = useMoment();
  const { t } = useSay();
  return (
    <section className="card part" aria-label={side.name}>
      <h2 className="part-title">{side.key === DRAFT ? t('compare.draft') : <Link className="link" to={withMoment(`/indicators/${encodeURIComponent(side.key)}`, asOf)}>{side.name}</Link>}</h2>
      <Distribution told={told.distribution} unit={side.unit} height={90} />
    </section>
  );
}

/** One dot a customer; the diagonal where both count in the same unit. */
function Scatter({ points, left, right }: { points: FigurePair[]; left: Side; right: Side }) {
  const say = useSay();
  const { t } = say;
  const mode = useMode();
  const go = useGo();
  const option = useMemo(() => {
    const p = palettes[mode];
    const [xs, ys] = [points.map((one) => one.left), points.map((one) => one.right)];
    const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
    const [low, high] = [Math.max(Math.min(...xs), Math.min(...ys)), Math.min(Math.max(...xs), Math.max(...ys))];
    const hasDiagonal = left.unit === right.unit && low < high;
    const axis = (side: Side, values: number[]) => ({ type: 'value', scale: Math.min(...values) < 0 || Math.min(...values) > Math.max(...values) * 0.6, nameLocation: 'end', axisLabel: { hideOverlap: true, formatter: (value: number) => onAxis(value, side.unit, spread(values), say) } });
    return {
      grid: { left: 8, right: 24, top: 28, bottom: 24, containLabel: true },
      tooltip: { trigger: 'item', formatter: (item: { dataIndex: number; componentType: string }) => {
        const one = points[item.dataIndex];
        return one && item.componentType === 'series' ? `<b>${escaped(one.name)}</b><br/>${escaped(left.name)} ${shown(one.left, left.unit, say)}<br/>${escaped(right.name)} ${shown(one.right, right.unit, say)}` : '';
      } },
      xAxis: { ...axis(left, xs), name: left.name, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: p.ink2, fontSize: 12 } },
      yAxis: { ...axis(right, ys), name: right.name, nameTextStyle: { color: p.ink2, fontSize: 12, align: 'left', padding: [0, 0, 0, -24] } },
      series: [{
        type: 'scatter', symbolSize: points.length > 200 ? 6 : 8, data: points.map((one) => [one.left, one.right]), itemStyle: { color: p.accent, opacity: 0.5 }, emphasis: { itemStyle: { opacity: 1 } },
        ...(hasDiagonal ? { markLine: { silent: true, symbol: 'none', animation: false, lineStyle: { color: p.ink3, type: 'dashed', width: 1 }, label: { show: true, formatter: t('compare.equal_line'), color: p.ink3, fontSize: 12, position: 'insideEndTop' }, data: [[{ coord: [low, low] }, { coord: [high, high] }]] } } : {}),
      }],
    };
  }, [points, left, right, mode, t, say]);
  const label = t('compare.scatter_label', { count: points.length, shown: say.count(points.length), left: left.name, right: right.name });
  return <Chart option={option} height={360} label={label} onPickItem={(index) => points[index] && go(`/customers/${encodeURIComponent(points[index].id)}`)} />;
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

function Farthest({ rows, left, right }: { rows: FigurePair[]; left: Side; right: Side }) {
  const say = useSay();
  const { t, signed } = say;
  const go = useGo();
  const same = left.unit === right.unit;
  const columns: Column<FigurePair>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(200px, 2fr)', cell: (row) => <CustomerName id={row.id} name={row.name} /> },
    { key: 'left', title: left.name, width: 'minmax(120px, 1fr)', right: true, cell: (row) => <span className="number">{shown(row.left, left.unit, say)}</span> },
    { key: 'right', title: right.name, width: 'minmax(120px, 1fr)', right: true, cell: (row) => <span className="number">{shown(row.right, right.unit, say)}</span> },
    ...(same ? [{ key: 'gap', title: t('compare.gap'), width: '120px', right: true, cell: (row: FigurePair) => <span className="number strong">{left.unit === 'money' ? say.money(row.right - row.left) : signed(row.right - row.left, 2)}</span> }] : []),
  ];
  return (
    <section>
      <div className="section-title compare-heading"><h2>{t('compare.farthest')}</h2><span className="small quiet">{t('compare.farthest_about')}</span><span className="push"><Export what="comparison" query={{ left: left.asked, right: right.asked }} of={t('compare.farthest')} /></span></div>
      <Sheet label={t('compare.farthest')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={44} open={(row) => go(`/customers/${encodeURIComponent(row.id)}`)} />
    </section>
  );
}
