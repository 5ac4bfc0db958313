import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { overtake } from '../../../mock/cases';
import { people } from '../../../mock/firm';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const moves = () => sent.filter((one) => one.method === 'POST' && one.path.endsWith('/moves')).map((one) => ({ id: Number(one.path.split('/')[3]), ...(one.body as { move: string; version: number; to?: number; outcome?: string; churn_reason?: string }) }));
const list = (key: string, value: string) => sent.some((one) => one.path === '/api/cases' && one.query.get(key) === value);
const cardsOf = (column: HTMLElement) => within(column).queryAllByRole('listitem').filter((one) => one.dataset.card !== undefined);
const carried = { dataTransfer: { setData: () => undefined, effectAllowed: 'move' } };

describe('cases', () => {
  it('says how many are in hand and late, and keeps its filters in the address and the export', async () => {
    await show('/cases');
    await screen.findByRole('table');
    expect(text(screen.getByRole('heading', { level: 1 }))).toMatch(/^\d+ 张跟进单在办，\d+ 张超时$/);
    fireEvent.click(screen.getByRole('button', { name: /^待领取/ }));
    fireEvent.click(screen.getByRole('button', { name: /^超时/ }));
    await waitFor(() => expect(Object.fromEntries(new URLSearchParams(location.search))).toEqual({ who: 'pool', overdue: 'true' }));
    await waitFor(() => expect(list('who', 'pool') && list('overdue', 'true')).toBe(true));
    const href = new URL(screen.getByRole<HTMLAnchorElement>('link', { name: /导出/ }).href);
    expect(href.pathname).toBe('/api/exports/cases.xlsx');
    expect(Object.fromEntries(href.searchParams)).toEqual({ who: 'pool', overdue: 'true', lang: 'zh' });
  });

  it('keeps a filter under a name, for this page and this person, and takes it up again', async () => {
    await show('/cases?overdue=true');
    fireEvent.click(await screen.findByRole('button', { name: '视图' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: '保存当前筛选' }));
    fireEvent.change(await screen.findByRole('textbox', { name: '视图名称' }), { target: { value: '最急的' } });
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: '保存' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PUT' && one.path === '/api/views')?.body).toEqual({ page: 'cases', name: '最急的', query: 'overdue=true' }));
    const named = await screen.findByRole('button', { name: '最急的' });
    fireEvent.click(screen.getByRole('button', { name: /^待领取/ }));
    await waitFor(() => expect(Object.fromEntries(new URLSearchParams(location.search))).toEqual({ overdue: 'true', who: 'pool' }));
    fireEvent.click(named);
    fireEvent.click(await screen.findByRole('menuitem', { name: /最急的/ }));
    await waitFor(() => expect(location.search).toBe('?overdue=true'));
    expect(sent.filter((one) => one.path === '/api/views' && one.method === 'GET').map((one) => one.query.get('page'))).not.toContain('alerts');
  });

  it('claims many at once, and names the one that a colleague was faster with', async () => {
    await show('/cases?search=C10');
    const table = await screen.findByRole('table');
    const boxes = within(table).getAllByRole('checkbox');
    for (const at of [1, 2, 3]) fireEvent.click(boxes[at]!);
    const rows = within(table).getAllByRole('row').slice(1, 4);
    const name = text(within(rows[1]!).getAllByRole('link')[0]!);
    const ids = rows.map((row) => Number(/#(\d+)/.exec(text(row))![1]));
    overtake(ids[1]!);
    fireEvent.click(within(screen.getByRole('region', { name: '选了 3 张' })).getByRole('button', { name: '领取' }));
    await waitFor(() => expect(moves().map((one) => one.id).sort()).toEqual([...ids].sort()));
    expect(moves().every((one) => one.move.startsWith('claim'))).toBe(true);
    const left = await screen.findByText(/陈启明 刚在/);
    expect(text(left)).toContain(name);
    await screen.findByRole('region', { name: '选了 1 张' });
  });

  it('opens one by hand, and says when the customer has one already', async () => {
    await show('/cases');
    await screen.findByRole('table');
    const one = people(2_000).find(({ kase }) => kase && kase.state !== 'closed')!;
    fireEvent.click(screen.getByRole('button', { name: '新建跟进单' }));
    const dialog = await screen.findByRole('dialog');
    const who = within(dialog).getByRole('combobox', { name: '客户' });
    fireEvent.mouseDown(who);
    fireEvent.change(who, { target: { value: one.row.id } });
    fireEvent.click(await screen.findByText(one.row.name, { selector: '.ant-select-item-option .clip' }));
    expect(within(dialog).getByRole<HTMLInputElement>('radio', { name: /投诉处理/ }).checked).toBe(true);
    fireEvent.change(within(dialog).getByRole('textbox', { name: '什么事' }), { target: { value: '两次发货都少配件' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '开单' }));
    expect(text(await within(dialog).findByRole('alert'))).toMatch(/已有跟进单 #\d+/);
    expect(within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: '什么事' }).value).toBe('两次发货都少配件');
  });

  it('offers nothing to change to whoever only reads, and shows the past without a board', async () => {
    await show('/cases', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'readonly' } }) });
    await screen.findByRole('table');
    expect(screen.queryAllByRole('checkbox')).toHaveLength(0);
    expect(screen.queryByRole('button', { name: '新建跟进单' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^更多操作/ })).toBeNull();
  });

  it('asks the past for nothing but how far cases were', async () => {
    await show('/cases?as_of=2025-11-01&view=board&who=mine');
    await screen.findByRole('table');
    expect(screen.queryByRole('radio', { name: '看板' })).toBeNull();
    const asked = sent.filter((one) => one.path === '/api/cases');
    expect(asked.every((one) => one.query.get('as_of') === '2025-11-01' && one.query.get('who') === null)).toBe(true);
  });

  it('says what will be here where there is none yet', async () => {
    await show('/cases', { scene: 'empty', lang: 'en' });
    expect(await screen.findByText('No cases just now')).toBeTruthy();
  });
});

describe('the board', () => {
  const open = async () => {
    await show('/cases?view=board&type=retention&search=C10');
    const column = (name: string) => screen.getByRole('region', { name });
    await waitFor(() => expect(cardsOf(column('待受理')).length).toBeGreaterThan(0));
    return column;
  };

  it('moves a card with the keyboard to where the case may go', async () => {
    const column = await open();
    const card = cardsOf(column('待受理'))[0]!;
    const name = text(within(card).getAllByRole('link')[0]!);
    card.focus();
    fireEvent.keyDown(card, { key: 'ArrowRight', shiftKey: true });
    await waitFor(() => expect(moves()).toHaveLength(1));
    expect(moves()[0]!.move).toMatch(/^(acknowledge|claim)$/);
    await waitFor(() => expect(within(column('待受理')).queryByRole('link', { name })).toBeNull());
    expect(await screen.findByText(new RegExp(`：${name}，已完成`))).toBeTruthy();
  });

  it('goes from card to card and from column to column with the arrows', async () => {
    const column = await open();
    const [first, second] = cardsOf(column('待受理'));
    first!.focus();
    fireEvent.keyDown(first!, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(second);
    fireEvent.keyDown(second!, { key: 'ArrowRight' });
    expect(column('处理中').contains(document.activeElement)).toBe(true);
    fireEvent.keyDown(document.activeElement!, { key: 'Enter' });
    await waitFor(() => expect(location.pathname).toMatch(/^\/cases\/\d+$/));
    expect(new URLSearchParams(location.search).get('type')).toBe('retention');
  });

  it('asks for the outcome, and for the reason of who left, when a card is dropped on the last column', async () => {
    const column = await open();
    const card = cardsOf(column('处理中'))[0]!;
    fireEvent.dragStart(card, carried);
    expect(column('待受理').dataset.goal).toBeUndefined();
    expect(column('已结案').dataset.goal).toBe('true');
    fireEvent.drop(column('已结案'), carried);
    const dialog = await screen.findByRole('dialog');
    const send = within(dialog).getByRole<HTMLButtonElement>('button', { name: '结案' });
    fireEvent.click(await within(dialog).findByRole('radio', { name: /已流失/ }));
    expect(send.disabled).toBe(true);
    fireEvent.click(within(dialog).getByRole('button', { name: '价格' }));
    expect(send.disabled).toBe(false);
    fireEvent.click(send);
    await waitFor(() => expect(moves()[0]).toMatchObject({ move: 'close', outcome: 'churned', churn_reason: 'price' }));
    await waitFor(() => expect(cardsOf(column('已结案')).length).toBeGreaterThan(0));
  });
});
