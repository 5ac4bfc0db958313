import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const heading = () => screen.findByRole('heading', { level: 1 });
const asked = () => sent.filter((one) => one.path.endsWith('/preview')).map((one) => one.body as { of: string; window_days: number | null });

describe('churn definitions', () => {
  it('says what leaving means, whom is asked about, and the four add up', async () => {
    await show('/churn/definitions');
    await waitFor(async () => expect(text(await heading())).toBe('客户连续 60 天没有任何动作，即为流失'));
    const whom = await screen.findByRole('region', { name: '判断谁' });
    const sum = /([\d,]+) 家 = 可判断 ([\d,]+) \+ 太新 ([\d,]+) \+ 已流失 ([\d,]+) \+ 内部 ([\d,]+)/.exec(text(whom))!;
    const [all, ...parts] = sum.slice(1).map((one) => Number(one.replace(',', '')));
    expect(parts.reduce((one, next) => one + next, 0)).toBe(all);
    expect(within(whom).getByText(/近 90 天的金额比之前 90 天少了 50% 以上/)).toBeTruthy();
    expect(screen.getByText('正在用这个定义')).toBeTruthy();
    expect(screen.getByText(/结果不为晚到的数据再等。 近一年的数据，95% 在发生后 2 天内到，99% 在 4 天内到。 建议在定义里写 late_days = 2/)).toBeTruthy();
  });

  it('draws how the days were chosen, and a row tries other days', async () => {
    await show('/churn/definitions', { lang: 'en' });
    const picture = await screen.findByRole('region', { name: 'How the days were chosen' });
    expect(within(picture).getByRole('img', { name: /^Distribution of gaps: 1 to 7 days 65\.2%, / })).toBeTruthy();
    expect(within(picture).getByRole('img', { name: /^False goodbyes: 7 days / })).toBeTruthy();
    expect(within(picture).getByText(/45 days proposed/, { selector: 'b' })).toBeTruthy();
    const table = within(picture).getByRole('table', { name: 'With other days' });
    const row = within(table).getAllByRole('row').find((one) => text(one).startsWith('90'))!;
    fireEvent.click(row);
    await waitFor(() => expect(asked().at(-1)).toEqual({ of: 'inactive_60d', window_days: 90 }));
    await screen.findByText(/Compared with “Inactive for 60 days”/);
    expect(screen.getByRole('button', { name: 'Put in use' })).toBeTruthy();
  });

  it('is put in use with a word about why; then the heading says so', async () => {
    await show('/churn/definitions');
    fireEvent.click(await screen.findByRole('button', { name: '用建议的 45 天' }));
    await waitFor(() => expect(asked().at(-1)).toEqual({ of: 'inactive_60d', window_days: 45 }));
    const act = await screen.findByRole('button', { name: '启用' });
    await waitFor(() => expect(act.hasAttribute('disabled')).toBe(false));
    fireEvent.click(act);
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: '为什么改（可不填）' }), { target: { value: '一个半月' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '启用' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/churn-definitions/inactive_60d/activate')?.body).toEqual({ window_days: 45, note: '一个半月' }));
    await waitFor(async () => expect(text(await heading())).toBe('客户连续 45 天没有任何动作，即为流失'));
  });

  it('lets who may not change it look, and says who may', async () => {
    await show('/churn/definitions', { session: (session) => ({ ...session, staff: session.staff && { ...session.staff, role: 'manager' } }) });
    await screen.findByText('流失定义由管理员改');
    expect(screen.queryByRole('button', { name: '启用' })).toBeNull();
  });

  it('shows a definition without days as one', async () => {
    await show('/churn/definitions?of=saas_contract');
    await screen.findByText(/这个定义不看沉默天数/);
    expect(screen.queryByRole('spinbutton', { name: '沉默天数' })).toBeNull();
  });
});
