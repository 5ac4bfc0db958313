// Rows of the live tail, newest on top. What cannot become a fact says so in its row.

import { memo } from 'react';
import { Link } from 'react-router';
import type { Query } from '../../../api/client';
import type { IntakeRow } from '../../../api/types';
import { customerAddress } from '../../../parts/CustomerName';
import { Icon, type IconName } from '../../../parts/Icon';
import { useSay } from '../../../words/say';
import { useLive, type Connection } from './live';
import './live.css';

const SIGN: Record<string, IconName> = { accepted: 'check', duplicate: 'copy', conflict: 'split', held: 'warn', rejected: 'close' };

export function Outcome({ outcome }: { outcome: string }) {
  const { t } = useSay();
  return <span className={`fate fate-${outcome}`}><Icon name={SIGN[outcome] ?? 'check'} size={14} />{t(`outcome_in.${outcome}`, { defaultValue: outcome })}</span>;
}

export const LiveRow = memo(function LiveRow({ row, zone, wide = true }: { row: IntakeRow; zone: string; wide?: boolean }) {
  const { t, say } = useSay();
  const wrong = row.fault_code !== null;
  return (
    <div className={wide ? 'live-row' : 'live-row short'}>
      <span className="live-time number">{timeOf(row.at, zone)}</span>
      <Outcome outcome={row.outcome} />
      <span className="live-what">
        {row.name && <span className="strong">{t(`event.${row.name}`, { defaultValue: row.name })}</span>}
        {wrong ? <span className="live-fault">{row.fault ? say(row.fault) : row.fault_code}{row.fault_path && <code> {row.fault_path}</code>}</span>
          : row.customer && <Link className="live-who" to={customerAddress(row.customer)}>{row.customer}</Link>}
      </span>
      {wide && <code className="live-id quiet clip" title={row.message_id}>{row.message_id}</code>}
      {wide && <span className="live-source small quiet clip">{row.outcome === 'held' ? <Link className="link" to={`/data/held?source=${encodeURIComponent(row.source)}`}>{t('live.to_mend')}</Link> : row.source}</span>}
    </div>
  );
});

/** 14:03:22.481 in the firm's zone. */
export function timeOf(at: string, zone: string): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB', { timeZone: zone, hourCycle: 'h23' })}.${String(date.getUTCMilliseconds()).padStart(3, '0')}`;
}

export function Waiting({ connection, words }: { connection: Connection; words: string }) {
  const { t } = useSay();
  return <div className="live-waiting" role="status">{connection !== 'lost' && <span className="live-ring" aria-hidden="true" />}<span className="soft">{connection === 'lost' ? t('live.lost') : words}</span></div>;
}

/** A short tail that lives inside another page. */
export function Tail({ filter, most, waiting }: { filter: Query; most: number; waiting: string }) {
  const { zone, t } = useSay();
  const { entries, connection } = useLive(filter, most);
  if (entries.length === 0) return <Waiting connection={connection} words={waiting} />;
  return <div role="log" aria-live="off" aria-label={t('live.title')} className="live-list">{entries.map((row) => <LiveRow key={row.number} row={row} zone={zone} wide={false} />)}</div>;
}
