import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const applied = () => sent.filter((one) => one.path.endsWith('/apply')).map((one) => one.body);

/** Brings a file back. */
async function bring() {
  const input = await waitFor(() => {
    const found = document.querySelector<HTMLInputElement>('input[type=file]');
    if (!found) throw new Error('nowhere to put a file');
    return found;
  });
  fireEvent.change(input, { target: { files: [new File(['PK'], '客户.xlsx')] } });
  return screen.findByRole('table', { name: '回填' });
}
const rowsOf = (table: HTMLElement) => within(table).getAllByRole('row').slice(1);

describe('a table that comes back', () => {
  it('is shown cell by cell, and what others changed is the reader’s to decide', async () => {
    await show('/sheets');
    const table = await bring();
    expect(text(screen.getByRole('heading', { level: 1 }))).toMatch(/^要改 4 格，涉及 3 家客户，1 格别人改过，2 格不能改$/);
    expect(rowsOf(table)).toHaveLength(7);
    expect(text(rowsOf(table)[4]!)).toMatch(/试用→回访.*导出时是 无/);
    expect(text(rowsOf(table)[6]!)).toContain('没有找到这位客户');
    expect(within(rowsOf(table)[6]!).queryByRole('checkbox')).toBeNull();
    screen.getByRole('button', { name: '改这 4 格' });
    fireEvent.click(within(rowsOf(table)[4]!).getByRole('checkbox', { name: '改第 4 行的标签' }));
    fireEvent.click(within(rowsOf(table)[1]!).getByRole('checkbox'));
    fireEvent.click(within(rowsOf(table)[2]!).getByRole('checkbox'));
    fireEvent.click(screen.getByRole('button', { name: '改这 3 格' }));
    await waitFor(() => expect(applied()).toEqual([{ overwrite: ['4:tags'], leave: ['2:tags', '3:next_contact'] }]));
    expect(text(await screen.findByRole('heading', { level: 2, name: /已改 3 格/ }))).toBe('已改 3 格，涉及 3 家客户');
  });

  it('keeps the filter in the address', async () => {
    await show('/sheets');
    const table = await bring();
    fireEvent.click(screen.getByRole('button', { name: /^不能改/ }));
    await waitFor(() => expect(rowsOf(table)).toHaveLength(2));
    expect(new URLSearchParams(location.search).get('show')).toBe('rejected');
  });

  it('is taken back in one step, from where it was applied or from its own page', async () => {
    await show('/sheets');
    await bring();
    fireEvent.click(screen.getByRole('button', { name: '改这 4 格' }));
    fireEvent.click(await screen.findByRole('button', { name: '撤销' }));
    fireEvent.click(within(await screen.findByRole('tooltip')).getByRole('button', { name: '撤销' }));
    await screen.findByText('已恢复 4 格');
    const history = await screen.findByRole('table', { name: '回填记录' });
    await within(history).findByText(/撤销，恢复 4 格/);
    fireEvent.click(within(history).getByText('客户-2025-12-02.xlsx'));
    await screen.findByText('已流失（价格）');
    expect(location.pathname).toBe('/sheets/1');
    expect(screen.queryByRole('button', { name: '撤销' })).toBeNull();
  });

  it('says that it was brought before, and what will be here where there is nothing yet', async () => {
    await show('/sheets', { scene: 'empty', lang: 'en' });
    await screen.findByText('No file was brought back yet');
    expect(screen.getByText(/every difference is shown first/)).toBeTruthy();
  });

  it('has its door beside the export, for whoever may change something', async () => {
    await show('/customers', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'readonly' } }) });
    await screen.findByRole('table');
    expect(screen.queryByRole('link', { name: '回填' })).toBeNull();
  });
});
