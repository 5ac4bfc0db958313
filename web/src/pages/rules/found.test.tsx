import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('rules found in history', () => {
  it('are looked for in the background, told with the half that confirms them, and become drafts', async () => {
    await show('/rules');
    fireEvent.click(await screen.findByText('发现规律'));
    fireEvent.click(await screen.findByRole('button', { name: '从历史里找规律' }));
    await waitFor(() => expect(sent.some((one) => one.method === 'POST' && one.path === '/api/rules/discovery')).toBe(true));
    const region = await screen.findByRole('region', { name: '发现规律' });
    await within(region).findByText(/^正在历史里找规律/);
    const first = (await within(region).findByRole('heading', { level: 2, name: '近 30 天登录天数不超过 3 天，且未解决工单不少于 2 张' }, { timeout: 5_000 })).closest('li')!;
    expect(text(first)).toContain('71 次里 42 次流失 59%（48%–70%）');
    expect(text(first)).toContain('抓住 14/58，误报 12');
    expect(text(region)).toContain('没有用：退订申请');
    expect(text(region)).toContain('会偏乐观');
    fireEvent.click(within(first).getByRole('button', { name: /^存成草稿/ }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PUT' && one.path === '/api/rules/found_1a2b3c4d/draft')?.body).toMatchObject({ note: '从历史里发现', version: null, rule: { cause: 'discovered' } }));
    const link = await within(first).findByRole('link', { name: '看这条规则' });
    expect(link.getAttribute('href')).toBe('/rules/found_1a2b3c4d');
  });

  it('are not told where history does not carry them, with what is missing', async () => {
    await show('/rules?view=found', { scene: 'empty', lang: 'en' });
    fireEvent.click(await screen.findByRole('button', { name: 'Look for rules in history' }));
    expect(await screen.findByText(/15 more/, undefined, { timeout: 5_000 })).toBeTruthy();
    expect(screen.getByText('This history does not carry rules yet')).toBeTruthy();
  });

  it('are nobody’s but an administrator’s', async () => {
    await show('/rules?view=found', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'manager' } }) });
    await screen.findByRole('region', { name: '开着' });
    expect(screen.queryByText('发现规律')).toBeNull();
  });

  it('say what failed, and what to do', async () => {
    await show('/rules?view=found', { scene: 'broken' });
    expect((await screen.findAllByRole('alert')).length).toBeGreaterThan(0);
  });
});
