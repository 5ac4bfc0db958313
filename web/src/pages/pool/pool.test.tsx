import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';

/** An administrator opens the pool. */
async function open() {
  await show('/settings/ownership');
  const gate = await screen.findByRole('switch');
  expect(gate.getAttribute('aria-checked')).toBe('false');
  fireEvent.click(gate);
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  await waitFor(() => expect(sent.find((one) => one.method === 'PUT' && one.path === '/api/ownership')?.body).toEqual({ pool_open: true, claims_per_day: 2, most_customers: null }));
}

describe('the pool', () => {
  it('is closed until an administrator opens it, and then has its door beside the customers', async () => {
    await show('/customers');
    await screen.findByRole('table');
    expect(screen.queryByRole('link', { name: '公海' })).toBeNull();
    cleanup();
    await open();
    fireEvent.click(screen.getByRole('link', { name: /^客户$/ }));
    await screen.findByRole('link', { name: '公海' });
  });

  it('is taken from as often as the limit of the day allows', async () => {
    await open();
    fireEvent.click(screen.getByRole('link', { name: /^客户$/ }));
    fireEvent.click(await screen.findByRole('link', { name: '公海' }));
    const table = await screen.findByRole('table', { name: '公海' });
    expect(text(screen.getByRole('heading', { level: 1 }))).toBe('公海里有 9 家客户');
    const takes = () => within(table).getAllByRole<HTMLButtonElement>('button', { name: /^领取 / });
    for (const left of [8, 7]) {
      fireEvent.click(takes()[0]!);
      await waitFor(() => expect(takes()).toHaveLength(left));
    }
    await waitFor(() => expect(takes().every((one) => one.disabled)).toBe(true));
    expect(sent.filter((one) => one.path.endsWith('/claim'))).toHaveLength(2);
    await screen.findByText(/今天还能领 0 家/);
  });
});

describe('the owners of a customer', () => {
  it('are told with when and how, the present one first', async () => {
    await show('/customers/C10001');
    const part = await screen.findByRole('region', { name: '历任负责人' });
    const lines = within(part).getAllByRole('listitem').map(text);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/林婉清.*起离职交接$/);
    expect(lines[1]).toMatch(/公海.*至.*回填 · 苏晚晴$/);
  });
});
