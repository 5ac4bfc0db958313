// How well an indicator ranked those who left above those who stayed: a dot with its interval on a scale from guessing
// to certain. Filled when it is a signal, hollow when it is none.

import type { EfficacySummary } from '../../api/types';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

const WIDTH = 116;
const HEIGHT = 22;
const PAD = 5;
const LOW = 0.4;

/** Place on the scale from 0.4 to 1; below that nobody needs to tell apart. */
const at = (auc: number) => PAD + ((Math.max(LOW, Math.min(1, auc)) - LOW) / (1 - LOW)) * (WIDTH - 2 * PAD);

type Told = Pick<EfficacySummary, 'verdict' | 'auc' | 'auc_low' | 'auc_high' | 'sentence'>;

export function Whisker({ told, figure = true }: { told: Told; figure?: boolean }) {
  const { t, count, say } = useSay();
  const { auc, auc_low: low, auc_high: high } = told;
  if (auc == null || low == null || high == null) return <span className="small quiet">{t(`indicators.verdict.${told.verdict}`)}</span>;
  const isSignal = told.verdict === 'signal';
  const colour = isSignal ? 'var(--accent)' : 'var(--ink3)';
  const words = t('indicators.auc_words', { auc: count(auc, 2), low: count(low, 2), high: count(high, 2) });
  return (
    <Hint className="whisker" say={() => <><b>{words}</b><br />{t('indicators.auc_means')}<br />{say(told.sentence)}</>}>
      <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
        <line x1={at(LOW)} x2={at(1)} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke="var(--line)" strokeWidth="1" />
        <line x1={at(0.5)} x2={at(0.5)} y1={4} y2={HEIGHT - 4} stroke="var(--line-strong)" strokeWidth="1" />
        <line x1={at(low)} x2={at(high)} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke={colour} strokeWidth="2" strokeLinecap="round" opacity={isSignal ? 0.55 : 0.6} />
        <circle cx={at(auc)} cy={HEIGHT / 2} r="4" fill={isSignal ? colour : 'var(--surface)'} stroke={colour} strokeWidth="1.5" />
      </svg>
      {figure && <span className={isSignal ? 'number strong' : 'number quiet'}>{count(auc, 2)}</span>}
    </Hint>
  );
}

/** The verdict by shape and word. */
export function VerdictWord({ verdict }: { verdict: string }) {
  const { t } = useSay();
  return (
    <Hint className={`finding finding-${verdict}`} say={() => t(`indicators.verdict_means.${verdict}`)}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {verdict === 'signal' && <circle cx="6" cy="6" r="4.6" fill="currentColor" />}
        {verdict === 'no_signal' && <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" />}
        {verdict === 'too_little' && <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />}
        {verdict === 'leak' && <path d="M6 1 11.300 10.500H.7ZM6 4.500v2.800M6 8.900v.1" fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinejoin="round" strokeLinecap="round" />}
      </svg>
      {t(`indicators.verdict.${verdict}`)}
    </Hint>
  );
}
