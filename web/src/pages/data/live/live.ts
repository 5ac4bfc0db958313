// The live tail: what came in last, then what comes in now, by server-sent events. Many arrive in a burst, so they are
// shown in bunches; what was paused is counted and waits.

import { useCallback, useEffect, useRef, useState } from 'react';
import { address, api, type Query } from '../../../api/client';
import type { IntakeRow } from '../../../api/types';

const KEPT = 500;
const BUNCH_MS = 120;

export type Connection = 'opening' | 'open' | 'lost';

export interface Live {
  entries: IntakeRow[];
  connection: Connection;
  paused: boolean;
  waiting: number;
  missed: number;
  pause: (on: boolean) => void;
  clear: () => void;
}

export function useLive(filter: Query, most = KEPT): Live {
  const [entries, setEntries] = useState<IntakeRow[]>([]);
  const [connection, setConnection] = useState<Connection>('opening');
  const [paused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const [missed, setMissed] = useState(0);
  const bunch = useRef<IntakeRow[]>([]);
  /** The newest row that was cleared away. */
  const cleared = useRef<IntakeRow | null>(null);
  const still = useRef(false);
  const query = JSON.stringify(filter);

  useEffect(() => {
    let gone = false;
    let timer = 0;
    bunch.current = [];
    cleared.current = null;
    setEntries([]);
    setWaiting(0);
    setMissed(0);
    setConnection('opening');
    const flush = () => {
      timer = 0;
      if (still.current) {
        setWaiting(bunch.current.length);
        return;
      }
      const fresh = bunch.current;
      bunch.current = [];
      setEntries((before) => joined(fresh, before, most));
    };
    const told = JSON.parse(query) as Query;
    const look = () => {
      const take = ({ items }: { items: IntakeRow[] }) => {
        const last = cleared.current;
        const fresh = last ? items.filter((one) => newer(one, last) < 0) : items;
        if (!gone) setEntries((before) => joined(fresh, before, most));
      };
      void api.get<{ items: IntakeRow[] }>('/api/intake/recent', { ...told, limit: most }).then(take, () => undefined);
    };
    look();
    const stream = new EventSource(address('/api/intake/live', told));
    stream.onopen = () => {
      setConnection('open');
      // What came in between the first look and the opening, or while the connection was lost, went by untold.
      if (!still.current) look();
    };
    stream.onerror = () => setConnection('lost');
    stream.onmessage = (event) => {
      bunch.current.unshift(JSON.parse(event.data as string) as IntakeRow);
      if (bunch.current.length > most) bunch.current.length = most;
      timer ||= window.setTimeout(flush, BUNCH_MS);
    };
    // What went by too fast for this screen is counted, not shown.
    stream.addEventListener('behind', (event) => setMissed((before) => before + Number((event as MessageEvent<string>).data)));
    return () => {
      gone = true;
      clearTimeout(timer);
      stream.close();
    };
  }, [query, most]);

  const pause = useCallback((on: boolean) => {
    still.current = on;
    setPaused(on);
    if (!on) {
      const fresh = bunch.current;
      bunch.current = [];
      setWaiting(0);
      setEntries((before) => joined(fresh, before, most));
    }
  }, [most]);
  const clear = useCallback(() => {
    cleared.current = entries[0] ?? cleared.current;
    setEntries([]);
  }, [entries]);
  return { entries, connection, paused, waiting, missed, pause, clear };
}

/** The newer row first; a server that was started again counts from the beginning. */
const newer = (one: IntakeRow, other: IntakeRow): number => Date.parse(other.at) - Date.parse(one.at) || other.number - one.number;

/** Newest first, each once. */
function joined(fresh: IntakeRow[], before: IntakeRow[], most: number): IntakeRow[] {
  const seen = new Set<string>();
  const name = (one: IntakeRow) => `${one.number} ${one.at}`;
  return [...fresh, ...before].filter((one) => !seen.has(name(one)) && seen.add(name(one))).sort(newer).slice(0, most);
}
