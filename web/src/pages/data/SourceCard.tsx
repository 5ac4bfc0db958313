// A source and whether its heart beats: colour, word and shape say the same.

import { Link } from 'react-router';
import type { Source } from '../../api/types';
import { Beats } from '../../parts/Beats';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';
import { kindOf } from './kinds';

const LIVE_MS = 10 * 60_000;
const QUIET_MS = 3 * 86_400_000;

export type Pulse = 'live' | 'idle' | 'quiet' | 'waiting' | 'off';

/** When anything last came: since the server started, else as the facts say. */
export const lastSeen = (source: Source): string | null => source.health.last_seen_at ?? source.last_recorded_at;

/** Live within ten minutes of its last fact, quiet after three days. */
export function pulseOf(source: Source, now: string): Pulse {
  if (!source.is_enabled) return 'off';
  const last = lastSeen(source);
  if (!last) return 'waiting';
  const age = Date.parse(now) - Date.parse(last);
  return age < LIVE_MS ? 'live' : age > QUIET_MS ? 'quiet' : 'idle';
}

/** How long ago, to the second: on these pages a minute is long. */
export function useAgo() {
  const { t, near } = useSay();
  return (at: string, now: string): string => {
    const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(at)) / 1000));
    if (seconds < 5) return t('source.just_now');
    if (seconds < 60) return t('source.seconds_ago', { count: seconds });
    if (seconds < 3600) return t('source.minutes_ago', { count: Math.floor(seconds / 60) });
    return near(at, now);
  };
}

export function PulseMark({ pulse }: { pulse: Pulse }) {
  const { t } = useSay();
  return <span className={`pulse pulse-${pulse}`}><span className="pulse-dot" aria-hidden="true" />{t(`source.pulse.${pulse}`)}</span>;
}

export function SourceCard({ source, now }: { source: Source; now: string }) {
  const { t, say, count, dayTime } = useSay();
  const last = lastSeen(source);
  const { per_minute: minutes } = source.health;
  const ago = useAgo();
  return (
    <li className="card source" data-off={!source.is_enabled}>
      <div className="line">
        <span className="source-icon"><Icon name={kindOf(source.kind).icon} size={18} /></span>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Link to={`/data/sources/${source.id}`} className="source-name clip" title={source.name}>{source.name}</Link>
          <div className="small quiet clip">{say(source.kind_name)}</div>
        </div>
        <PulseMark pulse={pulseOf(source, now)} />
      </div>
      <dl className="source-figures">
        <div><dt>{t('source.last_seen')}</dt><dd>{last ? <span title={dayTime(last)}>{ago(last, now)}</span> : <span className="quiet">{t('source.never')}</span>}</dd></div>
        <div><dt>{t('source.facts')}</dt><dd className="number">{count(source.facts)}</dd></div>
        {source.in_quarantine > 0 && <div><dt>{t('source.held')}</dt><dd><Link className="link strong number" to={`/data/held?source=${encodeURIComponent(source.name)}`}>{count(source.in_quarantine)}</Link></dd></div>}
      </dl>
      {minutes.some((one) => one > 0) && <div className="source-rate" title={t('source.last_hour')}><Beats values={minutes} width={360} height={20} label={t('source.rate_label', { count: minutes.at(-1) ?? 0 })} /></div>}
    </li>
  );
}
