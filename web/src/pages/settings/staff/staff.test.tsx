import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('staff and organisation', () => {
  it('shows the tree with its heads, and the people of a unit and below', async () => {
    await show('/settings/staff');
    const tree = await screen.findByRole('navigation', { name: '组织' });
    const department = within(tree).getByRole('button', { name: /^客户成功部/ });
    expect(text(department)).toMatch(/负责人：\S+ · 3 人 · 420 家客户/);
    fireEvent.click(within(tree).getByRole('button', { name: /^华东组/ }));
    await screen.findByRole('heading', { level: 2, name: '客户成功部 / 华东组' });
    const people = screen.getByRole('table', { name: '员工' });
    expect(within(people).queryByText('苏晚晴')).toBeNull();
  });

  it('says when a unit works, by its own hours or by those above, and keeps what is chosen', async () => {
    await show('/settings/staff');
    const tree = await screen.findByRole('navigation', { name: '组织' });
    fireEvent.click(within(tree).getByRole('button', { name: /^华东组/ }));
    await screen.findByText('周一至周六 10:00–14:00、15:00–20:00，节假日不休');
    fireEvent.click(within(tree).getByRole('button', { name: /^客户成功部/ }));
    await screen.findByText('周一至周五 09:00–18:00，节假日休息');
    fireEvent.click(screen.getByRole('button', { name: '修改部门' }));
    fireEvent.click(await screen.findByRole('radio', { name: '单独设定' }));
    fireEvent.change(await screen.findByLabelText('第 1 段从'), { target: { value: '22:00' } });
    fireEvent.change(screen.getByLabelText('第 1 段到'), { target: { value: '06:00' } });
    fireEvent.click(screen.getByRole('checkbox', { name: '周五' }));
    fireEvent.click(screen.getByRole('button', { name: '保存' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PATCH' && one.path === '/api/units/1')?.body).toMatchObject({
      version: 1, work_hours: { days: ['mon', 'tue', 'wed', 'thu'], spans: [{ from: '22:00', to: '06:00' }], keeps_holidays: true },
    }));
  });

  it('says in both languages what each role may do', async () => {
    await show('/settings/staff', { lang: 'en' });
    fireEvent.click(await screen.findByText('What each role may do'));
    expect(screen.getByRole('row', { name: /See numbers in full/ })).toBeTruthy();
  });

  it('keeps the audit to reading', async () => {
    await show('/settings/audit');
    await screen.findByText('登录失败');
    expect(screen.getByText('2 条，只增不改')).toBeTruthy();
  });

  it('narrows every page at once by mine or all', async () => {
    await show('/today');
    fireEvent.click(await screen.findByRole('button', { name: '数据范围：全部' }));
    fireEvent.click(await screen.findByText('我的'));
    await waitFor(() => expect(sent.some((one) => one.method === 'PUT' && one.path === '/api/session/reach')).toBe(true));
    await screen.findByRole('button', { name: '数据范围：我的' });
  });

  it('hides what a role may not do', async () => {
    await show('/customers', { session: (session) => ({ ...session, permissions: ['see_customers', 'see_definitions'], reaches: ['all'], reach: 'all' }) });
    await screen.findByRole('heading', { level: 1 });
    expect(screen.queryByText('导出')).toBeNull();
    expect(screen.queryByRole('link', { name: '数据接入' })).toBeNull();
  });
});
