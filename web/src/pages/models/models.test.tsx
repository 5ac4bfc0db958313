import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('models', () => {
  it('lists what was trained and says which is in service', async () => {
    await show('/models');
    await waitFor(async () => expect(text(await screen.findByRole('heading', { level: 1 }))).toBe('在用：合同到期未续或已退订 第 1 个模型'));
    const table = await screen.findByRole('table', { name: '模型' });
    expect(within(table).getByText('候选模型')).toBeTruthy();
    expect(within(table).getByText('在用模型')).toBeTruthy();
  });

  it('says what is missing where history does not carry a model', async () => {
    await show('/models', { scene: 'empty' });
    fireEvent.click((await screen.findAllByRole('button', { name: '训练模型' }))[0]!);
    const dialog = await screen.findByRole('dialog');
    const start = await within(dialog).findByRole<HTMLButtonElement>('button', { name: '开始训练' });
    await waitFor(() => expect(start.disabled).toBe(false));
    fireEvent.click(within(dialog).getByRole('radio', { name: '30 天' }));
    fireEvent.click(start);
    expect(await screen.findByText('历史上只有 15 位流失客户，至少需要 30 位，还差 15 位')).toBeTruthy();
    expect(sent.find((one) => one.method === 'POST' && one.path === '/api/models')?.body).toMatchObject({ horizon_days: 30 });
  });

  it('shows how far a model can be believed and names its leaks, in both languages', async () => {
    await show('/models/2', { lang: 'en' });
    await waitFor(async () => expect(text(await screen.findByRole('heading', { level: 1 }))).toMatch(/of 100 customers marked 29 %, 28 left within 90 days/));
    expect(screen.getByRole('img', { name: /top tenth was marked/ })).toBeTruthy();
    expect(screen.getByText('Exit form')).toBeTruthy();
    expect(screen.getByText('Model card').getAttribute('href')).toMatch(/^data:text\/markdown/);
    fireEvent.click(screen.getByText('180 days'));
    expect(await screen.findByText(/History is too short/)).toBeTruthy();
  });

  it('is put in service by an administrator with the version seen, and by nobody else', async () => {
    await show('/models/2');
    fireEvent.click(await screen.findByRole('button', { name: '启用' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: '启用' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/models/2/promote')?.body).toEqual({ version: 1 }));
    expect(await screen.findByRole('button', { name: '退回上一个' })).toBeTruthy();
  });

  it('offers no step to somebody who is no administrator', async () => {
    await show('/models/2', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'analyst' } }) });
    expect(await screen.findByText('候选模型')).toBeTruthy();
    expect(screen.queryByRole('button', { name: '启用' })).toBeNull();
  });
});
