import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const posts = (ending: string) => sent.filter((one) => one.method === 'POST' && one.path.endsWith(ending)).map((one) => one.body as Record<string, unknown>);
const chip = (within_: HTMLElement, name: string) => within(within_).getByRole('button', { name });

/** Opens the record sheet of the first customer on Today. */
async function recording(narrow = false) {
  await show('/today', { narrow });
  fireEvent.click((await screen.findAllByRole('button', { name: narrow ? '处理建议' : /^处理建议：/ }))[0]!);
  const advice = await screen.findByRole('dialog', { name: /处理建议$/ });
  await within(advice).findByText('三句开场白');
  fireEvent.click(await within(advice).findByRole('button', { name: '写跟进' }));
  return screen.findByRole('dialog', { name: /^跟进 / });
}

describe('advice', () => {
  it('says who acts, how to begin and what not to offer, and leads to the record', async () => {
    await show('/today');
    fireEvent.click((await screen.findAllByRole('button', { name: /^处理建议：/ }))[0]!);
    const sheet = await screen.findByRole('dialog', { name: /处理建议$/ });
    await within(sheet).findByText('一对一回访，问清谁在用、卡在哪一步');
    expect(within(sheet).getAllByRole('button', { name: '复制这句话' })).toHaveLength(3);
    within(sheet).getByText('先别谈折扣和续费');
    within(sheet).getByText(/采用 12 次，完成 9 次；涉及 11 张跟进单：留住 5，流失 2，其他 1，未结 3。/);
    within(sheet).getByText(/没有对照组/);
  });

  it('becomes a task by one click, which waits on Today and leads to the record when it is done', async () => {
    await show('/today', { narrow: true });
    fireEvent.click((await screen.findAllByRole('button', { name: '处理建议' }))[0]!);
    const sheet = await screen.findByRole('dialog', { name: /处理建议$/ });
    fireEvent.click(await within(sheet).findByRole('button', { name: '建成任务' }));
    const link = await within(sheet).findByRole('link', { name: /^打开跟进单 #\d+/ });
    expect(posts('/advice/task')[0]).toEqual({ reason: 'usage', lang: 'zh' });
    expect(within(sheet).queryByRole('button', { name: '建成任务' })).toBeNull();
    const waiting = await screen.findByRole('region', { name: '等我做的' });
    expect(within(waiting).getByRole('link', { name: '一对一回访，问清谁在用、卡在哪一步' }).getAttribute('href')).toBe(link.getAttribute('href'));
    within(waiting).getByText('按处理建议：使用变少、活跃下降');
    fireEvent.click(within(waiting).getByRole('checkbox', { name: /^完成：一对一回访/ }));
    const record = await screen.findByRole('dialog', { name: /^跟进 / });
    expect(within(record).getByRole<HTMLTextAreaElement>('textbox', { name: '说了什么' }).value).toBe('一对一回访，问清谁在用、卡在哪一步');
    await waitFor(() => expect(screen.queryByRole('region', { name: '等我做的' })).toBeNull());
  });
});

describe('a follow-up record', () => {
  it('is sent with mood, promise and next contact, once, and the sheet closes', async () => {
    const sheet = await recording(true);
    const send = () => within(sheet).getByRole<HTMLButtonElement>('button', { name: '记下' });
    expect(send().disabled).toBe(true);
    fireEvent.click(chip(sheet, '犹豫'));
    expect(send().disabled).toBe(false);
    fireEvent.click(chip(sheet, '答应了对方一件事'));
    fireEvent.change(within(sheet).getByRole('textbox', { name: '答应了什么' }), { target: { value: '周三前给报价' } });
    expect(send().disabled).toBe(true);
    const due = within(sheet).getByRole('group', { name: '哪天之前' });
    fireEvent.click(chip(due, '3 天后'));
    fireEvent.click(chip(within(sheet).getByRole('group', { name: '下次联系' }), '明天'));
    fireEvent.click(send());
    await waitFor(() => expect(posts('/follow-ups')).toHaveLength(1));
    const told = posts('/follow-ups')[0]!;
    expect(told).toMatchObject({ channel: 'call', outcome: 'talked', mood: 'unsure', note: null, next_on: '2025-12-04', promise: { words: '周三前给报价', due_on: '2025-12-06' } });
    expect(told.key).toMatch(/^[0-9a-f]{32}$/);
    await waitFor(() => expect(screen.queryByRole('dialog', { name: /^跟进 / })).toBeNull());
  });

  it('waits with what was typed when the page comes back', async () => {
    const sheet = await recording();
    fireEvent.change(within(sheet).getByRole('textbox', { name: '说了什么' }), { target: { value: '等总部批预算' } });
    const kept = Object.keys(sessionStorage).filter((key) => key.startsWith('liuke.record.'));
    expect(kept).toHaveLength(1);
    expect(JSON.parse(sessionStorage.getItem(kept[0]!)!)).toMatchObject({ note: '等总部批预算' });
  });

  it('asks for no mood of somebody who was not spoken to', async () => {
    const sheet = await recording();
    fireEvent.click(chip(sheet, '要走'));
    fireEvent.click(chip(sheet, '没联系上'));
    expect(within(sheet).queryByRole('group', { name: '对方的态度' })).toBeNull();
    fireEvent.click(within(sheet).getByRole('button', { name: '记下' }));
    await waitFor(() => expect(posts('/follow-ups')[0]).toMatchObject({ outcome: 'no_answer', mood: null }));
  });

  it('gives numbers to call to whoever may see them', async () => {
    const sheet = await recording();
    fireEvent.click(within(sheet).getByRole('button', { name: '拨打电话' }));
    const number = await within(sheet).findByRole('link', { name: /1\d{10}/ });
    expect(number.getAttribute('href')).toMatch(/^tel:1\d{10}$/);
  });
});

describe('the ledger of promises', () => {
  it('says what is overdue, and one click says that it was kept', async () => {
    await show('/promises');
    const table = await screen.findByRole('table', { name: '承诺' });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/还有 2 件答应过的事没有结果，1 件已过期/);
    fireEvent.click(within(table).getByRole('button', { name: '已兑现 周二前把新报价发过去' }));
    await waitFor(() => expect(posts('/settle')[0]).toEqual({ version: 1, state: 'kept', note: null }));
    await waitFor(() => expect(within(screen.getByRole('table', { name: '承诺' })).getAllByRole('row')).toHaveLength(2));
  });

  it('takes back what was said', async () => {
    await show('/promises?state=broken');
    fireEvent.click(await screen.findByRole('button', { name: '撤回 安排一次上门培训' }));
    await waitFor(() => expect(posts('/settle')[0]).toEqual({ version: 2, state: 'open', note: null }));
  });

  it('is empty with a word of what will be here', async () => {
    await show('/promises', { scene: 'empty' });
    await screen.findByText('写跟进时填“答应了什么”，就会记在这里，到期提醒。');
  });

  it('offers no click in the past or to whoever only reads', async () => {
    await show('/promises?as_of=2025-11-01');
    const past = await screen.findByRole('table', { name: '承诺' });
    expect(within(past).queryAllByRole('button')).toHaveLength(0);
    cleanup();
    await show('/promises', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'readonly' } }) });
    const read = await screen.findByRole('table', { name: '承诺' });
    expect(within(read).queryAllByRole('button')).toHaveLength(0);
  });
});

describe('the library', () => {
  it('tells a fault with its place and keeps what was typed', async () => {
    await show('/settings/advice?see=price');
    const text = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: '定义原文' });
    fireEvent.change(text, { target: { value: '[[advice]]\nid = "price"\n' } });
    fireEvent.click(screen.getByRole('button', { name: '保存' }));
    await screen.findByText(/第 1 行第 1 列/);
    expect(text.value).toContain('id = "price"');
  });
});
