// What a page needs is on its way while everything around it still is: its code, and the answers to what it asks first. It finds
// them there or has to wait less; whatever it asks besides, or is refused, is its own business.

import type { QueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { sessionQuery } from './api/opening';
import { momentIn } from './frame/address';
import { askAlerts } from './pages/alerts/opening';
import { askChurn } from './pages/churn/opening';
import { askCustomer } from './pages/customer/opening';
import { askCustomers } from './pages/customers/opening';
import { askToday } from './pages/today/opening';

/** Where a page opens, and at what moment it stands. */
export interface Opening {
  client: QueryClient;
  query: URLSearchParams;
  asOf: string | null;
}

export type LoadPage = () => Promise<{ default: ComponentType }>;

interface Ahead {
  at: RegExp;
  load: LoadPage;
  /** `part` is what the address names. */
  ask: (opening: Opening, part: string) => void;
}

export const loadToday: LoadPage = () => import('./pages/today/Today');
export const loadCustomers: LoadPage = () => import('./pages/customers/Customers');
export const loadCustomer: LoadPage = () => import('./pages/customer/Customer');
export const loadAlerts: LoadPage = () => import('./pages/alerts/Alerts');
export const loadChurn: LoadPage = () => import('./pages/churn/Churn');

const PAGES: Ahead[] = [
  { at: /^\/(?:today)?$/, load: loadToday, ask: askToday },
  { at: /^\/customers$/, load: loadCustomers, ask: askCustomers },
  { at: /^\/customers\/([^/]+)$/, load: loadCustomer, ask: askCustomer },
  { at: /^\/alerts$/, load: loadAlerts, ask: askAlerts },
  { at: /^\/churn$/, load: loadChurn, ask: askChurn },
];

const arrived = new Map<LoadPage, ComponentType>();

/** The page that a loader gives, where it has come already. */
export const arrivedPage = (load: LoadPage): ComponentType | undefined => arrived.get(load);

/** Begins with what the page at an address needs; done when its code is there, or not to be had. Somebody who is not signed in asks nothing. */
export async function goAhead(client: QueryClient, address: { pathname: string; search: string }): Promise<void> {
  const query = new URLSearchParams(address.search);
  const page = PAGES.find((one) => one.at.test(address.pathname));
  const part = page?.at.exec(address.pathname)?.[1] ?? '';
  const opening = { client, query, asOf: momentIn(query) };
  const code = page?.load().then((come) => void arrived.set(page.load, come.default));
  // Without a session there is nobody who could be told anything; what fails here is asked again, and told, by who needs it.
  void client.fetchQuery(sessionQuery()).then((session) => { if (session.state === 'signed_in') page?.ask(opening, named(part)); }, () => undefined);
  await code?.catch(() => undefined);
}

/** What a part of an address says; itself where it is no encoding of anything. */
function named(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
