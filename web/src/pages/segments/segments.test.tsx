import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const heading = () => screen.findByRole('heading', { level: 1 });

describe('segments', () => {
  it('says how many are of high value and at risk, and how the tiers are cut', async () => {
    await show('/segments');
    await waitFor(async () => expect(text(await heading())).toMatch(/^高价值 \d+ 家客户，其中 \d+ 家风险高$/));
    expect(screen.getByText(/按合同年金额：60,000 起为高价值/)).toBeTruthy();
  });

  it('opens the list behind a cell of value against risk, and the counts agree', async () => {
    await show('/segments');
    const matrix = await screen.findByRole('region', { name: '价值 × 风险' });
    const cell = within(matrix).getByRole('link', { name: /^高价值，高风险：/ });
    const count = /：([\d,]+)/.exec(cell.getAttribute('aria-label') ?? '')![1]!;
    fireEvent.click(cell);
    await waitFor(async () => expect(text(await heading())).toContain(`符合筛选的 ${count} 家`));
    expect(new URLSearchParams(location.search).get('tier')).toBe('high');
  });

  it('shows the eight cells of RFM with lately to the right and often on top', async () => {
    await show('/segments', { lang: 'en' });
    const picture = await screen.findByRole('region', { name: 'RFM' });
    const much = within(picture).getByRole('group', { name: 'Spends much' });
    expect(within(much).getAllByRole('link').map((one) => text(one.querySelector('.rfm-name')!))).toEqual(['Key, to keep', 'Key, valued', 'Key, to win back', 'Key, to develop']);
  });

  it('tells of one segment: the condition in words, its course, its members', async () => {
    await show('/segments/valued_at_risk');
    expect(text(await heading())).toBe('高价值高流失风险');
    expect(screen.getByText('客户价值为高价值，且风险等级为高、极高')).toBeTruthy();
    expect(screen.getByRole('img', { name: /^高价值高流失风险近 12 个月的成员数：/ })).toBeTruthy();
    await screen.findByRole('table', { name: '成员' });
    expect(sent.some((one) => one.path === '/api/customers' && one.query.get('segment') === 'valued_at_risk')).toBe(true);
    expect(new URL(screen.getByRole<HTMLAnchorElement>('link', { name: /导出/ }).href).searchParams.get('segment')).toBe('valued_at_risk');
  });

  it('says when there is no such segment', async () => {
    await show('/segments/none');
    expect(await screen.findByText('没有这个分群')).toBeTruthy();
  });
});

describe('tags', () => {
  it('are put on many at once and taken back', async () => {
    // Few enough that none is virtual.
    await show('/customers?search=C1000');
    const table = await screen.findByRole('table');
    const boxes = await within(table).findAllByRole('checkbox', { name: /^选中/ });
    fireEvent.click(boxes[0]!);
    fireEvent.click(boxes[1]!);
    const bulk = await screen.findByRole('region', { name: '选了 2 家' });
    fireEvent.change(within(bulk).getByRole('combobox'), { target: { value: '先谈' } });
    fireEvent.click(within(bulk).getByRole('button', { name: '打标签' }));
    await waitFor(() => expect(within(screen.getByRole('table')).getAllByText('先谈')).toHaveLength(2));
    fireEvent.click(await screen.findByRole('button', { name: '撤销' }));
    await waitFor(() => expect(within(screen.getByRole('table')).queryByText('先谈')).toBeNull());
  });

  it('are not changed in the past', async () => {
    await show('/customers?as_of=2025-06-01');
    await screen.findByRole('table');
    expect(screen.queryByRole('checkbox')).toBeNull();
  });
});
