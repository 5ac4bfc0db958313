import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { linesOf, placeOf } from '../../parts/Json';
import { sent, show, streams } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const heading = () => screen.findByRole('heading', { level: 1 });

describe('sources', () => {
  it('says how many receive and which have gone quiet', async () => {
    await show('/data');
    await waitFor(async () => expect(text(await heading())).toMatch(/^[\d,]+ 条明细记录，4 个来源正在接收，1 个没有动静$/));
    const card = screen.getByRole('link', { name: '企业微信' }).closest('li')!;
    expect(text(card)).toContain('没有动静');
    expect(text(screen.getByRole('link', { name: '旧工单系统' }).closest('li')!)).toContain('已停用');
  });

  it('adds one by kind and name and leads to its lines', async () => {
    await show('/data/sources/new');
    fireEvent.click(await screen.findByRole('button', { name: /Segment/ }));
    fireEvent.change(await screen.findByLabelText('来源名称'), { target: { value: '小程序' } });
    fireEvent.click(screen.getByRole('button', { name: '建立来源' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'POST' && one.path === '/api/sources')?.body).toMatchObject({ kind: 'segment', name: '小程序' }));
    expect(await screen.findByRole('heading', { level: 1, name: '小程序' })).toBeTruthy();
    expect(text(await screen.findByRole('region', { name: '@segment/analytics-next' }))).toContain('writeKey');
  });

  it('asks where an SFTP folder is and seals its key', async () => {
    await show('/data/sources/new?kind=sftp');
    for (const [label, value] of [['来源名称', '夜间导出'], ['服务器地址', 'files.example.cn'], ['账号', 'liuke'], ['私钥', '-----BEGIN KEY'], ['文件夹', '/exports']] as const) {
      fireEvent.change(await screen.findByLabelText(label), { target: { value } });
    }
    fireEvent.click(screen.getByRole('button', { name: '建立来源' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'POST' && one.path === '/api/sources')?.body).toMatchObject({ kind: 'sftp', name: '夜间导出', settings: { host: 'files.example.cn', port: 22, user: 'liuke', path: '/exports', schedule: { every_minutes: 30 } }, secrets: { private_key: '-----BEGIN KEY' } }));
  });

  it('shows the password of a database to nobody and sends it only when it was typed', async () => {
    await show('/data/sources/7');
    const form = await screen.findByRole('region', { name: '连接与定时' });
    expect(within(form).getByLabelText<HTMLInputElement>('密码').value).toBe('');
    fireEvent.change(within(form).getByLabelText('服务器地址'), { target: { value: '10.0.0.6' } });
    fireEvent.click(within(form).getByRole('button', { name: '保存' }));
    await waitFor(() => expect(sent.find((one) => one.method === 'PATCH')?.body).toMatchObject({ version: 1, secrets: {}, settings: { host: '10.0.0.6', watermark: 'updated_at', mapping: { kind: 'customers', key: ['id'] }, schedule: { every_minutes: 30 } } }));
  });

  it('lets nobody but an administrator change one', async () => {
    await show('/data/sources/1', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'manager' } }) });
    expect((await screen.findByRole<HTMLButtonElement>('switch', { name: '接收数据' })).disabled).toBe(true);
    expect(screen.queryByText('换密钥')).toBeNull();
  });
});

describe('the inspector', () => {
  const row = { number: 9_001, at: '2025-12-03T01:12:00Z', source: '官网', outcome: 'accepted', name: 'Report Exported', customer: 'C-9', message_id: 'm-9', fault_code: null, fault_path: null, fault: null };

  it('shows what comes in as it comes', async () => {
    await show('/data/live');
    const log = await screen.findByRole('log', { name: '实时数据' });
    act(() => streams.at(-1)!.say(row));
    await waitFor(() => expect(text(within(log).getByText('C-9').closest('.live-row')!)).toContain('导出报表'));
  });

  it('looks once more when the connection is open, so that nothing falls between', async () => {
    await show('/data/live');
    await screen.findByRole('log');
    const looks = () => sent.filter((one) => one.path === '/api/intake/recent').length;
    const before = looks();
    act(() => streams.at(-1)!.onopen?.());
    expect(looks()).toBe(before + 1);
  });

  it('says in words what is wrong with a message', async () => {
    await show('/data/live');
    const log = await screen.findByRole('log', { name: '实时数据' });
    act(() => streams.at(-1)!.say({ ...row, number: 9_002, outcome: 'held', name: '', customer: '', fault_code: 'bad_time', fault_path: '$.batch[1].timestamp', fault: { zh: '时间写成了昨天', en: 'the time says yesterday' } }));
    expect(text((await within(log).findByText(/时间写成了昨天/)).closest('.live-row')!)).toContain('$.batch[1].timestamp');
  });

  it('holds still when asked, counts what came meanwhile, and shows it afterwards', async () => {
    await show('/data/live');
    await screen.findByRole('log');
    fireEvent.click(screen.getByRole('button', { name: '暂停' }));
    act(() => streams.at(-1)!.say(row));
    fireEvent.click(await screen.findByRole('button', { name: '又来了 1 条，点这里看' }));
    expect(await screen.findByText('C-9')).toBeTruthy();
  });

  it('asks the server for one source only, and closes the stream it leaves', async () => {
    await show('/data/live?source=官网');
    await screen.findByRole('log');
    expect(decodeURIComponent(streams.at(-1)!.url)).toContain('source=官网');
    const first = streams.at(-1)!;
    fireEvent.click(screen.getByText('重复', { selector: '.ant-segmented-item-label' }));
    await waitFor(() => expect(streams.at(-1)!.url).toContain('outcome=duplicate'));
    expect(first.closed).toBe(true);
  });
});

describe('quarantine', () => {
  it('shows where a message is wrong and replays it as mended', async () => {
    await show('/data/held');
    fireEvent.click((await screen.findByText('时间看不懂：“昨天下午”')).closest('[role=row]')!);
    const drawer = await screen.findByRole('dialog');
    expect(text(drawer.querySelector('.json-mark')!)).toContain('昨天下午');
    fireEvent.click(within(drawer).getByRole('button', { name: '编辑' }));
    const box = within(drawer).getByRole<HTMLTextAreaElement>('textbox', { name: '收到的原文' });
    const told = JSON.parse(box.value) as object;
    fireEvent.change(box, { target: { value: '{' } });
    expect(within(drawer).getByRole<HTMLButtonElement>('button', { name: '重新放行' }).disabled).toBe(true);
    fireEvent.change(box, { target: { value: JSON.stringify({ ...told, timestamp: '2025-12-03T01:00:00Z' }) } });
    fireEvent.click(within(drawer).getByRole('button', { name: '重新放行' }));
    await waitFor(() => expect(JSON.parse((sent.find((one) => one.path === '/api/quarantine/41/replay')!.body as { body: string }).body)).toMatchObject({ timestamp: '2025-12-03T01:00:00Z' }));
    await waitFor(() => expect(screen.queryByText('时间看不懂：“昨天下午”')).toBeNull());
  });

  it('marks the nearest line of what is missing, however the path is written', () => {
    expect(['$.batch[0].userId', 'batch.0.userId', '/batch/0/userId'].map(placeOf)).toEqual(Array(3).fill('batch[0].userId'));
    expect(linesOf({ batch: [{ type: 'track' }] }).map((line) => line.path)).toEqual(['', 'batch', 'batch[0]', 'batch[0].type', '', '', '']);
  });
});

describe('identity', () => {
  it('merges into the one that was chosen, with the version seen', async () => {
    await show('/data/identity');
    const conflict = (await screen.findByText('phone:13800138000')).closest('li')!;
    const choices = within(conflict).getAllByRole<HTMLInputElement>('radio');
    fireEvent.click(choices[1]!);
    fireEvent.click(within(conflict).getByRole('button', { name: /^合并/ }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/identity/conflicts/2')?.body).toMatchObject({ action: 'merge', version: 1, into: choices[1]!.value }));
  });
});

describe('quality', () => {
  it('says which source is not as usual and what it starves', async () => {
    await show('/data/quality');
    await waitFor(async () => expect(text(await heading())).toBe('1 个来源的数据不正常，2 个指标因此没有数'));
    expect(text(screen.getByRole('list', { name: '数据问题' }))).toContain('近 30 天功能使用次数');
    expect(text(screen.getByRole('table', { name: 'App 埋点' }))).toContain('明显变少');
  });
});

describe('imports', () => {
  it('takes an import back after asking', async () => {
    await show('/data/files');
    const row = (await screen.findByText('2025-11 订单.xlsx')).closest<HTMLElement>('[role=row]')!;
    fireEvent.click(within(row).getByRole('button', { name: '撤销' }));
    const dialog = await screen.findByRole('dialog');
    expect(text(dialog)).toContain('4,120 条明细记录');
    fireEvent.click(within(dialog).getByRole('button', { name: '撤销' }));
    await waitFor(() => expect(sent.some((one) => one.method === 'POST' && one.path === '/api/imports/3/undo')).toBe(true));
  });

  it('takes cells pasted from a spreadsheet', async () => {
    await show('/data/import');
    await screen.findByText(/直接粘贴/);
    fireEvent.click(screen.getByRole('button', { name: '打开粘贴框' }));
    fireEvent.change(screen.getByRole('textbox', { name: '连同表头一起粘贴到这里' }), { target: { value: '客户编号\t金额\nC1\t10' } });
    expect(screen.getByRole<HTMLButtonElement>('button', { name: '就用这些' }).disabled).toBe(false);
  });
});
