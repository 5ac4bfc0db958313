// How far something is proven on the firm's own past: an empty ring, a half one, a full one, and the counts.

import type { ScorerProof } from '../api/scorecards';
import { useSay } from '../words/say';
import { Hint } from './Hint';
import './proof.css';

export function Ring({ state }: { state: string }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" style={{ flex: 'none', display: 'block' }}>
      <circle cx="6" cy="6" r="4.8" fill="none" stroke="currentColor" strokeWidth="1.4" />
      {state === 'backtested' && <path d="M6 1.200a4.800 4.800 0 0 1 0 9.600Z" fill="currentColor" />}
      {state === 'in_service' && <circle cx="6" cy="6" r="4.8" fill="currentColor" />}
    </svg>
  );
}

/** `in_service` alone says nothing of the past: a full ring needs a replay behind it. */
export const standing = (proof: ScorerProof): string => (proof.state === 'in_service' && !proof.backtest ? 'never' : proof.state);

export function ProofBadge({ proof }: { proof: ScorerProof }) {
  const { t, say, day, count } = useSay();
  const state = standing(proof);
  const result = proof.backtest?.result;
  const words = result ? t('proven.backtested', { leavers: count(result.leavers), caught: count(result.caught) }) : t('proven.never');
  const more = () => (
    <>
      {result ? <>{say(result.headline)}<br />{t('proven.stretch', { from: day(result.from), to: day(result.to) })}</> : t('proven.never_means')}
      {proof.service && <><br />{t('proven.service', { alerts: count(proof.service.alerts), open: count(proof.service.open), wrong: count(proof.service.false_alarms ?? 0) })}</>}
    </>
  );
  return <Hint say={more} focusable className={`proven proven-${state}`}><Ring state={state} /><span>{words}</span></Hint>;
}
