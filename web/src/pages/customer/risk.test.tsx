import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { people } from '../../../mock/firm';
import { show } from '../../testing';

const one = (state: string) => people(2_000).map((each) => each.row).find((row) => row.standing.state === state && (state !== 'current' || row.verdict.health != null))!;
const address = (id: string) => `/customers/${encodeURIComponent(id)}`;

describe('risk of a customer', () => {
  it('says how likely, why in its own figures, and what would bring it back', async () => {
    await show(address(one('current').id));
    const part = await screen.findByRole('region', { name: '流失概率' });
    expect(within(part).getByText('90 天内').nextElementSibling?.textContent).toMatch(/%/);
    expect(within(part).getByText(/近 30 天登录 3 天，往常 14 天/)).toBeTruthy();
    expect(within(part).getByText('服务响应')).toBeTruthy();
    expect(within(part).getByText(/开单时模型给的第 2 个原因/)).toBeTruthy();
    expect(within(part).getByRole('img', { name: /留存曲线/ })).toBeTruthy();
    expect(within(part).getByText('未来 12 个月预计带来').closest('p')?.textContent).toMatch(/¥[\d,]+在 ¥[\d,]+ 到 ¥[\d,]+ 之间；一直留下是 ¥[\d,]+/);
    const verdicts = [...document.querySelectorAll('.verdict-sentence')].map((each) => each.textContent ?? '');
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]).toMatch(/^90 天内流失概率 \d+%，大家平均 5%：近 30 天只有 3 天登录过/);
    const back = screen.getByRole('region', { name: '怎样能拉回来' });
    expect(within(back).getByText(/带客户重新用起来（近 30 天登录天数从 3 到 12 天）/)).toBeTruthy();
    expect(within(back).getByText(/也到不了低风险/)).toBeTruthy();
  });

  it('says why there is none of a customer who has left', async () => {
    await show(address(one('gone').id), { lang: 'en' });
    const part = await screen.findByRole('region', { name: 'Risk of leaving' });
    expect(within(part).getByText(/the model learnt from nobody like that/)).toBeTruthy();
    expect(within(part).queryByRole('img')).toBeNull();
    expect([...document.querySelectorAll('.verdict-sentence')].map((each) => each.textContent)).toEqual([expect.stringMatching(/^Counts as left since/)]);
  });

  it('stands in the list beside the health, and is not made up for whoever is gone', async () => {
    // More than a screenful is virtual: a handful is asked for.
    await show(`/customers?state=current,gone&search=${one('gone').id.slice(0, -1)}`);
    const table = await screen.findByRole('table', { name: '客户' });
    const place = within(table).getAllByRole('columnheader').findIndex((head) => head.textContent === '流失概率');
    expect(place).toBeGreaterThan(0);
    const said = within(table).getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('cell')[place]?.textContent ?? '');
    expect(said.length).toBeGreaterThan(1);
    for (const text of said) expect(text).toMatch(/^(\d+(\.\d)?%|—)$/);
    expect(said).toContain('—');
    expect(said.some((text) => text.endsWith('%'))).toBe(true);
  });
});
