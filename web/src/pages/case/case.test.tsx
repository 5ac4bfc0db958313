import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { overtake } from '../../../mock/cases';
import { people } from '../../../mock/firm';
import type { CaseWork } from '../../api/types';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const moves = () => sent.filter((one) => one.method === 'POST' && one.path.endsWith('/moves')).map((one) => one.body as { move: string; version: number; to?: number; reason?: string; note?: string });
/** A case that stands in this stage, by its number. */
const standing = (stage: string, at = 0) => people(2_000).flatMap((one) => (one.kase?.stage === stage ? [one.kase.id] : []))[at]!;
const part = (name: string) => screen.findByRole('region', { name });

describe('a case', () => {
  it('says whom, why, by when, what may be done and what was done', async () => {
    await show(`/cases/${standing('accepted')}`);
    const may = await part('可以做的');
    expect(within(may).getByRole('button', { name: '记录联系' })).toBeTruthy();
    expect(text(within(may).getByRole('button', { name: /^转交/ }))).toContain('要填人、原因');
    expect(text(await part('时限'))).toMatch(/受理.*(按时|超时完成).*处理/);
    const steps = within(await part('经过')).getAllByRole('listitem');
    expect(text(steps[0]!)).toContain('留客');
    expect(text(steps[1]!)).toMatch(/受理.*“待受理”停留/);
    await waitFor(() => expect(text(document.querySelector('.head-sub')!)).toMatch(/健康分 \d+/));
  });

  it('is handed over with a reason and a person, and not without', async () => {
    await show(`/cases/${standing('accepted', 1)}`);
    fireEvent.click(within(await part('可以做的')).getByRole('button', { name: /^转交/ }));
    const dialog = await screen.findByRole('dialog');
    const send = within(dialog).getByRole<HTMLButtonElement>('button', { name: '转交' });
    fireEvent.change(within(dialog).getByRole('textbox', { name: '原因' }), { target: { value: '已转到实施阶段' } });
    expect(send.disabled).toBe(true);
    fireEvent.mouseDown(within(dialog).getByRole('combobox', { name: '给谁' }));
    fireEvent.click(await screen.findByText('周思远', { selector: '.ant-select-item-option-content' }));
    fireEvent.click(send);
    await waitFor(() => expect(moves()[0]).toMatchObject({ move: 'transfer', reason: '已转到实施阶段', to: 4 }));
    await waitFor(() => expect(text(document.querySelector('.head-sub')!)).toContain('经手人 周思远'));
    expect(text(await part('经过'))).toContain('已转到实施阶段');
  });

  it('keeps what was typed when a colleague was faster, says what changed, and sends with the present version', async () => {
    const id = standing('accepted', 2);
    await show(`/cases/${id}`);
    fireEvent.click(within(await part('可以做的')).getByRole('button', { name: '记录联系' }));
    const dialog = await screen.findByRole('dialog');
    const note = within(dialog).getByRole<HTMLTextAreaElement>('textbox', { name: '备注' });
    fireEvent.change(note, { target: { value: '电话聊过，下周安排培训' } });
    overtake(id);
    fireEvent.click(within(dialog).getByRole('button', { name: '记录联系' }));
    const told = await within(dialog).findByRole('alert');
    expect(text(told)).toMatch(/这张跟进单刚刚变过.*陈启明.*分派给 林婉清/);
    expect(note.value).toBe('电话聊过，下周安排培训');
    await waitFor(() => expect(text(told)).toContain('经手人：林婉清'));
    fireEvent.click(within(dialog).getByRole('button', { name: '按最新情况提交' }));
    await waitFor(() => expect(moves()).toHaveLength(2));
    expect(moves()[1]!.version).toBe(moves()[0]!.version + 1);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('ends in the words of its type, and asks who left for the reason', async () => {
    const free = people(2_000).find((one) => one.kase === null)!;
    const made = await fetch('/api/cases', { method: 'POST', body: JSON.stringify({ customer_id: free.row.id, type_id: 'complaint', about: '少了配件' }) });
    await show(`/cases/${((await made.json()) as CaseWork).case.id}`);
    fireEvent.click(within(await part('可以做的')).getByRole('button', { name: /^结案/ }));
    const dialog = await screen.findByRole('dialog');
    const solved = await within(dialog).findByRole('radio', { name: /已解决/ });
    expect(within(dialog).queryByRole('radio', { name: /误报/ })).toBeNull();
    const send = within(dialog).getByRole<HTMLButtonElement>('button', { name: '结案' });
    fireEvent.click(within(dialog).getByRole('radio', { name: /已流失/ }));
    expect([send.disabled, within(dialog).queryByRole('group', { name: '为什么流失' }) !== null]).toEqual([true, true]);
    fireEvent.click(solved);
    expect(send.disabled).toBe(false);
    fireEvent.click(send);
    await waitFor(() => expect(moves()[0]).toMatchObject({ move: 'close', outcome: 'solved', churn_reason: null }));
    await within(await part('经过')).findByText('已解决');
  });

  it('takes comments that call somebody, and tasks that are ticked off', async () => {
    await show(`/cases/${standing('accepted', 3)}`);
    const comments = await part('评论');
    fireEvent.change(within(comments).getByRole('textbox', { name: '写评论' }), { target: { value: '@林婉清 续约方案发我看看' } });
    fireEvent.click(within(comments).getByRole('button', { name: '发送' }));
    expect(await within(comments).findByText('@林婉清', { selector: '.mention' })).toBeTruthy();
    const tasks = await part('任务');
    fireEvent.click(within(tasks).getByRole('button', { name: '加任务' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: '做什么' }), { target: { value: '发培训资料' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '明天' }));
    fireEvent.click(within(dialog).getByRole('button', { name: '添加' }));
    fireEvent.click(await within(tasks).findByRole('checkbox', { name: '完成：发培训资料' }));
    expect(await within(tasks).findByText(/苏晚晴 .*完成/)).toBeTruthy();
    expect(sent.find((one) => one.method === 'POST' && one.path.endsWith('/tasks'))?.body).toMatchObject({ title: '发培训资料', to: null, due: '2025-12-04' });
  });

  it('leads to the next case of the list one came from', async () => {
    await show('/cases?type=retention&who=pool');
    const table = await screen.findByRole('table');
    const [first, second] = within(table).getAllByRole('row').slice(1).map((row) => /#(\d+)/.exec(text(row))![1]);
    fireEvent.click(within(table).getAllByRole('link')[0]!);
    await waitFor(() => expect(location.pathname).toBe(`/cases/${first}`));
    fireEvent.click(await screen.findByRole('button', { name: /下一张/ }));
    await waitFor(() => expect(location.pathname).toBe(`/cases/${second}`));
    expect(location.search).toBe('?who=pool&type=retention');
    await part('可以做的');
    fireEvent.keyDown(document.body, { key: 'k' });
    await waitFor(() => expect(location.pathname).toBe(`/cases/${first}`));
  });

  it('puts its moves under the thumb on a phone', async () => {
    await show(`/cases/${standing('new')}`, { narrow: true });
    const thumb = await screen.findByRole('group', { name: '可以做的' });
    expect(within(thumb).getByRole('button', { name: /^(受理|领取)$/ })).toBeTruthy();
    fireEvent.click(within(thumb).getByRole('button', { name: '更多' }));
    expect(within(await screen.findByRole('dialog')).getAllByRole('button', { name: /^(分派|结案)/ })).toHaveLength(2);
  });

  it('says that there is none, and in the past that it is shown as it is now', async () => {
    const shown = await show('/cases/1');
    expect(await screen.findByText('没有这张跟进单')).toBeTruthy();
    shown.unmount();
    await show(`/cases/${standing('new')}?as_of=2025-11-01`);
    expect(await screen.findByText('跟进单只看现在')).toBeTruthy();
    expect(sent.some((one) => one.path.endsWith('/work') && one.path.includes(String(standing('new'))))).toBe(false);
  });
});
