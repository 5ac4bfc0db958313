// What the overview of leaving asks as it opens.

import type { Opening } from '../../ahead';
import { churnQuery } from '../../api/opening';

export const askChurn = ({ client, asOf }: Opening) => void client.prefetchQuery(churnQuery(asOf));
