// What this firm's own past says of such a health: how far the card is proven, and what became there of those who stood
// in the same band.

import { Link } from 'react-router';
import { useCustomerProof, type CustomerProof } from '../../api/scorecards';
import type { CustomerPage } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { ProofBadge } from '../../parts/ProofBadge';
import { useSay, type Say } from '../../words/say';

export function Proven({ page }: { page: CustomerPage }) {
  const say = useSay();
  const { asOf } = useMoment();
  // The record is that of the card of today: a past moment is not judged by it.
  const { data } = useCustomerProof(page.row.id, asOf === null);
  if (!data || asOf !== null) return null;
  return (
    <div className="customer-proven">
      <p>{verdict(data, say) ?? say.t('proven.no_verdict')}</p>
      <div className="line wrap small"><ProofBadge proof={data.proof} /><Link className="link" to={withMoment(`/scorecards/${encodeURIComponent(data.scorecard)}`, asOf)}>{say.t('proven.see_card', { name: say.say(data.name) })}</Link></div>
    </div>
  );
}

/** The sentence; none where nothing was put to the past, or nobody stood there. */
export function verdict({ band, proof }: CustomerProof, { t, count, share, day }: Say): string | null {
  const result = proof.backtest?.result;
  const record = result?.bands?.find((one) => one.band === band);
  if (!result || !record || record.stood === 0) return null;
  const about = { band: t(`band.${record.band}`), stood: count(record.stood), left: count(record.left), days: result.horizon_days ?? 0, from: day(result.from), to: day(result.to) };
  if (!record.share || result.is_few) return t('proven.verdict_few', about);
  return t('proven.verdict', { ...about, share: share(record.share.share, 0), low: share(record.share.low, 0), high: share(record.share.high, 0) });
}
