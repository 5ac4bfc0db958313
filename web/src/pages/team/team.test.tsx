import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const table = (name: string) => screen.findByRole('table', { name });

describe('the team', () => {
  it('says who has what on the desk and whose clocks have run out', async () => {
    await show('/team');
    const members = await table('成员');
    const rows = within(members).getAllByRole('row').slice(1);
    expect(rows).toHaveLength(3);
    expect(within(rows[0]!).getAllByRole('cell').slice(1, 5).map((cell) => cell.textContent)).toEqual(['14', '3', '2', '4']);
    within(rows[2]!).getByText(/已离职$/);
    screen.getByText('3 张没人接手');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('团队在手 32 张跟进单，3 张超时');
  });

  it('counts clocks by unit and by person, for the days that are chosen', async () => {
    await show('/team');
    const people = await table('员工');
    const first = within(people).getAllByRole('row')[1]!;
    expect(within(first).getAllByRole('cell').slice(1).map((cell) => cell.textContent)).toEqual(['21', '21/24', '—', '20/21', '4', '5.5 小时', '3']);
    within(people).getByText('没人接手时');
    await table('部门');
    fireEvent.click(screen.getByRole('button', { name: '近 7 天' }));
    await waitFor(() => expect(sent.some((one) => one.path === '/api/team/breaches' && /^\d{4}-\d{2}-\d{2}$/.test(one.query.get('from') ?? ''))).toBe(true));
    const href = new URL((await screen.findByRole<HTMLAnchorElement>('link', { name: '导出' })).href);
    expect([href.pathname, href.searchParams.get('from')]).toEqual(['/api/exports/team.xlsx', sent.at(-1)!.query.get('from')]);
  });

  it('says what will be here before there is anybody, and what failed', async () => {
    await show('/team', { scene: 'empty' });
    await screen.findByText('这里会列出您的团队');
    await screen.findByText('这段时间没有到点的时限');
  });
});

describe('the bell', () => {
  it('says what one was told, leads to it, and is silent once all is read', async () => {
    await show('/team');
    fireEvent.click(await screen.findByRole('button', { name: '通知，2 条未读' }));
    const told = await screen.findByRole('region', { name: '通知' });
    within(told).getByText('今天要跟进 12 家客户，3 个已超时');
    fireEvent.click(within(told).getByRole('button', { name: '全部已读' }));
    await screen.findByRole('button', { name: '通知，0 条未读' });
    fireEvent.click(within(told).getByRole('button', { name: /^远山科技的受理时限快到了/ }));
    await waitFor(() => expect(location.pathname).toBe('/cases/1'));
    expect(sent.filter((one) => one.path === '/api/notices/read').map((one) => one.body)).toEqual([{ ids: null }, { ids: [2] }]);
  });
});
