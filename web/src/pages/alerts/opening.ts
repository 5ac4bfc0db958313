// What the list of alerts asks as it opens.

import type { Opening } from '../../ahead';
import { alertsQuery } from '../../api/opening';

/** What narrows the list, as it stands in the address. */
export const FILTERS = ['standing', 'severity', 'case_state', 'owner', 'rule', 'search'];

/** Whether of the open alerts of a customer one line is made: as long as it is about now, and what is open. */
export const isByLines = (query: URLSearchParams, asOf: string | null) => asOf === null && !query.get('state');

/** What the list is asked for at an address. */
export function filterIn(query: URLSearchParams, asOf: string | null) {
  const lines = isByLines(query, asOf);
  return {
    ...Object.fromEntries(FILTERS.map((key) => [key, query.get(key)])),
    state: query.get('state'), sort: query.get('sort') ?? (lines ? 'rank' : null), lines: lines || null,
  };
}

export const askAlerts = ({ client, query, asOf }: Opening) => void client.prefetchInfiniteQuery(alertsQuery(asOf, filterIn(query, asOf)));
