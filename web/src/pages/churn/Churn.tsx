// What leaving means here, how many left, and who is on the way: the number with the names behind it.

import { Drawer } from 'antd';
import { useMemo, useState } from 'react';
import { Trans } from 'react-i18next';
import { Link } from 'react-router';
import { useChurn, useLeavers } from '../../api/reading';
import type { ChurnMonth, ChurnOverview, LeaverRow, Slice } from '../../api/types';
import { ScrollContext, useGo, useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { useValueMeans, Value } from '../../parts/Amount';
import { BandWord } from '../../parts/Band';
import { Chart } from '../../parts/Chart';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Explain } from '../../parts/Explain';
import { Export, Head } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay, useSession } from '../../words/say';
import { ByProductLine } from './ProductLines';
import './churn.css';

export default function ChurnPage() {
  const { t } = useSay();
  const { data, error, refetch } = useChurn();
  const [query, set] = usePageState();
  const month = query.get('month');
  const { asOf } = useMoment();
  const maySee = useSession()?.permissions.some((one) => one === 'see_definitions');
  if (error && !data) return <div className="page"><Head title={t('churn.title')} /><Fault error={error} what={t('churn.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('churn.title')} /><BoneBlock height={260} /><BoneRows rows={5} /></div>;
  return (
    <div className="page">
      <Head title={t('churn.title')} sentence={<Sentence data={data} />} sub={<StatesSum data={data} />} acts={<><Link className="chip" to={withMoment('/churn/reasons', asOf)}>{t('reasons.see')}</Link><Export what="churn" /></>} />
      <section className="card churn-chart">
        <div className="churn-definition"><div className="line"><span className="small quiet">{t('churn.definition')}</span>{maySee && <Link className="link small push" to={withMoment('/churn/definitions', asOf)}>{t('leaving.see')}</Link>}</div><p><Definition data={data} /></p></div>
        {data.not_yet ? <Empty title={t('churn.not_yet_title')}><NotYet data={data} /></Empty> : <Months data={data} pick={(chosen) => set({ month: chosen }, true)} />}
      </section>
      {data.by_band.some((slice) => slice.count > 0) && (
        <div className="churn-slices">
          <Slices title={t('churn.by_band')} rows={data.by_band} of="band" days={data.risk_horizon_days} />
          <Slices title={t('churn.by_owner')} rows={data.by_owner} of="owner" days={data.risk_horizon_days} />
        </div>
      )}
      {data.by_product_line && <ByProductLine asOf={data.as_of} />}
      <Leavers month={month && /^\d{4}-\d{2}$/.test(month) ? month : null} close={() => set({ month: null })} asOf={data.as_of} />
    </div>
  );
}

const Definition = ({ data }: { data: ChurnOverview }) => <>{useSay().say(data.sentence)}</>;
const NotYet = ({ data }: { data: ChurnOverview }) => <>{useSay().say(data.not_yet)}</>;

function Sentence({ data }: { data: ChurnOverview }) {
  const { t, month, share } = useSay();
  const last = data.months.findLast((one) => one.complete && one.rate != null);
  if (!last) return <>{t('churn.sentence_none')}</>;
  return <Trans t={t} i18nKey="churn.sentence" count={last.left_count} values={{ month: month(last.month, true), rate: share(last.rate!) }} components={{ b: <b /> }} />;
}

function StatesSum({ data }: { data: ChurnOverview }) {
  const { t, count } = useSay();
  const of = (key: string) => count(data.state_counts.find((one) => one.key === key)?.count ?? 0);
  return <span>{t('churn.states', { all: count(data.customer_count), current: of('current'), too_new: of('too_new'), gone: of('gone') })}</span>;
}

/** Bars from zero; what cannot be judged has no bar, and says why on hover. */
function Months({ data, pick }: { data: ChurnOverview; pick: (month: string) => void }) {
  const { t, say, month, share, count, lang } = useSay();
  const mode = useMode();
  const narrow = useNarrow();
  const months = narrow ? data.months.slice(-6) : data.months;
  const option = useMemo(() => {
    const p = palettes[mode];
    const hover = (one: ChurnMonth) => {
      if (one.rate == null) return `${month(one.month, true)}<br/>${say(one.unknown_because) || t('unknown.title')}`;
      return `${month(one.month, true)}${one.complete ? '' : ` · ${t('churn.incomplete')}`}<br/><b>${share(one.rate, 2)}</b><br/>${t('churn.left', { count: one.left_count })} / ${t('churn.at_start', { count: one.customers_at_start })}`;
    };
    return {
      grid: { left: 40, right: 8, top: 28, bottom: 28 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: p.ink, opacity: 0.04 } }, formatter: (items: { dataIndex: number }[]) => hover(months[items[0]?.dataIndex ?? 0]!) },
      xAxis: { type: 'category', data: months.map((one) => one.month), axisLabel: { formatter: (one: string, index: number) => month(one, index === 0 || one.endsWith('-01')), interval: 0, hideOverlap: true } },
      yAxis: { type: 'value', min: 0, axisLabel: { formatter: (value: number) => share(value) }, splitNumber: 3 },
      series: [{
        type: 'bar', cursor: 'pointer',
        data: months.map((one) => ({
          value: one.rate ?? null,
          itemStyle: one.complete ? { color: p.accent } : { color: 'transparent', borderColor: p.accent, borderWidth: 1.5, borderType: 'dashed' },
        })),
        label: { show: true, position: 'top', color: p.ink2, fontSize: 12, formatter: (item: { dataIndex: number }) => { const one = months[item.dataIndex]; return one?.rate == null ? '' : share(one.rate); } },
      }],
    };
  }, [months, mode, t, say, month, share, lang]);
  const words = months.filter((one) => one.rate != null).map((one) => `${month(one.month, true)} ${share(one.rate!)}`).join(', ');
  return (
    <>
      <div className="line wrap churn-title"><h2><Explain title={t('churn.rate')} means={t('churn.rate_means')} asOf={data.as_of}>{t('churn.by_month')}</Explain></h2><span className="small quiet">{t('churn.click')}</span></div>
      <Chart option={option} height={260} label={t('churn.chart_label', { list: words })} onPick={(index) => months[index] && pick(months[index].month)} />
      <ul className="churn-months">
        {months.map((one) => (
          <li key={one.month}><button type="button" onClick={() => pick(one.month)}>{month(one.month, true)} {one.rate == null ? t('unknown.title') : `${share(one.rate)}, ${t('churn.left', { count: one.left_count })}`} ({count(one.customers_at_start)})</button></li>
        ))}
      </ul>
    </>
  );
}

function Slices({ title, rows, of, days }: { title: string; rows: Slice[]; of: 'band' | 'owner'; days: number | null }) {
  const { t, count, money, moneyWhole, share } = useSay();
  const means = useValueMeans();
  const atRiskMeans = days == null ? t('churn.at_risk_by_band') : t('churn.at_risk_by_risk', { days });
  const go = useGo();
  const narrow = useNarrow();
  const all = rows.reduce((sum, row) => sum + row.count, 0);
  const most = Math.max(1, ...rows.map((row) => (of === 'band' ? row.count : row.at_risk_value)));
  const columns: Column<Slice>[] = [
    { key: 'key', title: of === 'band' ? t('col.band') : t('col.owner'), width: narrow ? '76px' : 'minmax(84px, 1fr)', cell: (row) => (of === 'band' ? <BandWord band={row.key === 'unknown' ? null : row.key} /> : <span className={row.key ? 'clip' : 'quiet clip'} style={{ display: 'block' }}>{row.key || t('owner.none')}</span>) },
    {
      key: 'bar', title: of === 'band' ? t('churn.share') : t('churn.at_risk_value'), width: narrow ? 'minmax(64px, 1fr)' : 'minmax(96px, 1.6fr)',
      cell: (row) => (
        <span className="slice"><span className="slice-bar" style={{ width: `${((of === 'band' ? row.count : row.at_risk_value) / most) * 60}%`, background: of === 'band' ? `var(--band-${row.key})` : 'var(--ink2)' }} />
          <span className="small soft number">{of === 'band' ? share(all ? row.count / all : 0) : <Explain title={t('churn.at_risk_value')} means={atRiskMeans} exact={moneyWhole(row.at_risk_value)}>{money(row.at_risk_value)}</Explain>}</span></span>
      ),
    },
    ...(of === 'owner' ? [{ key: 'risk', title: t('churn.at_risk'), width: narrow ? '40px' : '64px', right: true, cell: (row: Slice) => <span className="number">{count(row.at_risk_count)}</span> }] : []),
    { key: 'count', title: t('churn.count'), width: narrow ? '44px' : '64px', right: true, cell: (row) => <span className="number">{count(row.count)}</span> },
    ...(narrow && of === 'owner' ? [] : [{ key: 'value', title: t('churn.value'), width: narrow ? '80px' : '88px', right: true, cell: (row: Slice) => <Explain title={t('churn.value')} means={means} exact={moneyWhole(row.value_sum)}><span className="number">{money(row.value_sum)}</span></Explain> }]),
  ];
  return (
    <section>
      <div className="line churn-heading"><h2>{title}</h2><span className="push">{of === 'band' ? <Export what="churn-bands" of={title} /> : <Export what="churn-owners" of={title} />}</span></div>
      <Sheet label={title} columns={columns} rows={rows} rowKey={(row) => row.key} rowHeight={44} keys={false} open={(row) => go(of === 'band' ? `/customers?band=${row.key}` : `/customers?owner=${encodeURIComponent(row.key || '-')}`)} />
    </section>
  );
}

function Leavers({ month, close, asOf }: { month: string | null; close: () => void; asOf: string }) {
  const say = useSay();
  const { t } = say;
  const go = useGo();
  const narrow = useNarrow();
  const { data, error, refetch } = useLeavers(month);
  const [box, setBox] = useState<HTMLElement | null>(null);
  const columns: Column<LeaverRow>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(140px, 1fr)', cell: (row) => <div><CustomerName id={row.customer_id} name={row.customer_name} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div> },
    { key: 'gone', title: t('churn.gone_at'), width: '96px', cell: (row) => <span className="number">{say.day(row.gone_at)}</span> },
    { key: 'seen', title: t('col.last_seen'), width: '96px', cell: (row) => <span className="number soft">{row.last_seen_at ? say.day(row.last_seen_at) : '—'}</span> },
    { key: 'value', title: t('churn.before'), width: '88px', right: true, cell: (row) => <Value figure={row.value} asOf={asOf} /> },
    { key: 'mortem', title: <span className="hidden">{t('mortem.see')}</span>, width: '56px', right: true, cell: (row) => <Link className="link small" to={`${customerAddress(row.customer_id)}/post-mortem`} aria-label={`${t('mortem.see')} ${row.customer_name}`}>{t('mortem.short')}</Link> },
  ];
  return (
    <Drawer open={month !== null} onClose={close} size={narrow ? '100%' : 640} title={month ? t('churn.leavers', { month: say.month(month, true) }) : ''} extra={month && <Export what="leavers" query={{ month }} />} destroyOnHidden styles={{ body: { padding: 0, overflow: 'hidden' } }}>
      <ScrollContext.Provider value={box}><div ref={setBox} className="leavers">
      {error && !data && <Fault error={error} what={t('churn.title')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={6} />}
      {data?.length === 0 && <Empty title={t('churn.leavers_none')} />}
      {data && data.length > 0 && <Sheet label={t('churn.title')} columns={columns} rows={data} rowKey={(row) => row.customer_id} rowHeight={56} keys={false} open={(row) => go(customerAddress(row.customer_id))}
        card={(row) => <div className="line"><div style={{ minWidth: 0, flex: 1 }}><CustomerName id={row.customer_id} name={row.customer_name} /><div className="small quiet">{say.day(row.gone_at)} · {row.owner ?? t('owner.none')}</div></div><Value figure={row.value} asOf={asOf} /></div>} />}
      </div></ScrollContext.Provider>
    </Drawer>
  );
}
