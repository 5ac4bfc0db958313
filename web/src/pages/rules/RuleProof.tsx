// How far a rule is proved on this firm's own past: never replayed, replayed with its counts, in service with its record.

import type { ScorerProof } from '../../api/types';
import { Hint } from '../../parts/Hint';
import { standing } from '../../parts/ProofBadge';
import { useSay } from '../../words/say';

const SIGNS: Record<string, string> = { never: '◌', backtested: '◑', in_service: '●' };

export function RuleProof({ proof }: { proof: ScorerProof | undefined }) {
  const { t, say, count, day } = useSay();
  if (!proof) return null;
  const { backtest, service } = proof;
  const told = backtest?.result;
  const words = told
    ? t('rules.proof.counts', { caught: count(told.caught), leavers: count(told.leavers), wrong: count(told.false_alarms) })
    : service && service.alerts > 0 ? t('rules.proof.record', { count: service.alerts, shown: count(service.alerts) }) : t('rules.proof.never');
  const state = standing(proof);
  const more = () => (
    <>
      {told ? <><b>{say(told.headline)}</b><br />{t('rules.proof.replayed', { from: day(told.from), to: day(told.to), alerts: count(told.alerts) })}{told.is_few && <><br />{t('rules.proof.few')}</>}</> : t('rules.proof.never_means')}
      {service && <><br />{t('rules.proof.service', { alerts: count(service.alerts), open: count(service.open), wrong: count(service.false_alarms ?? 0) })}</>}
    </>
  );
  return <Hint className={state === 'never' ? 'rule-proof quiet' : 'rule-proof soft'} focusable say={more}><span aria-hidden="true">{SIGNS[state] ?? '◌'}</span> {words}</Hint>;
}
