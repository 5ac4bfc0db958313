// A source and whether its heart beats: colour, word and shape say the same.

import { Link } from 'react-router';
import type { Source } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';
import { kindOf } from './kinds';

const LIVE_MS = 10 * 60_000;
const QUIET_MS = 3 * 86_400_000;

export type Pulse = 'live' | 'idle' | 'quiet' | 'waiting' | 'off';

/** Live within ten minutes of its last fact, quiet after three days. */
export function pulseOf(source: Source, now: string): Pulse {
  if (!source.is_enabled) return 'off';
  if (!source.last_recorded_at) return 'waiting';
  const age = Date.parse(now) - Date.parse(source.last_recorded_at);
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

export function SourceCard({ source, held, now }: { source: Source; held: number; now: string }) {
  const { t, say, count, dayTime } = useSay();
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
        <div><dt>{t('source.last_seen')}</dt><dd>{source.last_recorded_at ? <span title={dayTime(source.last_recorded_at)}>{ago(source.last_recorded_at, now)}</span> : <span className="quiet">{t('source.never')}</span>}</dd></div>
        <div><dt>{t('source.facts')}</dt><dd className="number">{count(source.facts)}</dd></div>
        {held > 0 && <div><dt>{t('source.held')}</dt><dd><Link className="link strong number" to={`/data/held?source=${encodeURIComponent(source.name)}`}>{count(held)}</Link></dd></div>}
      </dl>
    </li>
  );
}
