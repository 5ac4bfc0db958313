import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const posts = (ending: string) => sent.filter((one) => one.method === 'POST' && one.path.endsWith(ending)).map((one) => one.body as Record<string, unknown>);
const rows = (table: HTMLElement) => within(table).getAllByRole('row').length - 1;

describe('reminders', () => {
  it('says what is to be thought of today, and one click says that it is done', async () => {
    await show('/reminders');
    const table = await screen.findByRole('table', { name: '提醒' });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('今天该想起 3 件事，1 件是前些天留下的');
    expect(rows(table)).toBe(3);
    fireEvent.click(within(table).getAllByRole('button', { name: /^完成 / })[0]!);
    await waitFor(() => expect(posts('/reminders/answers')[0]).toMatchObject({ version: 0, state: 'done', until_on: null }));
    await waitFor(() => expect(rows(screen.getByRole('table', { name: '提醒' }))).toBe(2));
    fireEvent.click(screen.getByRole('button', { name: '已答复' }));
    fireEvent.click(await screen.findByRole('button', { name: /^撤回 / }));
    await waitFor(() => expect(posts('/reminders/answers')[1]).toMatchObject({ version: 1, state: 'open' }));
  });

  it('puts one off to Monday or stops its kind for this year', async () => {
    await show('/reminders');
    const table = await screen.findByRole('table', { name: '提醒' });
    fireEvent.click(within(table).getAllByRole('button', { name: /^推迟或不再提醒 / })[0]!);
    fireEvent.click(await screen.findByRole('menuitem', { name: '推到下周一' }));
    await waitFor(() => expect(posts('/reminders/answers')[0]).toMatchObject({ state: 'put_off', until_on: '2025-12-08' }));
  });

  it('shows another day by its place in the month', async () => {
    await show('/reminders');
    const month = await screen.findByRole('region', { name: '月历' });
    const day = await within(month).findByRole('button', { name: '2025-12-06：1 件' });
    fireEvent.click(day);
    await waitFor(() => expect(rows(screen.getByRole('table', { name: '提醒' }))).toBe(1));
    expect(day.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(within(month).getByRole('button', { name: '下个月' }));
    await within(month).findByRole('heading', { name: '2026 年 1 月' });
  });

  it('offers no click in the past', async () => {
    await show('/reminders?as_of=2025-11-01');
    const table = await screen.findByRole('table', { name: '提醒' });
    expect(within(table).queryAllByRole('button')).toHaveLength(0);
  });

  it('stands below the queue of today', async () => {
    await show('/today');
    const panel = await screen.findByRole('region', { name: '今天的提醒' });
    expect(within(panel).getAllByRole('listitem')).toHaveLength(3);
    within(panel).getByRole('link', { name: '全部 3 条' });
  });
});

describe('the list before a festival', () => {
  it('gives a true line and a greeting, and marks who was greeted by a record', async () => {
    await show('/reminders?view=festival');
    const table = await screen.findByRole('table', { name: '节前清单' });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('春节前可以问候 9 家客户，3 家要先解决问题');
    expect(rows(table)).toBe(9);
    within(table).getByText('今年 1 月续约，客服本月解决了 2 个问题');
    fireEvent.click(within(table).getAllByRole('button', { name: /^已问候 / })[0]!);
    fireEvent.click(await screen.findByRole('menuitem', { name: '微信' }));
    await waitFor(() => expect(posts('/greetings')[0]).toMatchObject({ festival: 'spring_festival', year: 2026, channel: 'message', version: 0 }));
    await waitFor(() => expect(rows(screen.getByRole('table', { name: '节前清单' }))).toBe(8));
    fireEvent.click(screen.getByRole('button', { name: /^先解决问题/ }));
    await waitFor(() => expect(rows(screen.getByRole('table', { name: '节前清单' }))).toBe(3));
    expect(screen.queryAllByRole('button', { name: /^已问候 / })).toHaveLength(0);
    screen.getAllByText('先处理 2025-11-20 起的投诉');
  });

  it('is empty with a word of who will be here, and for another festival', async () => {
    await show('/reminders?view=festival', { scene: 'empty' });
    await screen.findByText('没有还要问候的客户');
    cleanup();
    await show('/reminders?view=festival');
    fireEvent.click(await screen.findByRole('button', { name: /^端午节/ }));
    await screen.findByText(/^端午节：2026-06-19$/);
  });
});
