import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('product lines', () => {
  it('tells who left a line and is still a customer, and a line opens its months and names', async () => {
    await show('/churn');
    const table = await screen.findByRole('table', { name: '按产品线' });
    const row = within(table).getAllByRole('row').find((one) => text(one).includes('standard'))!;
    const value = within(screen.getByRole('table', { name: '按风险等级' })).getAllByText(/^¥/)[0]!.closest('[data-hint]')!;
    fireEvent.focusIn(value);
    expect(await screen.findByText('合同年金额：选定的口径'), 'what value is measured by').toBeTruthy();
    fireEvent.keyDown(document.body, { key: 'Escape' });
    // In it 180, 9 of 180 left in the last whole month, 32 left the line alone, 48 altogether.
    expect(within(row).getAllByRole('cell').map(text)).toEqual(expect.arrayContaining(['180', '5%', '32', '48']));
    expect(screen.getByText(/有 4% 的相关明细没写明产品线/)).toBeTruthy();
    fireEvent.click(row);
    const drawer = await screen.findByRole('dialog');
    const months = within(drawer).getByRole('table', { name: '“standard”各月离开' });
    fireEvent.click(within(months).getAllByRole('row').find((one) => text(one).includes('9 月') || text(one).includes('9月'))!);
    await waitFor(() => expect(sent.filter((one) => one.path === '/api/churn/lines/leavers').at(-1)?.query.get('month')).toBe('2025-09'));
    expect(sent.filter((one) => one.path === '/api/churn/lines/leavers').at(-1)?.query.get('line')).toBe('standard');
  });

  it('is tried by a property before it is put in use', async () => {
    await show('/churn/definitions', { lang: 'en' });
    const choice = await screen.findByRole('combobox', { name: 'Tell product lines apart' });
    expect(screen.queryByRole('region', { name: 'By product line' })).toBeNull();
    fireEvent.mouseDown(choice);
    fireEvent.click(await screen.findByText('By “plan”, 2 product lines'));
    const told = await screen.findByRole('region', { name: 'By product line' });
    expect(within(told).getByText(/leaving a line is not leaving/)).toBeTruthy();
    expect(sent.filter((one) => one.path.endsWith('/preview')).at(-1)?.body).toEqual({ of: 'inactive_60d', window_days: null, product_line: 'plan' });
    fireEvent.click(await screen.findByRole('button', { name: 'Put in use' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Put in use' }));
    await waitFor(() => expect(sent.find((one) => one.path.endsWith('/activate'))?.body).toEqual({ window_days: null, product_line: 'plan', note: null }));
  });
});
