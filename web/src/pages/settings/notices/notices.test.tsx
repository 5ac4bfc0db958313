import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../../testing';

describe('notices', () => {
  it('shows no secret, says why the latest message failed, and why a test does', async () => {
    await show('/settings/notices');
    const region = await screen.findByRole('region', { name: '通知渠道' });
    await within(region).findByText('企业微信不认识这个机器人地址');
    fireEvent.click(within(region).getAllByRole('button', { name: '测试发送' })[1]!);
    await waitFor(() => expect(document.body.textContent).toContain('请重新复制机器人的 Webhook 地址'));
  });

  it('adds a bot with what its kind needs and nothing else', async () => {
    await show('/settings/notices');
    const region = await screen.findByRole('region', { name: '通知渠道' });
    // What may be added is known with the channels that are there.
    await within(region).findByText('客户成功群');
    fireEvent.click(within(region).getByRole('button', { name: '添加渠道' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.mouseDown(within(dialog).getByRole('combobox', { name: '类型' }));
    fireEvent.click(await screen.findByTitle('飞书群机器人'));
    fireEvent.change(within(dialog).getByLabelText('名称'), { target: { value: '一线群' } });
    fireEvent.change(within(dialog).getByLabelText('Webhook 地址'), { target: { value: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '添加渠道' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/channels' && one.method === 'POST')?.body).toEqual({ name: '一线群', kind: 'feishu_bot', settings: {}, secrets: { webhook: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc' } }));
  });

  it('keeps what a person chooses, kind by kind', async () => {
    await show('/settings/notices');
    const region = await screen.findByRole('region', { name: '我的通知' });
    const mail = await within(region).findByRole('group', { name: '公司邮箱' });
    fireEvent.click(within(mail).getByRole('checkbox', { name: '已超时' }));
    fireEvent.click(within(region).getByRole('button', { name: '保存' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PUT')?.body).toMatchObject({ version: 0, quiet_from: '21:00', ways: [{ channel_id: 1, kinds: ['morning', 'urgent', 'breach'] }] }));
  });

  it('asks about what may have arrived and sends it again only when told to', async () => {
    await show('/settings/notices');
    const region = await screen.findByRole('region', { name: '投递记录' });
    await within(region).findByRole('button', { name: '1 条要您决定' });
    fireEvent.click(within(region).getByRole('button', { name: '重发' }));
    await waitFor(() => expect(sent.find((one) => one.path.endsWith('/resend'))?.body).toEqual({ version: 1 }));
    await waitFor(() => expect(within(region).queryByRole('button', { name: '重发' })).toBeNull());
  });
});
