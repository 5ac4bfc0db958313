// The calendar: owners against months with what is due, promise and computation beside each other below; the record of each
// band; the months that have passed.

import { Fragment } from 'react';
import type { RenewalMonth, RenewalMonths, RenewalOwner, RenewalRate, RenewalTally } from '../../api/types';
import { useNarrow } from '../../frame/narrow';
import { BandWord } from '../../parts/Band';
import { Explain } from '../../parts/Explain';
import { Export } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Sheet, type Column } from '../../parts/Sheet';
import { useSay } from '../../words/say';
import { Money, Tally } from './Pieces';

/** Opens the table with this filter. */
type Pick = (filter: { month: string; owner?: string | null; state?: string }) => void;

export function Calendar({ data, pick }: { data: RenewalMonths; pick: Pick }) {
  const { t, count, day, money } = useSay();
  const narrow = useNarrow();
  const ahead = data.months.filter((one) => !one.is_past);
  const notes = [
    data.later.count > 0 && t('renewal.later', { count: data.later.count, shown: count(data.later.count), amount: money(data.later.amount) }),
    data.short_count > 0 && t('renewal.short', { count: data.short_count, shown: count(data.short_count) }),
    data.told_until && data.told_until < data.as_of.slice(0, 10) && t('renewal.told_until', { day: day(data.told_until) }),
  ].filter(Boolean);
  return (
    <>
      <section className="card renewal-part">
        <div className="line"><h2>{t('renewal.matrix')}</h2><span className="push"><Export what="renewal-owners" of={t('renewal.matrix')} /></span></div>
        {narrow ? <MonthList months={ahead} pick={pick} /> : <Matrix months={ahead} owners={data.owners} thisMonth={data.this_month} pick={pick} />}
        <p className="small quiet">{t('renewal.forecast_about')}</p>
        {notes.length > 0 && <p className="small quiet">{notes.join(' ')}</p>}
      </section>
      <Rates rates={data.rates} />
      <Past months={data.months.filter((one) => one.is_past).reverse()} pick={pick} />
    </>
  );
}

function Matrix({ months, owners, thisMonth, pick }: { months: RenewalMonth[]; owners: RenewalOwner[]; thisMonth: string; pick: Pick }) {
  const { t, month } = useSay();
  return (
    <div className="months-scroll">
      <table className="months-matrix" aria-label={t('renewal.matrix')}>
        <thead>
          <tr><th scope="col">{t('col.owner')}</th>{months.map((one, index) => <th key={one.month} scope="col" className="right">{one.month === thisMonth ? t('renewal.this_month') : month(one.month, index === 0 || one.month.endsWith('-01'))}</th>)}</tr>
        </thead>
        <tbody>
          {owners.map((one) => (
            <tr key={one.owner ?? '-'}>
              <th scope="row" className="clip">{one.owner ?? <span className="quiet">{t('owner.none')}</span>}</th>
              {months.map((each, at) => <td key={each.month} className="right"><Cell tally={one.due[at]!} owner={one.owner ?? null} month={each.month} pick={pick} /></td>)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr><th scope="row">{t('renewal.total')}</th>{months.map((one) => <td key={one.month} className="right"><Tally tally={one.due} /></td>)}</tr>
          <tr><th scope="row">{t('renewal.open')}</th>{months.map((one) => <td key={one.month} className="right"><Tally tally={one.open} /></td>)}</tr>
          <tr><th scope="row">{t('renewal.promised')}</th>{months.map((one) => <td key={one.month} className="right"><Promised month={one} /></td>)}</tr>
          <tr><th scope="row">{t('renewal.computed')}</th>{months.map((one) => <td key={one.month} className="right"><Computed month={one} /></td>)}</tr>
        </tfoot>
      </table>
    </div>
  );
}

function Cell({ tally, owner, month: name, pick }: { tally: RenewalTally; owner: string | null; month: string; pick: Pick }) {
  const { t, month, money, count } = useSay();
  if (tally.count === 0) return <span className="quiet" aria-hidden="true">·</span>;
  const words = t('renewal.cell', { owner: owner ?? t('owner.none'), month: month(name, true), contracts: t('renewal.count', { count: tally.count, shown: count(tally.count) }), amount: money(tally.amount) });
  return <button type="button" className="months-cell" aria-label={words} onClick={() => pick({ month: name, owner: owner ?? '-', state: 'all' })}><Tally tally={tally} /></button>;
}

/** What the owners promise of a month's open ones, with how many of them it rests on. */
function Promised({ month }: { month: RenewalMonth }) {
  const { t, count, money } = useSay();
  if (month.open.count === 0) return <span className="quiet">—</span>;
  const rest = month.unpromised.count > 0 && t('renewal.unsaid', { count: month.unpromised.count, shown: count(month.unpromised.count), amount: money(month.unpromised.amount) });
  if (month.promised.count === 0) return <Hint className="small quiet" say={() => rest || t('renewal.none_said')}>{t('renewal.none_said')}</Hint>;
  return <Hint say={() => <>{t('renewal.said_count', { count: month.promised.count, shown: count(month.promised.count) })}{rest && <><br />{rest}</>}</>}><Tally tally={month.promised} /></Hint>;
}

/** What was computed of them, with how many of them it rests on. */
function Computed({ month }: { month: RenewalMonth }) {
  const { t, count } = useSay();
  if (month.open.count === 0) return <span className="quiet">—</span>;
  const rest = month.uncomputed.count > 0 && t('renewal.unrated', { count: month.uncomputed.count, shown: count(month.uncomputed.count) });
  if (month.computed.count === 0) return <Hint className="small quiet" say={() => rest || t('renewal.none_rated')}>{t('renewal.none_rated')}</Hint>;
  return <Hint say={() => <>{t('renewal.rated', { count: month.computed.count, shown: count(month.computed.count) })}{rest && <><br />{rest}</>}</>}><Tally tally={month.computed} /></Hint>;
}

/** A phone has the months one below the other. */
function MonthList({ months, pick }: { months: RenewalMonth[]; pick: Pick }) {
  const { t, month } = useSay();
  return (
    <ul className="month-list">
      {months.filter((one) => one.due.count > 0).map((one) => (
        <li key={one.month}>
          <button type="button" className="month-head" onClick={() => pick({ month: one.month, state: 'all' })}><span className="strong">{month(one.month, true)}</span><Tally tally={one.due} /></button>
          <dl className="month-facts small"><dt>{t('renewal.promised')}</dt><dd><Promised month={one} /></dd><dt>{t('renewal.computed')}</dt><dd><Computed month={one} /></dd></dl>
        </li>
      ))}
    </ul>
  );
}

function Rates({ rates }: { rates: RenewalRate[] }) {
  const { t, share } = useSay();
  return (
    <section className="card renewal-part">
      <h2>{t('renewal.rates')}</h2>
      <p className="small quiet">{t('renewal.rates_about')}</p>
      <dl className="rates">
        {rates.map((one) => (
          <Fragment key={one.band ?? 'unknown'}>
            <dt><BandWord band={one.band} /></dt>
            <dd className="rate-bar">{one.rate != null && <span style={{ width: `${one.rate * 100}%`, background: `var(--band-${one.band ?? 'unknown'})` }} />}</dd>
            <dd className="number right">{one.rate == null ? '' : share(one.rate, 0)}</dd>
            <dd className="small quiet">{one.decided === 0 ? t('renewal.no_record') : t(one.rate == null ? 'renewal.rate_few' : 'renewal.rate_of', { renewed: one.renewed, decided: one.decided })}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

function Past({ months, pick }: { months: RenewalMonth[]; pick: Pick }) {
  const say = useSay();
  const { t, month, share } = say;
  const narrow = useNarrow();
  const rows = months.filter((one) => one.due.count > 0);
  if (rows.length === 0) return null;
  const kept = (value: number | null | undefined) => (value == null ? <Hint className="quiet" say={() => t('renewal.not_settled')}>—</Hint> : <span className="number">{share(value, 0)}</span>);
  const head = (name: 'gross' | 'net') => <Explain title={t(`renewal.${name}`)} means={t(`renewal.${name}_means`)}>{t(`renewal.${name}`)}</Explain>;
  const columns: Column<RenewalMonth>[] = [
    { key: 'month', title: t('renewal.month'), width: 'minmax(96px, 1fr)', cell: (one) => <div>{month(one.month, true)}{one.by_hand_count > 0 && <div className="small quiet">{t('renewal.by_hand_count', { count: one.by_hand_count })}</div>}</div> },
    { key: 'due', title: t('renewal.due'), width: 'minmax(88px, 1fr)', right: true, cell: (one) => <Tally tally={one.due} /> },
    { key: 'renewed', title: t('renewal.renewed'), width: 'minmax(88px, 1fr)', right: true, cell: (one) => <Tally tally={one.renewed} /> },
    { key: 'shrunk', title: t('renewal.shrunk'), width: 'minmax(88px, 1fr)', right: true, cell: (one) => <Tally tally={one.shrunk} /> },
    { key: 'lost', title: t('renewal.lost'), width: 'minmax(88px, 1fr)', right: true, cell: (one) => <Tally tally={one.lost} /> },
    { key: 'open', title: t('renewal.open'), width: 'minmax(72px, 1fr)', right: true, cell: (one) => <Tally tally={one.open} /> },
    { key: 'gross', title: head('gross'), width: '84px', right: true, cell: (one) => kept(one.gross) },
    { key: 'net', title: head('net'), width: '84px', right: true, cell: (one) => kept(one.net) },
  ];
  return (
    <section>
      <div className="line renewal-heading"><h2>{t('renewal.past')}</h2><span className="push"><Export what="renewal-months" of={t('renewal.past')} /></span></div>
      <Sheet label={t('renewal.past')} columns={columns} rows={rows} rowKey={(one) => one.month} rowHeight={56} minWidth={780} keys={false} open={(one) => pick({ month: one.month, state: 'all' })}
        card={(one) => (
          <div className="renewal-card">
            <div className="line"><span className="strong">{month(one.month, true)}</span><span className="push" /><Money amount={one.due.amount} /></div>
            <div className="line wrap small"><span>{t('renewal.renewed')} {one.renewed.count + one.shrunk.count} / {one.due.count}</span><span>{t('renewal.gross')} {kept(one.gross)}</span><span>{t('renewal.net')} {kept(one.net)}</span></div>
          </div>
        )} />
      {!narrow && <p className="small quiet renewal-note">{t('renewal.past_about')}</p>}
    </section>
  );
}
