// What the list of customers asks as it opens.

import type { Opening } from '../../ahead';
import { customersQuery } from '../../api/opening';

/** What narrows the list, as it stands in the address. */
export const NARROWS = ['search', 'band', 'owner', 'state', 'has_alert', 'segment', 'tier', 'rfm', 'tag'];

/** What the list is asked for at an address. */
export const filterIn = (query: URLSearchParams) => Object.fromEntries([...NARROWS, 'sort', 'order'].map((key) => [key, query.get(key)]));

export const askCustomers = ({ client, query, asOf }: Opening) => void client.prefetchInfiniteQuery(customersQuery(asOf, filterIn(query)));
