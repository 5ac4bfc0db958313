// What the list of the day asks as it opens.

import type { Opening } from '../../ahead';
import { todayQuery } from '../../api/opening';

export const askToday = ({ client, query, asOf }: Opening) => void client.prefetchInfiniteQuery(todayQuery(asOf, query.get('owner')));
