// 健康分明细: every change of the health, day by day, in a sentence with the facts behind it; the changes sum.

import { Segmented } from 'antd';
import { useState } from 'react';
import { useLedger, type LedgerPage } from '../../api/scorecards';
import type { CustomerPage } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Bone, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Changes } from '../scorecards/Changes';
import '../scorecards/scorecards.css';

/** The first is what the server tells unasked. */
const SPANS = [30, 90, 180] as const;
const DAY_MS = 86_400_000;
const AT_FIRST = 6;

export function Ledger({ page }: { page: CustomerPage }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  const [span, setSpan] = useState<number>(SPANS[0]);
  // Of the present, as it opens, it is asked for before it is known where the lists stand.
  const from = asOf === null && span === SPANS[0] ? null : new Date(Date.parse(page.as_of) - span * DAY_MS).toISOString();
  // Of a past moment the ledger ends there; of the present, where the lists stand.
  const { data, error, refetch, isPlaceholderData } = useLedger(page.row.id, from, asOf ? page.as_of : null);
  return (
    <section className="card part" aria-label={t('ledger.title')} style={isPlaceholderData ? { opacity: 0.6 } : undefined}>
      <div className="section-title part-title">
        <h2>{t('ledger.title')}</h2>
        {data && <Sum data={data} />}
        <Segmented className="push" size="small" aria-label={t('ledger.span')} value={span} onChange={(next) => setSpan(Number(next))} options={SPANS.map((days) => ({ value: days, label: t('ledger.days', { count: days }) }))} />
      </div>
      {error && !data && <Fault error={error} what={t('ledger.title')} again={() => void refetch()} />}
      {!data && !error && <div className="stack"><Bone w="70%" /><Bone w="60%" /><Bone w="50%" /></div>}
      {data && <Days data={data} />}
    </section>
  );
}

function Sum({ data }: { data: LedgerPage }) {
  const { t, count, signed } = useSay();
  const { before, after } = data.whole;
  if (before == null || after == null) return null;
  return <span className="small quiet">{t('customer.changed_sum', { before: count(before, 1), after: count(after, 1), change: signed(after - before, 1) })}</span>;
}

function Days({ data }: { data: LedgerPage }) {
  const { t, day, count, signed } = useSay();
  const [all, setAll] = useState(false);
  if (data.days.length === 0) return <p className="quiet">{t('ledger.none')}</p>;
  const shown = all ? data.days : data.days.slice(0, AT_FIRST);
  return (
    <div className="stack">
      <ol className="ledger-days">
        {shown.map((one) => {
          const { before, after } = one.ledger;
          const change = (after ?? 0) - (before ?? 0);
          return (
            <li key={one.to}>
              <div className="ledger-day"><span className="number">{day(one.from)}</span><span className="number soft">{after == null ? '—' : count(after, 1)}</span><span className={`number small ${change < 0 ? 'strong' : 'quiet'}`}>{signed(change, 1)}</span></div>
              <Changes rows={one.ledger.changes} />
            </li>
          );
        })}
      </ol>
      {data.days.length > shown.length && <button type="button" className="chip" onClick={() => setAll(true)}>{t('ledger.more_days', { count: data.days.length - shown.length, shown: count(data.days.length - shown.length) })}</button>}
    </div>
  );
}
