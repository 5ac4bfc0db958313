import { cleanup, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { people } from '../mock/firm';
import { goAhead } from './ahead';
import { newClient, sessionQuery } from './api/opening';
import { sent, show } from './testing';

const customer = `/customers/${people(200)[0]!.row.id}`;
const asked = () => sent.map((one) => `${one.method} ${one.path}?${one.query}`);
const at = (path: string) => new URL(path, 'http://localhost');

/** A page as it stands when everything that it asked is there. */
async function whole(path: string) {
  await show(path);
  await waitFor(() => {
    expect(document.querySelector('main .page h1')).toBeTruthy();
    expect(document.querySelector('main .page .bone')).toBeNull();
  });
}

describe('what goes ahead of a page', () => {
  it.each([
    [customer, 6], [`${customer}?kind=order`, 6], [`${customer}?as_of=2026-01-05`, 4], ['/', 1], ['/customers?band=high&sort=value', 1], ['/alerts', 1], ['/alerts?state=open', 1], ['/churn', 1],
  ])('asks for %s what the page itself asks', async (path, count) => {
    await whole(path);
    const byThePage = new Set(asked());
    cleanup();
    sent.length = 0;
    const client = newClient();
    await goAhead(client, at(path));
    await waitFor(() => expect(client.getQueryCache().getAll().map((query) => query.state.status)).toEqual(Array(1 + count).fill('success')));
    for (const one of asked()) expect([...byThePage]).toContain(one);
  });

  it('asks nothing of a customer for somebody who is not signed in', async () => {
    await show('/sign-in', { scene: 'signed_out' });
    cleanup();
    sent.length = 0;
    const client = newClient();
    await goAhead(client, at(customer));
    expect((await client.fetchQuery(sessionQuery())).state).toBe('signed_out');
    expect(asked()).toEqual(['GET /api/session?']);
  });
});
