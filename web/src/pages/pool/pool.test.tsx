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
  await waitFor(() => expect(sent.find((one) => one.method === 'PUT' && one.path === '/api/ownership')?.body).toEqual({ pool_open: true, claims_per_day: 2, most_customers: null, return_after_days: null, return_warn_days: 7 }));
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

describe('customers that go back to the pool', () => {
  it('are nobody until a rule says so, and then stand with their day beside what went back', async () => {
    await open();
    fireEvent.click(screen.getByRole('link', { name: /^客户$/ }));
    fireEvent.click(await screen.findByRole('link', { name: '公海' }));
    await screen.findByRole('table', { name: '公海' });
    await waitFor(() => expect(sent.some((one) => one.path === '/api/pool/returns')).toBe(true));
    expect(screen.queryByRole('region', { name: '将回公海' })).toBeNull();
    cleanup();
    await show('/settings/ownership');
    fireEvent.change(await screen.findByLabelText('多少天没有跟进就回公海'), { target: { value: '60' } });
    fireEvent.click(screen.getByRole('button', { name: '保存' }));
    await screen.findByText(/现在有 2 家将回公海，近 30 天回了 2 家/);
    fireEvent.click(screen.getByRole('link', { name: '看名单' }));
    const coming = await screen.findByRole('region', { name: '将回公海' });
    expect(text(within(coming).getByRole('heading', { level: 2 }))).toBe('2 家客户将回公海');
    expect(within(coming).getAllByText(/^将于 \d{4}-\d\d-\d\d 回公海$/)).toHaveLength(2);
    expect(within(coming).getByText(/^60 天没有跟进就回公海，提前 7 天提醒负责人/)).toBeTruthy();
    const back = screen.getByRole('region', { name: '已回公海' });
    expect(within(back).getByText('已有人领取')).toBeTruthy();
  });

  it('are warned of fewer days before than they have', async () => {
    await show('/settings/ownership');
    fireEvent.change(await screen.findByLabelText('多少天没有跟进就回公海'), { target: { value: '7' } });
    fireEvent.click(screen.getByRole('button', { name: '保存' }));
    await screen.findByText('要少于回公海的天数');
    expect(sent.some((one) => one.method === 'PUT')).toBe(false);
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
