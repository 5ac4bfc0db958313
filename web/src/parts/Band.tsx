// 风险等级: by colour, by word and by shape. Ring, half ring, triangle, diamond: worse is fuller.

import type { Verdict } from '../api/types';
import { useSay } from '../words/say';
import { Dash } from './Amount';
import { Hint } from './Hint';

export const BANDS = ['critical', 'high', 'medium', 'low'] as const;

export function BandShape({ band, size = 12 }: { band: string | null | undefined; size?: number }) {
  const fill = `var(--band-${band ?? 'unknown'})`;
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" style={{ flex: 'none', display: 'block' }}>
      {band === 'critical' && <path d="M6 0.3 11.7 6 6 11.7 0.3 6Z" fill={fill} />}
      {band === 'high' && <path d="M6 1 11.5 10.800H0.500Z" fill={fill} strokeLinejoin="round" />}
      {band === 'medium' && <><circle cx="6" cy="6" r="4.6" fill="none" stroke={fill} strokeWidth="1.6" /><path d="M6 1.400a4.6 4.6 0 0 1 0 9.200Z" fill={fill} /></>}
      {band === 'low' && <circle cx="6" cy="6" r="4.5" fill="none" stroke={fill} strokeWidth="1.8" />}
      {!band && <circle cx="6" cy="6" r="4.6" fill="none" stroke={fill} strokeWidth="1.4" strokeDasharray="2 1.6" />}
    </svg>
  );
}

export function BandWord({ band, strong = false }: { band: string | null | undefined; strong?: boolean }) {
  const { t } = useSay();
  return (
    <span className={`band band-${band ?? 'unknown'}${strong ? ' band-strong' : ''}`}>
      <BandShape band={band} />
      <span>{t(`${strong ? 'band_long' : 'band'}.${band ?? 'unknown'}`)}</span>
    </span>
  );
}

/** The verdict with what decides it on hover. */
export function Band({ verdict, strong }: { verdict: Verdict | null | undefined; strong?: boolean }) {
  const { t, say, count, share } = useSay();
  if (!verdict) return <Dash />;
  const why = () => verdict.band
    ? t('verdict.explain', { health: verdict.health == null ? '—' : count(verdict.health, 0), coverage: share(verdict.coverage, 0) })
    : say(verdict.unknown_because);
  return (
    <Hint say={why}><BandWord band={verdict.band} strong={strong} /></Hint>
  );
}

export function Health({ verdict, asOf }: { verdict: Verdict; asOf?: string }) {
  const { t, say, count, share, dayTime } = useSay();
  if (verdict.health == null) return <Dash because={say(verdict.unknown_because)} />;
  return (
    <Hint className={verdict.firmness === 'thin' ? 'number quiet' : 'number'} say={() => <>{t('health.means')}<br />{t('health.coverage', { share: share(verdict.coverage, 0) })}{verdict.firmness === 'thin' && <><br />{t('health.thin')}</>}{asOf && <><br />{t('explain.as_of')} {dayTime(asOf)}</>}</>}>
      {count(verdict.health ?? 0, 0)}
    </Hint>
  );
}

/** A change of health in points: better or worse said by sign and tone, not by risk colours. */
export function Change({ points }: { points: number | null | undefined }) {
  const { t, signed } = useSay();
  if (points == null) return <Dash because={t('health.no_change')} />;
  const rounded = Math.round(points);
  return <span className={`number ${rounded < 0 ? 'strong' : 'quiet'}`}>{rounded === 0 ? '0' : signed(rounded, 0)}</span>;
}
