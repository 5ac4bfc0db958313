import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { make } from '../../mock/firm';
import { sent, show } from '../testing';

const heading = () => screen.findByRole('heading', { level: 1 });
const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('today', () => {
  it('says in one sentence how many need me, how many are due and what is at stake', async () => {
    await show('/today');
    await waitFor(async () => expect(text(await heading())).toMatch(/^今天要跟进 26 家客户，\d+ 家今天到时限，涉及年金额 ¥[\d.]+ 万$/));
  });

  it('says it in English', async () => {
    await show('/today', { lang: 'en' });
    await waitFor(async () => expect(text(await heading())).toMatch(/^26 customers need you today, \d+ due by tonight, ¥[\d.]+M a year at stake$/));
  });

  it('speaks of members and their advisor where the firm does', async () => {
    await show('/today', {
      session: (session) => ({ ...session, firm: { ...session.firm!, noun: { zh: '会员', en: 'member' }, noun_plural_en: 'members', measure_zh: '位', owner_title: { zh: '导购', en: 'advisor' } } }),
    });
    await waitFor(async () => expect(text(await heading())).toMatch(/^今天要跟进 26 位会员/));
    expect(screen.getByRole('link', { name: '会员' })).toBeTruthy();
  });

  it('reads the list page after page, and counts the whole of it', async () => {
    await show('/today');
    await waitFor(() => expect(sent.some((one) => one.path === '/api/today' && one.query.get('cursor') === '20')).toBe(true));
    await waitFor(() => expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('27'));
    expect(text(await heading())).toMatch(/^今天要跟进 26 家客户/);
  });

  it('accepts a case with the version seen, and then offers to close it', async () => {
    await show('/today');
    const table = await screen.findByRole('table');
    const button = within(table).getAllByRole('button', { name: '受理' })[0]!;
    const row = button.closest<HTMLElement>('[role=row]')!;
    const name = text(within(row).getAllByRole('link')[0]!);
    fireEvent.click(button);
    await waitFor(() => {
      const again = within(screen.getByRole('table')).getByText(name).closest<HTMLElement>('[role=row]')!;
      expect(within(again).getByRole('button', { name: '结案' })).toBeTruthy();
    });
    const asked = sent.find((one) => one.path.endsWith('/accept'))!;
    expect(asked.body).toEqual({ version: 1 });
    expect(asked.headers.get('X-Liuke')).toBe('1');
  });

  it('closes a case only with an outcome', async () => {
    await show('/today');
    const table = await screen.findByRole('table');
    fireEvent.click(within(table).getAllByRole('button', { name: '结案' })[0]!);
    const dialog = await screen.findByRole('dialog');
    const send = within(dialog).getByRole<HTMLButtonElement>('button', { name: '结案' });
    expect(send.disabled).toBe(true);
    fireEvent.click(within(dialog).getByRole('radio', { name: /已留存/ }));
    fireEvent.change(within(dialog).getByRole('textbox'), { target: { value: '电话沟通后续约' } });
    fireEvent.click(send);
    await waitFor(() => expect(sent.find((one) => one.path.endsWith('/close'))?.body).toMatchObject({ outcome: 'retained', note: '电话沟通后续约' }));
  });

  it('cannot act on the past, says so, and asks the server for that moment', async () => {
    await show('/today?as_of=2025-06-01');
    const table = await screen.findByRole('table');
    for (const button of within(table).getAllByRole<HTMLButtonElement>('button', { name: /受理|结案/ })) expect(button.disabled).toBe(true);
    expect(screen.getByText('您在看 2025-06-01 当时的情况')).toBeTruthy();
    expect(sent.filter((one) => one.path === '/api/today').every((one) => one.query.get('as_of') === '2025-06-01')).toBe(true);
    expect(screen.getByRole('link', { name: '客户' }).getAttribute('href')).toBe('/customers?as_of=2025-06-01');
    expect(screen.queryByText('重新计算')).toBeNull();
  });

  it('cannot act with an account that only reads', async () => {
    await show('/today', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'readonly' } }) });
    const table = await screen.findByRole('table');
    expect(within(table).getAllByRole<HTMLButtonElement>('button', { name: /受理|结案/ }).every((button) => button.disabled)).toBe(true);
  });

  it('is kind when all is done', async () => {
    await show('/today', { scene: 'done' });
    expect(await screen.findByText('今天的都跟进完了')).toBeTruthy();
    expect(screen.getByText('好消息')).toBeTruthy();
  });

  it('says why there is no list yet and what to do', async () => {
    await show('/today', { scene: 'empty' });
    expect(await screen.findByText(/还没有任何动态/)).toBeTruthy();
    expect(screen.getByRole('link', { name: /导入文件/ }).getAttribute('href')).toBe('/data/import');
  });

  it('says what failed, what is safe, and the reference', async () => {
    await show('/today', { scene: 'broken' });
    const fault = await screen.findByRole('alert');
    expect(text(fault)).toContain('没能读到今日');
    expect(text(fault)).toContain('没有丢失');
    expect(text(fault)).toContain('01JE8Z5Q9K');
  });
});

describe('customers', () => {
  it('puts few of 100,000 rows on the page', async () => {
    await show('/customers', { scene: 'many' });
    const table = await screen.findByRole('table');
    expect(Number(table.getAttribute('aria-rowcount'))).toBeGreaterThan(80_000);
    expect(within(table).getAllByRole('row').length).toBeLessThan(80);
  });

  it('keeps filters in the address and exports with them', async () => {
    await show('/customers?search=上海');
    await screen.findByRole('table');
    fireEvent.click(screen.getByRole('button', { name: /^极高/ }));
    await waitFor(() => expect(new URLSearchParams(location.search).get('band')).toBe('critical'));
    await waitFor(() => expect(sent.some((one) => one.path === '/api/customers' && one.query.get('band') === 'critical' && one.query.get('search') === '上海')).toBe(true));
    const href = new URL(screen.getByRole<HTMLAnchorElement>('link', { name: /导出/ }).href);
    expect(href.pathname).toBe('/api/exports/customers.xlsx');
    expect(Object.fromEntries(href.searchParams)).toEqual({ band: 'critical', search: '上海', lang: 'zh' });
  });

  it('sorts by a column and turns round on the second click', async () => {
    await show('/customers');
    await screen.findByRole('table');
    fireEvent.click(screen.getByRole('button', { name: '价值' }));
    await waitFor(() => expect(location.search).toBe('?sort=value&order=desc'));
    fireEvent.click(screen.getByRole('button', { name: '价值' }));
    await waitFor(() => expect(location.search).toBe('?sort=value&order=asc'));
  });

  it('clears what matches nothing', async () => {
    await show('/customers?search=没有这样的名字');
    fireEvent.click(await screen.findByRole('button', { name: '清除筛选' }));
    await waitFor(() => expect(location.search).toBe(''));
  });
});

describe('one customer', () => {
  const risky = Array.from({ length: 400 }, (_, index) => make(index)).find((one) => one.kase && one.row.value.value == null) ?? make(0);
  const bare = make(399);

  it('shows why: contributions that make its health from the base', async () => {
    await show(`/customers/${risky.row.id}`);
    expect(text(await screen.findByText(/^起点 80 分/))).toMatch(new RegExp(`得 ${String(risky.row.verdict.health).replace('.', '\\.')} 分$`));
  });

  it('shows what is unknown as a dash with its reason, never as zero', async () => {
    await show(`/customers/${bare.row.id}`);
    expect((await screen.findAllByText(/还没有任何动态/)).length).toBeGreaterThan(0);
    const unknown = screen.getAllByText(/^数据不足:/).map(text);
    expect(unknown.some((one) => one.includes('没有收到过合同或订单'))).toBe(true);
    expect(screen.queryByText('¥0')).toBeNull();
  });

  it('explains a figure to whoever rests on it, and is quiet again afterwards', async () => {
    await show(`/customers/${risky.row.id}`);
    const coverage = (await screen.findByText('数据完整度')).parentElement!.querySelector('[data-hint]')!;
    fireEvent.focusIn(coverage);
    expect(await screen.findByText('打分卡的权重里，有多少是有数据的')).toBeTruthy();
    expect(coverage.getAttribute('aria-describedby')).toBe('hint-words');
    fireEvent.keyDown(document.body, { key: 'Escape' });
    await waitFor(() => expect(coverage.hasAttribute('aria-describedby')).toBe(false));
  });

  it('puts the customer beside its own rhythm, in words and as a picture', async () => {
    const fallen = Array.from({ length: 400 }, (_, index) => make(index)).find((one) => one.row.verdict.band === 'critical')!;
    await show(`/customers/${fallen.row.id}`);
    const part = await screen.findByRole('region', { name: '和自己的节奏比' });
    expect(text(part)).toContain('没变的客户一年里只有 2% 会碰巧这样');
    expect(part.querySelector('[aria-label^="和自己的节奏比: 比自己往常降了"]')).toBeTruthy();
  });

  it('says that a customer outside one’s sight is not there', async () => {
    await show('/customers/nobody');
    expect(await screen.findByText('没有这个客户')).toBeTruthy();
  });

  it('filters its timeline by kind and keeps that in the address', async () => {
    await show(`/customers/${risky.row.id}`);
    fireEvent.click(await screen.findByRole('button', { name: /^服务工单/ }));
    await waitFor(() => expect(location.search).toBe('?kind=ticket'));
    await waitFor(() => expect(sent.some((one) => one.path.endsWith('/timeline') && one.query.get('kind') === 'ticket')).toBe(true));
  });
});

describe('alerts', () => {
  it('accepts many at once, each with its own version', async () => {
    await show('/alerts?case_state=new&owner=林婉清');
    await screen.findByRole('table');
    const boxes = screen.getAllByRole('checkbox');
    fireEvent.click(boxes[1]!);
    fireEvent.click(boxes.at(-1)!);
    fireEvent.click(within(await screen.findByRole('region', { name: /选了 2 条/ })).getByRole('button', { name: '受理' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/alerts/bulk')).toBeTruthy());
    const asked = sent.find((one) => one.path === '/api/alerts/bulk')!.body as { action: string; alerts: { version: number; case_version: number }[] };
    expect(asked.action).toBe('accept');
    expect(asked.alerts.map((one) => one.case_version)).toEqual([1, 1]);
  });
});

describe('churn', () => {
  it('has the definition in a sentence above the rate, and the names behind a month', async () => {
    await show('/churn');
    expect(await screen.findByText(/即视为流失/)).toBeTruthy();
    expect(text(await heading())).toMatch(/^2025 年 11 月流失 \d+ 家.客户流失率 [\d.]+%$/);
    fireEvent.click(screen.getByRole('button', { name: /^2025 年 11 月/ }));
    await waitFor(() => expect(location.search).toBe('?month=2025-11'));
    expect(await screen.findByText('2025 年 11 月流失的客户')).toBeTruthy();
  });

  it('says why a firm cannot be judged yet', async () => {
    await show('/churn', { scene: 'empty' });
    expect(await screen.findByText(/导入至少 60 天的历史/)).toBeTruthy();
  });
});

describe('the door', () => {
  it('comes first when nobody is signed in, and leads back to where one wanted to go', async () => {
    await show('/customers?band=high', { scene: 'signed_out' });
    await waitFor(() => expect(location.pathname + location.search).toBe('/sign-in?to=%2Fcustomers%3Fband%3Dhigh'));
  });

  it('does not say which of e-mail and password was wrong', async () => {
    await show('/sign-in', { scene: 'signed_out' });
    fireEvent.change(await screen.findByLabelText('邮箱'), { target: { value: 'a@b.example' } });
    fireEvent.change(screen.getByLabelText('密码'), { target: { value: 'wrong' } });
    fireEvent.click(screen.getByRole('button', { name: '登录' }));
    expect(text(await screen.findByRole('alert'))).toBe('邮箱或密码不对');
  });

  it('opens set-up only by its link', async () => {
    await show('/', { scene: 'setup' });
    expect(await screen.findByText(/请用启动时显示的设置链接/)).toBeTruthy();
  });

  it('sets the firm up with its own words and churn definition', async () => {
    await show('/setup?token=once', { scene: 'setup' });
    fireEvent.change(await screen.findByLabelText('公司名称'), { target: { value: '青禾书店' } });
    fireEvent.click(screen.getByRole('radio', { name: /零售与电商/ }));
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('量词').value).toBe('位'));
    fireEvent.click(screen.getByRole('button', { name: '下一步' }));
    expect(await screen.findByRole('radio', { name: /连续 90 天没有下单/ })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: '下一步' }));
    fireEvent.change(await screen.findByLabelText('姓名'), { target: { value: '苏晚晴' } });
    fireEvent.change(screen.getByLabelText('邮箱（登录名）'), { target: { value: 'su@example.com' } });
    fireEvent.change(screen.getByLabelText('密码'), { target: { value: 'long enough' } });
    fireEvent.click(screen.getByRole('button', { name: '开始使用' }));
    await waitFor(() => expect(sent.find((one) => one.path === '/api/setup')?.body).toMatchObject({
      token: 'once', name: '苏晚晴', email: 'su@example.com', firm: { name: '青禾书店', template: 'ecommerce', churn: 'no_order_90d', measure_zh: '位', noun: { zh: '会员', en: 'member' }, owner_title: { zh: '导购' } },
    }));
  });
});

describe('the import wizard', () => {
  const begun = { uploadId: 'u1', step: 'map', request: { kind: 'orders', mapping: {}, sheet: null, source: null, observed_on: null, equal_rows: null }, jobId: null };

  it('takes up what was begun, so that leaving the page loses nothing', async () => {
    sessionStorage.setItem('liuke.import', JSON.stringify({ ...begun, request: { ...begun.request, source: 'shop' } }));
    await show('/data/import');
    expect(await screen.findByDisplayValue('shop')).toBeTruthy();
    expect(screen.getByText('客户编号')).toBeTruthy();
  });

  it('does not go on while a required column is missing, and names it', async () => {
    sessionStorage.setItem('liuke.import', JSON.stringify({ ...begun, request: { ...begun.request, mapping: { 客户编号: '-' } } }));
    await show('/data/import');
    expect(text(await screen.findByRole('alert'))).toContain('还缺');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: /下一步/ }).disabled).toBe(true);
  });

  it('asks how often equal rows count, and looks at the file again with the answer', async () => {
    sessionStorage.setItem('liuke.import', JSON.stringify(begun));
    await show('/data/import');
    fireEvent.mouseDown(await screen.findByRole('combobox', { name: '内容相同的行' }));
    fireEvent.click(await screen.findByTitle('只算一次'));
    await waitFor(() => expect(sent.some((one) => one.path.endsWith('/preview') && (one.body as { equal_rows?: string }).equal_rows === 'once')).toBe(true));
  });

  it('shows the check before anything is written, then imports and reports', async () => {
    sessionStorage.setItem('liuke.import', JSON.stringify({ ...begun, step: 'check' }));
    await show('/data/import');
    expect(await screen.findByText(/2,361 行会导入/)).toBeTruthy();
    expect(sent.some((one) => one.path.endsWith('/commit'))).toBe(false);
    fireEvent.click(screen.getByRole('button', { name: '开始导入' }));
    expect(await screen.findByText('导入完成')).toBeTruthy();
    expect(screen.getByRole('link', { name: /下载未导入的行/ }).getAttribute('href')).toMatch(/^\/api\/imports\/\d+\/rejects\.csv$/);
    expect(sessionStorage.getItem('liuke.import')).toBeNull();
  });
});

describe('the frame', () => {
  it('finds customers, pages and actions in one box', async () => {
    await show('/today');
    await screen.findByRole('table');
    fireEvent.keyDown(document, { key: 'k', ctrlKey: true });
    const box = await screen.findByRole('combobox', { name: '搜索' });
    fireEvent.change(box, { target: { value: '流失' } });
    expect(await screen.findByRole('option', { name: '流失概览' })).toBeTruthy();
    fireEvent.keyDown(box, { key: 'Enter' });
    await waitFor(() => expect(location.pathname).toBe('/churn'));
  });

  it('moves with j and k and opens with enter', async () => {
    await show('/customers');
    const table = await screen.findByRole('table');
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'j' });
    fireEvent.keyDown(document.body, { key: 'k' });
    await waitFor(() => expect(within(table).getAllByRole('row')[1]?.dataset.active ?? 'true').toBe('true'));
    fireEvent.keyDown(document.body, { key: 'Enter' });
    await waitFor(() => expect(location.pathname).toMatch(/^\/customers\/C\d+$/));
  });

  it('has no page where there is none', async () => {
    await show('/nowhere');
    expect(await screen.findByRole('link', { name: '回到今日' })).toBeTruthy();
  });

  it('gives phones their navigation at the bottom', async () => {
    await show('/today', { narrow: true });
    await screen.findByRole('table');
    expect(screen.getByRole('navigation', { name: '页面' }).className).toBe('bottom');
  });
});

describe('the year in hindsight', () => {
  it('says how many would have been seen ahead, names them, and the missed and the false beside', async () => {
    await show('/lookback');
    await waitFor(async () => expect(text(await heading())).toContain('14 位可提前发现'));
    const table = (name: string) => within(screen.getByRole('table', { name }));
    expect(table('可提前发现').getAllByRole('link')).toHaveLength(14);
    fireEvent.click(screen.getByRole('button', { name: /漏掉/ }));
    expect(table('漏掉').getAllByText(/没有预警/).length).toBe(6);
    fireEvent.click(screen.getByRole('button', { name: /误报/ }));
    expect(table('误报').getAllByRole('link')).toHaveLength(9);
  });

  it('tells it part by part, with intervals, and of a segment by its name', async () => {
    await show('/lookback');
    const cut = await screen.findByRole('region', { name: '分开来看' });
    expect(within(cut).getByRole('row', { name: '高价值沉默客户 9 / 11 82% (41%–91%) 3 / 13 75% (20%–90%)' })).toBeTruthy();
    expect(within(cut).getByRole('row', { name: /^不在任何分群里 3 \/ 4 / })).toBeTruthy();
    fireEvent.click(within(cut).getByRole('button', { name: '客户价值' }));
    expect(within(cut).getAllByRole('rowheader').map(text)).toEqual(['高价值', '低价值', '价值未知']);
  });

  it('offers to look back where nobody has, and says in English what it will do', async () => {
    await show('/lookback', { scene: 'empty', lang: 'en' });
    fireEvent.click(await screen.findByRole('button', { name: 'Look back' }));
    await waitFor(() => expect(sent.some((one) => one.method === 'POST' && one.path === '/api/lookback')).toBe(true));
    expect(await screen.findByText('Looking back on the year')).toBeTruthy();
  });
});
