// The line drawn through those who wait: the last of those above it, the first ten below, each with what is at risk; and
// where there is room for more, whom it could serve.

import type { BudgetBeyond, BudgetCandidate, BudgetPreview } from '../../../api/types';
import { CustomerName } from '../../../parts/CustomerName';
import { Explain } from '../../../parts/Explain';
import { Severity } from '../../../parts/Severity';
import { Empty } from '../../../parts/States';
import { useSay } from '../../../words/say';

/** So many above the line are shown. */
const ABOVE = 8;

export function Line({ preview, stale }: { preview: BudgetPreview; stale: boolean }) {
  const { t, count, money } = useSay();
  const { candidates, threshold, next, beyond } = preview;
  const above = candidates.filter((one) => one.is_above);
  const below = preview.candidate_count - preview.above_count;
  const shown = above.slice(-ABOVE);
  // The longest bar is that of the first one shown: what is large has its room, what is small is still seen.
  const most = Math.max(...shown.map((one) => one.at_risk), ...next.map((one) => one.at_risk), 1);
  const bars = (rows: BudgetCandidate[]) => rows.map((one) => <Bar key={one.customer_id} one={one} most={most} />);
  if (preview.candidate_count === 0 && beyond.length === 0) return <section className="card"><Empty title={t('budget.nobody')} scene={false} /></section>;
  const hidden = preview.above_count - shown.length;
  return (
    <section className="card budget-line" aria-label={t('budget.line_label')} style={stale ? { opacity: 0.6 } : undefined}>
      <h2 className="section-title">{t('budget.now')}
        <span className="quiet small">{t('budget.above', { count: preview.above_count, shown: count(preview.above_count) })}{preview.passing_count > 0 && ` · ${t('budget.passing', { count: preview.passing_count, shown: count(preview.passing_count) })}`} · {t('budget.below', { count: below, shown: count(below) })}</span>
      </h2>
      <div className="budget-bars">
        {hidden > 0 && <div className="small quiet budget-hidden">{t('budget.hidden', { count: hidden, shown: count(hidden) })}</div>}
        {bars(shown)}
        <div className="budget-cut" role="separator">
          <Explain title={t('budget.threshold')} means={t('budget.threshold_means')}>{threshold == null ? t('budget.everyone') : t('budget.line', { amount: money(threshold) })}</Explain>
        </div>
        {next.length > 0 && <div className="small quiet">{t('budget.next')}</div>}
        {bars(next)}
        {beyond.length > 0 && <div className="small quiet">{t('budget.room', { count: preview.room_count, shown: count(preview.room_count) })} · {t('budget.beyond')}</div>}
        {beyond.map((one) => <Beyond key={one.customer_id} one={one} />)}
      </div>
    </section>
  );
}

function Bar({ one, most }: { one: BudgetCandidate; most: number }) {
  const { money } = useSay();
  return (
    <div className="budget-bar" data-above={one.is_above}>
      <span className="line"><Severity severity={one.severity} /><CustomerName id={one.customer_id} name={one.customer_name} /></span>
      <span className="budget-track" aria-hidden="true"><span style={{ width: `${Math.max(1, (one.at_risk / most) * 100)}%` }} /></span>
      <span className="number small">{money(one.at_risk)}</span>
    </div>
  );
}

function Beyond({ one }: { one: BudgetBeyond }) {
  const { t, say, count } = useSay();
  return (
    <div className="budget-bar">
      <CustomerName id={one.customer_id} name={one.customer_name} />
      <span className="soft small clip">{one.reason && say(one.reason)}</span>
      <span className="number small">{t('budget.points', { points: count(Math.round(one.health)) })}</span>
    </div>
  );
}
