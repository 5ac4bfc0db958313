// 截至: the moment the whole product stands at. It lives in the address (`as_of`), so a link shares it; every
// address made here carries it on.

import { createContext, useCallback, useContext, useMemo } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { useSession } from '../words/say';
import { momentIn } from './address';

export interface Moment {
  /** YYYY-MM-DD or RFC 3339; null = now. */
  asOf: string | null;
  /** Whether the person may act here: not in the past, not with a read-only account. */
  canAct: boolean;
}

export function useMoment(): Moment {
  const [query] = useSearchParams();
  const session = useSession();
  const asOf = momentIn(query);
  const canAct = asOf === null && session?.staff != null && session.staff.role !== 'readonly';
  return useMemo(() => ({ asOf, canAct }), [asOf, canAct]);
}

/** Carries the present moment into another address. */
export function withMoment(to: string, asOf: string | null): string {
  if (!asOf) return to;
  const [path, query = ''] = to.split('?');
  const pairs = new URLSearchParams(query);
  pairs.set('as_of', asOf);
  return `${path}?${pairs.toString()}`;
}

export function useGo() {
  const navigate = useNavigate();
  const { asOf } = useMoment();
  return useCallback((to: string) => void navigate(withMoment(to, asOf)), [navigate, asOf]);
}

/** Reads and writes the state of a page in its address; empty values leave it. */
export function usePageState(): [URLSearchParams, (change: Record<string, string | null>, push?: boolean) => void] {
  const [query, setQuery] = useSearchParams();
  const set = useCallback(
    (change: Record<string, string | null>, push = false) => {
      setQuery(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [key, value] of Object.entries(change)) {
            if (value === null || value === '') after.delete(key);
            else after.set(key, value);
          }
          return after;
        },
        { replace: !push },
      );
    },
    [setQuery],
  );
  return [query, set];
}

/** The element that scrolls; lists measure themselves against it. */
export const ScrollContext = createContext<HTMLElement | null>(null);
export const useScroller = () => useContext(ScrollContext);

/** First part of the path: which page of the frame this is. */
export const usePlace = (): string => useLocation().pathname.split('/')[1] ?? '';
