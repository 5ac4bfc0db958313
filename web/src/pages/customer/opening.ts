// What the page of a customer asks as it opens.

import type { Opening } from '../../ahead';
import { customerQuery, followUpsQuery, ledgerQuery, proofQuery, riskQuery, timelineQuery } from '../../api/opening';

/** The kinds of facts that the timeline is narrowed to, as they stand in the address. */
export const kindsIn = (query: URLSearchParams): string[] => (query.get('kind') ?? '').split(',').filter(Boolean);

export function askCustomer({ client, query, asOf }: Opening, id: string) {
  void client.prefetchQuery(customerQuery(id, asOf));
  void client.prefetchQuery(riskQuery(id, asOf));
  void client.prefetchInfiniteQuery(timelineQuery(id, asOf, kindsIn(query).join(',')));
  void client.prefetchQuery(followUpsQuery(id, asOf));
  // Of a past moment the ledger ends where the page stands: that is known when the page is.
  if (asOf !== null) return;
  void client.prefetchQuery(ledgerQuery(id, null, null));
  void client.prefetchQuery(proofQuery(id));
}
