import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';
import { shares, withShares, type Tree } from './design';

const TREE = {
  dimension: [
    { id: 'a', weight: 3, measure: [{ indicator: 'x', weight: 1, curve: [] }, { indicator: 'y', weight: 3, curve: [] }] },
    { id: 'b', weight: 1, measure: [], group: [{ id: 'c', weight: 2, measure: [{ pulse: 'z', weight: 5, curve: [] }] }] },
  ],
} as unknown as Tree;

describe('weights learnt from outcomes', () => {
  it('become the shares of a card, group by group, none of them nothing', () => {
    const told = new Map([['x', 0.5], ['y', 0.0004], ['z', 0.4996]]);
    const tree = withShares(TREE, told);
    expect(tree.dimension.map((one) => one.weight)).toEqual([50.1, 50]);
    const found = shares(tree);
    expect(found.get('x')).toBeCloseTo(0.5, 2);
    expect(found.get('y')).toBeCloseTo(0.001, 3);
    expect([...found.values()].reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
    expect(shares(withShares(TREE, new Map())).get('y')).toBeCloseTo(shares(TREE).get('y')!, 2);
  });

  it('stand beside those there are with both judged on later months, and are taken into the draft by a person', async () => {
    await show('/scorecards/saas?tab=learn');
    fireEvent.click(await screen.findByRole('button', { name: '从结果学权重' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'POST' && one.path === '/api/scorecards/saas/weights')?.body).toHaveProperty('definition'));
    const table = await screen.findByRole('table', { name: '现在的权重与建议的权重' }, { timeout: 5_000 });
    expect(within(table).getByRole('row', { name: /^近 30 天登录天数 27\.6% 41\.2% \+?13\.6$/ })).toBeTruthy();
    expect(within(table).getByText('没有可比的数据，不参与学习')).toBeTruthy();
    const both = screen.getByRole('table', { name: '两套权重在检验月份的表现' });
    expect(within(both).getByRole('row', { name: '抓住 27 35' })).toBeTruthy();
    expect(within(both).getByRole('row', { name: /^排序（AUC） 0\.741 \(0\.711–0\.771\)/ })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: '采用到草稿' }));
    await screen.findByText('有改动还没保存');
    const groups = screen.getByRole('region', { name: '哪些算数' });
    expect(within(groups).getByRole('slider', { name: '使用情况的权重' }).getAttribute('aria-valuenow')).toBe('64');
    expect((await screen.findByRole<HTMLButtonElement>('button', { name: '已在草稿里' })).disabled).toBe(true);
    expect(sent.some((one) => one.method === 'PUT')).toBe(false);
  });

  it('are refused with the number of leavers that are missing', async () => {
    await show('/scorecards/saas?tab=learn', { scene: 'empty', lang: 'en' });
    fireEvent.click(await screen.findByRole('button', { name: 'Learn from outcomes' }));
    expect(await screen.findByText(/15 more/, undefined, { timeout: 5_000 })).toBeTruthy();
  });

  it('are read and not learnt by whoever is no administrator', async () => {
    await show('/scorecards/saas?tab=learn', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'analyst' } }) });
    await screen.findByText('还没有从结果学过权重');
    expect(screen.queryByRole('button', { name: '从结果学权重' })).toBeNull();
  });
});
