import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { trains } from '../../../mock/models';
import { sent, show } from '../../testing';

const figures = (table: HTMLElement) => within(table).getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('cell').slice(1).map((cell) => Number(cell.textContent?.replace(/,/g, ''))));

describe('reasons for leaving', () => {
  it('puts confirmed beside predicted, and every row adds up by tier', async () => {
    await show('/churn/reasons');
    const predicted = await screen.findByRole('table', { name: '现在最可能走的，为什么' });
    const confirmed = screen.getByRole('table', { name: '2025-Q4 为什么走的' });
    for (const table of [predicted, confirmed]) {
      for (const [all, ...tiers] of figures(table)) expect(tiers.reduce((sum, one) => sum + one, 0)).toBe(all);
    }
    expect(screen.getByText(/流失 5 家 = 有确认原因/)).toBeTruthy();
    expect(within(screen.getByRole('table', { name: '两边说得一样吗' })).getByText('价格')).toBeTruthy();
  });

  it('names the customers behind a number and asks anew for another quarter', async () => {
    await show('/churn/reasons?quarter=2025-Q3', { lang: 'en' });
    const table = await screen.findByRole('table', { name: 'Who is likeliest to leave now, and why' });
    expect(sent.find((one) => one.path === '/api/churn/reasons')?.query.get('quarter')).toBe('2025-Q3');
    fireEvent.click(within(table).getByText('Service response'));
    const drawer = await screen.findByRole('dialog');
    expect(within(drawer).getAllByRole('link').length).toBeGreaterThan(0);
    expect(within(drawer).getAllByText('25%').length).toBeGreaterThan(0);
  });

  it('says what is missing where no model is in service', async () => {
    await show('/churn/reasons', { scene: 'empty' });
    expect((await screen.findAllByText(/还没有在用模型/)).length).toBeGreaterThan(0);
    expect(screen.getByText('这个季度还没有确认过的流失原因')).toBeTruthy();
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('says how far a model is that is being trained, and that it will speak by itself', async () => {
    trains(0.42);
    await show('/churn/reasons', { scene: 'empty', lang: 'en' });
    expect(await screen.findByText('42% done; what the model says appears here once it is in service')).toBeTruthy();
    expect(screen.queryByText(/No model is in service/)).toBeNull();
  });
});
