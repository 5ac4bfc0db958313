// A contract in an address: whose, its last day, its number.

import type { RenewalRow } from '../../api/types';

export interface Seen { customer: string; dueOn: string; contract: string | null }

export const keyOf = (row: RenewalRow): string => `${row.customer_id}|${row.due_on}|${row.contract ?? ''}`;

export const seeOf = (row: RenewalRow): string => [row.customer_id, row.due_on, row.contract ?? ''].map(encodeURIComponent).join('~');

export function seenOf(text: string | null): Seen | null {
  const [customer, dueOn, contract = ''] = (text ?? '').split('~');
  if (!customer || !dueOn) return null;
  return { customer: decodeURIComponent(customer), dueOn, contract: decodeURIComponent(contract) || null };
}

export const isSeen = (row: RenewalRow, seen: Seen): boolean => row.customer_id === seen.customer && row.due_on === seen.dueOn && (row.contract ?? null) === seen.contract;

export const renewalAddress = (row: RenewalRow): string => `/renewals?view=table&see=${encodeURIComponent(seeOf(row))}`;
