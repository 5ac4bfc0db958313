// Who left which product line, month by month, with names. Leaving a line is not leaving.

import { Drawer } from 'antd';
import { useState } from 'react';
import { useLineLeavers, useProductLines, type LineLeaverRow, type LineMonth, type ProductLineRow, type ProductLines } from '../../api/churn';
import { ScrollContext, useGo, usePageState } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Value } from '../../parts/Amount';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Explain } from '../../parts/Explain';
import { Export } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Sheet, type Column } from '../../parts/Sheet';
import { Spark } from '../../parts/Spark';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

/** The part of the churn page about product lines; a line opens its months and names. */
export function ByProductLine({ asOf }: { asOf: string }) {
  const { t } = useSay();
  const [query, set] = usePageState();
  const { data, error, refetch } = useProductLines();
  const [line, month] = [query.get('line'), query.get('line_month')];
  const opened = data?.lines.find((one) => one.name === line);
  return (
    <section className="stack" style={{ gap: 10 }}>
      <div className="line wrap churn-heading"><div className="section-title"><h2>{t('leaving.lines.title')}</h2><span className="small quiet">{t('leaving.lines.about')}</span></div><span className="push"><Export what="product-lines" of={t('leaving.lines.title')} /></span></div>
      {error && !data ? <Fault error={error} what={t('leaving.lines.title')} again={() => void refetch()} />
        : !data ? <BoneRows rows={3} />
          : <LineTable data={data} open={(row) => set({ line: row.name, line_month: null }, true)} />}
      <Line row={opened} month={month} pick={(chosen) => set({ line_month: chosen }, true)} close={() => set({ line: null, line_month: null })} asOf={asOf} />
    </section>
  );
}

const lastJudged = (row: ProductLineRow) => row.months.findLast((one) => one.month.complete);

/** Product lines, the largest first. */
export function LineTable({ data, open }: { data: ProductLines; open?: (row: ProductLineRow) => void }) {
  const { t, say, count, share, month } = useSay();
  if (data.unknown_because) return <div className="card"><Empty title={t('leaving.lines.none')}>{say(data.unknown_because)}</Empty></div>;
  const figure = (key: 'left_line' | 'left_altogether'): Column<ProductLineRow> => ({
    key, title: <Explain title={t(`leaving.lines.${key}`)} means={t(`leaving.lines.means.${key}`)}>{t(`leaving.lines.${key}`)}</Explain>, width: 'minmax(96px, 1fr)', right: true,
    cell: (row) => <span className={row[key] ? 'number' : 'number quiet'}>{count(row[key])}</span>,
  });
  const columns: Column<ProductLineRow>[] = [
    { key: 'name', title: t('leaving.lines.line'), width: 'minmax(96px, 1.4fr)', cell: (row) => <span className="clip" style={{ display: 'block' }} title={row.name}>{row.name}</span> },
    { key: 'in', title: <Explain title={t('leaving.lines.in')} means={t('leaving.lines.means.in')}>{t('leaving.lines.in')}</Explain>, width: 'minmax(80px, 1fr)', right: true, cell: (row) => <span className="number">{count(row.current + row.too_new)}</span> },
    {
      key: 'rate', title: <Explain title={t('leaving.lines.rate')} means={t('leaving.lines.means.rate')}>{t('leaving.lines.rate')}</Explain>, width: 'minmax(96px, 1fr)', right: true,
      cell: (row) => <Rate one={lastJudged(row)} />,
    },
    {
      key: 'trend', title: t('leaving.lines.trend'), width: '112px',
      cell: (row) => <Spark values={row.months.map((one) => one.month.rate)} label={t('leaving.lines.spark', { list: row.months.filter((one) => one.month.rate != null).map((one) => `${month(one.month.month, true)} ${share(one.month.rate!)}`).join(', ') })} />,
    },
    figure('left_line'), figure('left_altogether'),
  ];
  return (
    <>
      <p className="small soft">{say(data.says)}{t('punctuation.stop')}{data.unnamed_share != null && data.unnamed_share > 0 && <>{t('leaving.lines.unnamed', { share: share(data.unnamed_share) })}</>}{data.line_count > data.lines.length && <> {t('leaving.lines.shown', { shown: count(data.lines.length), all: count(data.line_count) })}</>}</p>
      <Sheet label={t('leaving.lines.title')} columns={columns} rows={data.lines} rowKey={(row) => row.name} rowHeight={44} keys={false} open={open}
        card={(row) => (
          <div><div className="line"><span className="strong clip">{row.name}</span><span className="push"><Rate one={lastJudged(row)} /></span></div>
            <div className="small soft">{t('leaving.lines.in')} {count(row.current + row.too_new)} · {t('leaving.lines.left_line')} {count(row.left_line)} · {t('leaving.lines.left_altogether')} {count(row.left_altogether)}</div></div>
        )} />
    </>
  );
}

function Rate({ one }: { one: LineMonth | undefined }) {
  const { t, say, share } = useSay();
  if (one?.month.rate == null) return <Hint say={() => say(one?.month.unknown_because) || t('unknown.title')}><span className="dash">—</span></Hint>;
  return <span className="number">{share(one.month.rate)}</span>;
}

function MonthName({ one }: { one: LineMonth }) {
  const { t, month } = useSay();
  return <span>{month(one.month.month, true)}{!one.month.complete && <span className="small quiet"> {t('churn.incomplete')}</span>}</span>;
}

interface LineProps { row: ProductLineRow | undefined; month: string | null; pick: (month: string) => void; close: () => void; asOf: string }

function Line({ row, month, pick, close, asOf }: LineProps) {
  const say = useSay();
  const { t, count } = say;
  const narrow = useNarrow();
  const [box, setBox] = useState<HTMLElement | null>(null);
  const months = [...(row?.months ?? [])].reverse();
  const shown = months.find((one) => one.month.month === month) ?? months.find((one) => one.month.left_count > 0);
  const columns: Column<LineMonth>[] = [
    { key: 'month', title: t('leaving.lines.month'), width: 'minmax(88px, 1fr)', cell: (one) => <MonthName one={one} /> },
    { key: 'start', title: t('leaving.lines.at_start'), width: '72px', right: true, cell: (one) => <span className="number">{count(one.month.customers_at_start)}</span> },
    { key: 'left', title: t('leaving.lines.left'), width: '56px', right: true, cell: (one) => <span className="number">{count(one.month.left_count)}</span> },
    { key: 'stayed', title: t('leaving.lines.stayed'), width: '80px', right: true, cell: (one) => <span className="number">{count(one.stayed_count)}</span> },
    { key: 'rate', title: t('leaving.lines.month_rate'), width: '64px', right: true, cell: (one) => <Rate one={one} /> },
  ];
  return (
    <Drawer open={row !== undefined} onClose={close} size={narrow ? '100%' : 640} title={row ? t('leaving.lines.months', { line: row.name }) : ''} destroyOnHidden styles={{ body: { padding: 0, overflow: 'hidden' } }}>
      <ScrollContext.Provider value={box}><div ref={setBox} className="leavers stack">
        {row && <Sheet label={t('leaving.lines.months', { line: row.name })} columns={columns} rows={months} rowKey={(one) => one.month.month} rowHeight={40} keys={false} active={shown?.month.month ?? null} open={(one) => pick(one.month.month)}
          card={(one) => (
            <div><div className="line"><MonthName one={one} /><span className="push"><Rate one={one} /></span></div>
              <div className="small soft">{t('leaving.lines.at_start')} {count(one.month.customers_at_start)} · {t('leaving.lines.left')} {count(one.month.left_count)} · {t('leaving.lines.stayed')} {count(one.stayed_count)}</div></div>
          )} />}
        {row && shown && <Names line={row.name} month={shown.month.month} asOf={asOf} />}
      </div></ScrollContext.Provider>
    </Drawer>
  );
}

function Names({ line, month, asOf }: { line: string; month: string; asOf: string }) {
  const say = useSay();
  const { t } = say;
  const go = useGo();
  const { data, error, refetch } = useLineLeavers(line, month);
  const title = t('leaving.lines.names', { line, month: say.month(month, true) });
  const fate = (row: LineLeaverRow) => t(row.stayed ? 'leaving.lines.still' : 'leaving.lines.left_altogether');
  const columns: Column<LineLeaverRow>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(140px, 1fr)', cell: (row) => <div><CustomerName id={row.leaver.customer_id} name={row.leaver.customer_name} /><div className="small quiet clip">{row.leaver.owner ?? t('owner.none')}</div></div> },
    { key: 'gone', title: t('churn.gone_at'), width: '96px', cell: (row) => <span className="number">{say.day(row.leaver.gone_at)}</span> },
    { key: 'fate', title: t('leaving.lines.then'), width: '104px', cell: (row) => <span className={row.stayed ? undefined : 'quiet'}>{fate(row)}</span> },
    { key: 'value', title: t('churn.before'), width: '88px', right: true, cell: (row) => <Value figure={row.leaver.value} asOf={asOf} /> },
  ];
  return (
    <section className="stack" style={{ gap: 10 }}>
      <div className="line wrap"><h2>{title}</h2><span className="push"><Export what="line-leavers" query={{ line, month }} of={title} /></span></div>
      {error && !data && <Fault error={error} what={title} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={3} />}
      {data?.length === 0 && <Empty title={t('leaving.lines.names_none')} scene={false} />}
      {data && data.length > 0 && <Sheet label={title} columns={columns} rows={data} rowKey={(row) => row.leaver.customer_id} rowHeight={56} keys={false} open={(row) => go(customerAddress(row.leaver.customer_id))}
        card={(row) => <div className="line"><div style={{ minWidth: 0, flex: 1 }}><CustomerName id={row.leaver.customer_id} name={row.leaver.customer_name} /><div className="small quiet">{say.day(row.leaver.gone_at)} · {fate(row)}</div></div><Value figure={row.leaver.value} asOf={asOf} /></div>} />}
    </section>
  );
}
