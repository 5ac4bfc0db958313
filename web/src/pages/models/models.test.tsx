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

  it('keeps why it is put in service', async () => {
    await show('/models/2', { lang: 'en' });
    fireEvent.click(await screen.findByRole('button', { name: 'Put in service' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: 'Why' }), { target: { value: ' held in October ' } });
    fireEvent.click(within(dialog).getByRole('button', { name: 'Put in service' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/models/2/promote')?.body).toEqual({ version: 1, note: 'held in October' }));
  });

  it('offers no step to somebody who is no administrator', async () => {
    await show('/models/2', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'analyst' } }) });
    expect(await screen.findByText('候选模型')).toBeTruthy();
    expect(screen.queryByRole('button', { name: '启用' })).toBeNull();
  });

  it('shows what has become of the model in service, month by month, and what is wrong with it', async () => {
    await show('/models/1');
    const drift = await screen.findByRole('region', { name: '检验之后还准吗' });
    expect(await within(drift).findByText('流失概率的分布变了')).toBeTruthy();
    expect(within(drift).getByText(/实际流失 84 位，是预计的 1.27 倍/)).toBeTruthy();
    expect(within(drift).getByRole('img', { name: /^各月 PSI：2025-03 0.02 稳定, .*2025-10 0.31 变了$/ })).toBeTruthy();
    expect(within(drift).getByRole('img', { name: /^各月实际与预计之比：2025-03 0.97, / })).toBeTruthy();
    expect(within(drift).getByText('距上次登录天数')).toBeTruthy();
    fireEvent.click(within(drift).getByRole('button', { name: '现在看一次' }));
    await waitFor(() => expect(sent.some((one) => one.method === 'POST' && one.path === '/api/models/1/drift')).toBe(true));
    expect(screen.queryByRole('region', { name: '与在用的模型相比' })).toBeNull();
  });

  it('puts a challenger beside the model in service and names who would change lists', async () => {
    await show('/models/2', { lang: 'en' });
    const beside = await screen.findByRole('region', { name: 'Beside the model in service' });
    expect(await within(beside).findByText(/^The challenger is better: log loss differs by/)).toBeTruthy();
    const rows = within(beside).getAllByRole('row').slice(1).map(text);
    expect(rows[0]).toMatch(/^AUC ?0.842 .* ?\+0.019 \[\+0.007, \+0.031\] ?better$/);
    expect(rows.filter((one) => one.endsWith('cannot be told apart'))).toHaveLength(3);
    expect(within(beside).getByText('Of the top tenth of today (121) 3 would be others.')).toBeTruthy();
    expect(within(beside).getByRole('link', { name: '云启科技 1' }).getAttribute('href')).toBe('/customers/A1001');
    expect(screen.queryByRole('region', { name: 'Does it still hold?' })).toBeNull();
  });

  it('brings in somebody else\u2019s scores as a challenger that says when it lapses', async () => {
    await show('/models');
    fireEvent.click(await screen.findByRole('button', { name: '导入外部模型' }));
    const dialog = await screen.findByRole('dialog');
    const ok = within(dialog).getByRole<HTMLButtonElement>('button', { name: '导入并检验' });
    expect(ok.disabled).toBe(true);
    const file = new File(['customer_id,as_of,score\n'], 'theirs.csv', { type: 'text/csv' });
    fireEvent.change(dialog.querySelector('input[type=file]')!, { target: { files: [file] } });
    expect(await within(dialog).findByText('theirs.csv')).toBeTruthy();
    await waitFor(() => expect(ok.disabled).toBe(false));
    fireEvent.click(ok);
    await waitFor(() => expect(sent.find((one) => one.path === '/api/models/outside')?.query.get('lasts_days')).toBe('45'));
    expect(await screen.findByText(/外部模型 · 最后一个分数 .*有效 45 天/)).toBeTruthy();
    expect(screen.queryByText(/参与学习的指标/)).toBeNull();
    expect(await screen.findByText(/外部模型学习过哪些月份看不到/)).toBeTruthy();
  });

  it('says when models are trained by themselves and what came of it', async () => {
    await show('/models');
    const schedule = await screen.findByRole('region', { name: '自动训练' });
    expect(within(schedule).getByRole<HTMLInputElement>('radio', { name: '每月初' }).checked).toBe(true);
    expect(within(schedule).getByText(/没有训练出模型：历史上只有 28 位流失客户/)).toBeTruthy();
    expect(within(schedule).getByRole('link', { name: '看这个模型' }).getAttribute('href')).toBe('/models/2');
    fireEvent.click(within(schedule).getByRole('radio', { name: '在用模型不准时' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/models/schedule')?.body).toEqual({ mode: 'drift' }));
  });
});
