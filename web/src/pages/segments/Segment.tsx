// One segment: who belongs, how many over the last year, who they are.

import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { Problem } from '../../api/client';
import { useCustomers } from '../../api/reading';
import { useSegment } from '../../api/segments';
import type { CustomerRow, SegmentPage as Page } from '../../api/types';
import { useGo, useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Value } from '../../parts/Amount';
import { Band, Change, Health } from '../../parts/Band';
import { Chart } from '../../parts/Chart';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay } from '../../words/say';
import './segments.css';

export default function SegmentPage() {
  const { id = '' } = useParams();
  const { t } = useSay();
  const { data, error, refetch } = useSegment(id);
  if (error && !data) {
    return (
      <div className="page"><Back /><Head title={t('segments.title')} />
        {error instanceof Problem && error.status === 404
          ? <div className="card"><Empty title={t('segments.missing')}>{t('segments.missing_text')}</Empty></div>
          : <Fault error={error} what={t('segments.title')} again={() => void refetch()} />}
      </div>
    );
  }
  if (!data) return <div className="page"><Back /><BoneBlock height={220} /><BoneRows rows={6} /></div>;
  return <View key={id} page={data} />;
}

function Back() {
  const { t } = useSay();
  const { asOf } = useMoment();
  return <Link className="segments-back small" to={withMoment('/segments', asOf)}><Icon name="left" size={14} />{t('segments.title')}</Link>;
}

function View({ page }: { page: Page }) {
  const say = useSay();
  const { t, count, money, moneyWhole } = say;
  const { row } = page;
  return (
    <div className="page">
      <div><Back /><Head title={say.say(row.name)} sub={<span>{say.say(row.about)}</span>} acts={<Export what="customers" query={{ segment: row.id }} />} /></div>
      <section className="card part segment-top">
        <div className="segment-words">
          <span className="small quiet">{t('segments.condition')}</span>
          <p className="segment-sentence">{say.sentence(row.sentence)}</p>
          <dl className="segment-figures">
            <div><dt>{t('churn.count')}</dt><dd className="figure number">{count(row.count)}</dd></div>
            <div><dt>{t('churn.at_risk')}</dt><dd className="number">{count(row.at_risk_count)}</dd></div>
            <div><dt>{t('churn.value')}</dt><dd className="number" title={moneyWhole(row.value_sum)}>{money(row.value_sum)}</dd></div>
            {row.unknown_count > 0 && <div><dt>{t('unknown.title')}</dt><dd className="number quiet">{count(row.unknown_count)}</dd></div>}
          </dl>
        </div>
        <Course page={page} />
      </section>
      <Members id={row.id} asOf={page.as_of} />
    </div>
  );
}

/** Members at the beginnings of months, as could be known then. */
function Course({ page }: { page: Page }) {
  const { t, say, count, day } = useSay();
  const mode = useMode();
  const narrow = useNarrow();
  const points = page.history;
  const option = useMemo(() => {
    const p = palettes[mode];
    const last = points.length - 1;
    return {
      grid: { left: 44, right: 40, top: 20, bottom: 24 },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const point = points[items[0]?.dataIndex ?? 0];
          if (!point) return '';
          const moved = (items[0]?.dataIndex ?? 0) === 0 ? '' : `<br/>${t('segments.moved', { joined: count(point.joined_count), left: count(point.left_count) })}`;
          return `${day(point.on)}<br/><b>${count(point.count)}</b>${moved}`;
        },
      },
      xAxis: { type: 'category', data: points.map((point) => point.on), boundaryGap: false, axisLabel: { formatter: (on: string) => on.slice(2, 7), interval: narrow ? 3 : 1, hideOverlap: true } },
      yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 3 },
      series: [{
        type: 'line', data: points.map((point) => point.count), lineStyle: { color: p.accent, width: 2 }, areaStyle: { color: p.accent, opacity: 0.08 },
        showSymbol: true, symbol: 'circle', symbolSize: (_: unknown, at: { dataIndex: number }) => (at.dataIndex === last ? 7 : 3), itemStyle: { color: p.accent },
        label: { show: true, position: 'right', color: p.ink, fontSize: 12, fontWeight: 600, formatter: (at: { dataIndex: number }) => (at.dataIndex === last ? count(points[last]!.count) : '') },
      }],
    };
  }, [points, mode, narrow, t, count, day]);
  const words = points.map((point) => `${day(point.on)} ${count(point.count)}`).join(', ');
  return (
    <div className="segment-course">
      <div className="section-title"><h2>{t('segments.over_time')}</h2></div>
      <Chart option={option} height={200} label={t('segments.chart', { name: say(page.row.name), list: words })} />
    </div>
  );
}

function Members({ id, asOf }: { id: string; asOf: string }) {
  const say = useSay();
  const { t } = say;
  const go = useGo();
  const { data, error, refetch, fetchNextPage, isFetchingNextPage } = useCustomers({ segment: id });
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const columns = useMemo<Column<CustomerRow>[]>(() => [
    { key: 'band', title: t('col.band'), width: '84px', cell: (row) => <Band verdict={row.verdict} /> },
    { key: 'name', title: t('col.customer'), width: 'minmax(180px, 1.3fr)', cell: (row) => <CustomerName id={row.id} name={row.name} /> },
    { key: 'health', title: t('col.health'), width: '64px', right: true, cell: (row) => <Health verdict={row.verdict} asOf={asOf} /> },
    { key: 'change', title: t('col.change'), width: '84px', right: true, cell: (row) => <Change points={row.health_change_30d} /> },
    { key: 'reason', title: t('col.reason'), width: 'minmax(160px, 1.6fr)', cell: (row) => <div className="soft clip" title={say.say(row.reason)}>{row.reason ? say.sentence(row.reason) : <span className="quiet">{t('customers.no_reason')}</span>}</div> },
    { key: 'value', title: t('col.value'), width: '88px', right: true, cell: (row) => <Value figure={row.value} asOf={asOf} /> },
    { key: 'owner', title: t('col.owner'), width: '96px', cell: (row) => <span className={row.owner ? 'soft clip' : 'quiet clip'}>{row.owner ?? t('owner.none')}</span> },
  ], [say, t, asOf]);
  if (error && !data) return <Fault error={error} what={t('segments.members')} again={() => void refetch()} />;
  if (!data) return <BoneRows rows={8} />;
  if (rows.length === 0) return <div className="card"><Empty title={t('segments.nobody')}>{t('segments.nobody_text')}</Empty></div>;
  return (
    <Sheet
      label={t('segments.members')} columns={columns} rows={rows} rowKey={(row) => row.id} total={data.pages[0]?.total} rowHeight={48} minWidth={860}
      open={(row) => go(customerAddress(row.id))} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} hasMore={data.pages.at(-1)?.next_cursor != null}
      card={(row) => (
        <div style={{ display: 'grid', gap: 4 }}>
          <div className="line"><CustomerName id={row.id} name={row.name} /><span className="push" /><Value figure={row.value} asOf={asOf} /></div>
          <div className="line small"><Band verdict={row.verdict} /><span className="push quiet clip">{row.owner ?? t('owner.none')}</span></div>
          {row.reason && <div className="soft small clip">{say.sentence(row.reason)}</div>}
        </div>
      )}
    />
  );
}
