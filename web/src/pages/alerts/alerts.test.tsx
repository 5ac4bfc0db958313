import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const bulk = () => sent.filter((one) => one.path === '/api/alerts/bulk').map((one) => one.body as { action: string; until?: string; reason?: string; outcome?: string; alerts: { id: number; version: number }[] });
const rowsOf = (table: HTMLElement) => within(table).getAllByRole('row').slice(1);
const more = async (label: string, at = 0) => {
  fireEvent.click(screen.getAllByRole('button', { name: /^更多操作/ })[at]!);
  fireEvent.click(await screen.findByRole('menuitem', { name: label }));
  return screen.findByRole('dialog');
};

describe('lines of work', () => {
  it('stand in the order of what is at risk, and say why', async () => {
    await show('/alerts?owner=林婉清');
    const table = await screen.findByRole('table');
    expect(sent.find((one) => one.path === '/api/alerts' && one.query.get('lines') === 'true' && one.query.get('sort') === 'rank')).toBeTruthy();
    fireEvent.click(within(rowsOf(table)[0]!).getAllByRole('button', { name: /^为什么排第 1/ })[0]!);
    const why = await screen.findByText('= 风险金额', { exact: false });
    expect(text(why.closest('.rank-why')!)).toMatch(/客户价值.*× 90 天内流失概率.*= 风险金额.*在用模型/);
  });

  it('puts an alert off until a day with a reason, with all that belongs to the line', async () => {
    await show('/alerts?owner=林婉清');
    await screen.findByRole('table');
    const dialog = await more('稍后处理');
    const send = within(dialog).getByRole<HTMLButtonElement>('button', { name: '确定' });
    expect(send.disabled).toBe(true);
    fireEvent.click(within(dialog).getByRole('button', { name: '3 天后' }));
    fireEvent.change(within(dialog).getByRole('textbox', { name: '为什么' }), { target: { value: '对方出差' } });
    fireEvent.click(send);
    await waitFor(() => expect(bulk()).toHaveLength(1));
    expect(bulk()[0]).toMatchObject({ action: 'snooze', reason: '对方出差' });
    expect(bulk()[0]!.until).toMatch(/^\d{4}-\d\d-\d\d$/);
    await screen.findByText('已稍后', { selector: '.small' });
  });

  it('calls one without risk, and what was found is one click', async () => {
    await show('/alerts?owner=林婉清');
    await screen.findByRole('table');
    const dialog = await more('已核实无风险');
    fireEvent.click(within(dialog).getByRole('button', { name: '季节性，往年也这样' }));
    fireEvent.click(within(dialog).getByRole('button', { name: '确定' }));
    await waitFor(() => expect(bulk()[0]).toMatchObject({ action: 'false_alarm', reason: '季节性，往年也这样' }));
  });

  it('keeps a filter under a name for this person', async () => {
    await show('/alerts?severity=urgent&owner=林婉清');
    await screen.findByRole('table');
    fireEvent.click(screen.getByRole('button', { name: '视图' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: '保存当前筛选' }));
    const name = await screen.findByRole('textbox', { name: '视图名称' });
    fireEvent.change(name, { target: { value: '紧急的' } });
    fireEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: '保存' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PUT' && one.path === '/api/views')?.body).toEqual({ page: 'alerts', name: '紧急的', query: 'severity=urgent&owner=%E6%9E%97%E5%A9%89%E6%B8%85' }));
    await screen.findByRole('button', { name: '紧急的' });
  });

  it('offers nothing to change to whoever only reads', async () => {
    await show('/alerts', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'readonly' } }) });
    await screen.findByRole('table');
    expect(screen.queryAllByRole('checkbox')).toHaveLength(0);
    expect(screen.queryByRole('button', { name: /^更多操作/ })).toBeNull();
  });
});

describe('the budget', () => {
  it('draws the line, shows who is just below it and what half a year would have been', async () => {
    await show('/alerts/budget');
    const line = await screen.findByRole('region', { name: '候选名单与上桌线' });
    expect(within(line).getByRole('separator')).toBeTruthy();
    expect(text(await screen.findByText('提前抓住的流失').then((found) => found.closest('div')!))).toMatch(/流失 23 家，抓住 \d+ 家/);
  });

  it('names whom places that are left could serve, with their health and what costs it most', async () => {
    await show('/alerts/budget');
    const line = await screen.findByRole('region', { name: '候选名单与上桌线' });
    expect(text(line)).toMatch(/还有 \d+ 个名额没用上 · 没有预警的.*健康分最低的/);
    const one = within(line).getByRole('link', { name: '海桐教育科技' }).closest<HTMLElement>('.budget-bar')!;
    expect(text(one)).toBe('海桐教育科技近 30 天登录 4 天49 分');
  });

  it('is set with people, cases and who passes', async () => {
    await show('/alerts/budget');
    const people = await screen.findByRole('spinbutton', { name: '处理预警的人' });
    fireEvent.change(people, { target: { value: '1' } });
    fireEvent.blur(people);
    fireEvent.click(screen.getByRole('switch', { name: '紧急预警不受限' }));
    fireEvent.click(screen.getByRole('button', { name: '保存预算' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PUT' && one.path === '/api/budget')?.body).toEqual({ budget: { people: 1, cases_per_person: 20, urgent_passes: false } }));
    expect(await screen.findByText('1 人 × 20 件')).toBeTruthy();
  });
});
