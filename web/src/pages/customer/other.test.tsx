import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { people } from '../../../mock/firm';
import { show } from '../../testing';

const one = (hasOther: boolean) => people(2_000).map((each) => each.row).find((row) => row.standing.state === 'current' && row.verdict.health != null && row.id.endsWith('7') === hasOther)!;

describe('several healths at once', () => {
  it('stand beside the one that lists go by, each with its band and what it rests on', async () => {
    await show(`/customers/${encodeURIComponent(one(true).id)}`);
    const part = await screen.findByRole('region', { name: '按其他打分卡' });
    const row = within(part).getByRole('listitem');
    expect(within(row).getByRole('link', { name: '大客户健康分' }).getAttribute('href')).toMatch(/\/scorecards\/large$/);
    expect(row.textContent).toBe('大客户健康分41高数据完整度 62%');
  });

  it('are not shown where there is one alone', async () => {
    await show(`/customers/${encodeURIComponent(one(false).id)}`, { lang: 'en' });
    await screen.findByRole('region', { name: 'Health' });
    expect(screen.queryByRole('region', { name: 'By other scorecards' })).toBeNull();
  });
});
