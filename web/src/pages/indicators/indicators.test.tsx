import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const heading = () => screen.findByRole('heading', { level: 1 });
const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const names = (table: HTMLElement) => within(table).getAllByRole('row').slice(1).map((row) => text(within(row).getAllByRole('link')[0]!));

describe('the catalogue', () => {
  it('says how many indicators went with leaving, the strongest first, and by which churn definition', async () => {
    await show('/indicators');
    const table = await screen.findByRole('table', { name: '指标' });
    await waitFor(async () => expect(text(await heading())).toBe('10 个指标，6 个在这里预示流失'));
    expect(names(table)[0]).toBe('近 30 天登录天数');
    expect(within(table).getByRole('img', { name: '区分力 0.79，95% 区间 0.74 到 0.84' })).toBeTruthy();
    expect(text(screen.getByRole('region', { name: '用历史检验' }))).toContain('流失口径');
  });

  it('finds an indicator by its census id and by a word of its question, in either language', async () => {
    await show('/indicators');
    await screen.findByRole('table');
    const box = screen.getByRole('textbox', { name: '名称、问题或编号' });
    fireEvent.change(box, { target: { value: 'IND-52' } });
    await waitFor(() => expect(names(screen.getByRole('table'))).toEqual(['超时未回工单']));
    fireEvent.change(box, { target: { value: 'recommend' } });
    await waitFor(() => expect(names(screen.getByRole('table'))).toEqual(['最近一次推荐分']));
    expect(new URLSearchParams(location.search).get('search')).toBe('recommend');
    fireEvent.change(box, { target: { value: 'zzz' } });
    fireEvent.click(await screen.findByRole('button', { name: '清除筛选' }));
    await waitFor(() => expect(location.search).toBe(''));
  });

  it('sorts by coverage, and shows what has no data as a dash, never as zero', async () => {
    await show('/indicators');
    fireEvent.click(await screen.findByRole('button', { name: '完整度' }));
    await waitFor(() => expect(location.search).toBe('?sort=coverage&order=desc'));
    const rows = within(screen.getByRole('table')).getAllByRole('row');
    expect(text(rows.at(-1)!)).toContain('近 90 天满意度均分');
    expect(text(rows.at(-1)!)).toContain('数据不足');
  });

  it('says before any run what a run would tell, and runs it in the background', async () => {
    await show('/indicators', { scene: 'done' });
    expect(await screen.findByText('哪些指标在这里真的预示流失？')).toBeTruthy();
    expect(text(await heading())).toBe('10 个指标，还没有用历史检验过');
    fireEvent.click(screen.getByRole('button', { name: '用历史检验' }));
    expect(await screen.findByText(/^正在用历史检验，/)).toBeTruthy();
    expect(await screen.findByRole('button', { name: '重新检验' })).toBeTruthy();
    await waitFor(async () => expect(text(await heading())).toBe('10 个指标，6 个在这里预示流失'));
    expect(sent.filter((one) => one.method === 'POST' && one.path === '/api/indicators/efficacy').length).toBe(1);
  });

  it('cannot run anything in the past, and reads that moment', async () => {
    await show('/indicators?as_of=2025-06-01', { scene: 'done' });
    await screen.findByRole('table');
    expect(screen.queryByRole('button', { name: '用历史检验' })).toBeNull();
    expect(sent.filter((one) => one.path === '/api/indicators').every((one) => one.query.get('as_of') === '2025-06-01')).toBe(true);
  });

  it('says before anything came in what to do first', async () => {
    await show('/indicators', { scene: 'empty' });
    expect(await screen.findByText('还没有数据可以算')).toBeTruthy();
    expect(screen.getByRole('link', { name: '导入文件' }).getAttribute('href')).toBe('/data/import');
    expect(screen.queryByRole('button', { name: '用历史检验' })).toBeNull();
  });

  it('speaks English', async () => {
    await show('/indicators', { lang: 'en' });
    await waitFor(async () => expect(text(await heading())).toBe('10 indicators, 6 went with leaving here'));
  });
});

describe('one indicator', () => {
  it('says why it matters here, how it lies now, and who stands worst', async () => {
    await show('/indicators/login_days_30d');
    await waitFor(async () => expect(text(await heading())).toBe('近 30 天登录天数'));
    const told = screen.getByRole('region', { name: '在这里是否预示流失' });
    expect(text(told)).toContain('越低，越容易流失');
    expect(within(told).getByRole('img', { name: /^各一成的流失，是平均的几倍/ })).toBeTruthy();
    expect(text(screen.getByRole('region', { name: '现在的分布' }))).toMatch(/一半在 \d+ 天到 \d+ 天之间，中位 \d+ 天/);
    const worst = screen.getByRole('region', { name: '最差的客户' });
    expect(within(worst).getAllByRole('link')[0]!.getAttribute('href')).toMatch(/^\/customers\/C\d+$/);
  });

  it('tells when history turns beside the other signals, and because of what', async () => {
    await show('/indicators/feature_breadth_30d');
    const told = await screen.findByRole('region', { name: '在这里是否预示流失' });
    await waitFor(() => expect(text(told)).toContain('方向变了'));
    expect(within(told).getByRole('link', { name: '近 30 天登录天数' })).toBeTruthy();
    expect(text(told)).toContain('2025 年 10 月的分布和其他月份明显不同');
  });

  it('has its own definition one tab away, and no other', async () => {
    await show('/indicators/login_days_30d');
    fireEvent.click(await screen.findByRole('tab', { name: '定义' }));
    await waitFor(() => expect(location.search).toBe('?tab=definition'));
    const source = screen.getByRole('region', { name: '定义' });
    expect(text(source)).toContain('login_days_30d');
    expect(text(source)).not.toContain('other_one');
  });

  it('says that there is none', async () => {
    await show('/indicators/nothing');
    expect(await screen.findByText('没有这个指标')).toBeTruthy();
  });
});

describe('the builder', () => {
  it('asks for facts first and works nothing out until there are some', async () => {
    await show('/indicators/new');
    expect((await screen.findAllByText('先选看哪种动态')).length).toBeGreaterThan(0);
    expect(sent.some((one) => one.path === '/api/indicators/preview')).toBe(false);
  });

  it('begins with a copy, shows what it gives, and writes the definition', async () => {
    await show('/indicators/new?from=login_days_30d');
    await waitFor(() => expect(sent.some((one) => one.path === '/api/indicators/preview')).toBe(true));
    expect(await screen.findByText(/^[\d,]+ 家里 [\d,]+ 家有数/)).toBeTruthy();
    fireEvent.click(screen.getByRole('tab', { name: '定义' }));
    const written = await screen.findByRole('region', { name: '定义' });
    expect(text(written)).toContain('of = { kind = "event", name = "Logged In", where = { device = ["web", "ios"] } }');
    expect(screen.getByRole('button', { name: /下载/ })).toBeTruthy();
  });

  it('shows the facts that counted for one customer', async () => {
    await show('/indicators/new?from=login_days_30d');
    fireEvent.click((await screen.findAllByRole('button', { name: /^看明细/ }))[0]!);
    expect(await screen.findByText(/^最近 60 条动态里，\d+ 条计入$/)).toBeTruthy();
    const asked = sent.findLast((one) => one.path === '/api/indicators/preview')!;
    expect((asked.body as { customer: string }).customer).toMatch(/^C\d+$/);
    fireEvent.click(screen.getByRole('switch', { name: '只看计入的' }));
    const list = screen.getByRole('list', { name: '看哪些动态' });
    await waitFor(() => expect(within(list).getAllByRole('listitem').every((item) => text(item).includes('计入'))).toBe(true));
  });

  it('names what is wrong beside its control, with a suggestion', async () => {
    await show('/indicators/new');
    fireEvent.click(await screen.findByText('由其他指标计算'));
    fireEvent.change(screen.getByRole('textbox', { name: '算式' }), { target: { value: 'nonsense / 2' } });
    const section = screen.getByRole('region', { name: '算式' });
    await waitFor(() => expect(text(section)).toContain('是否想写“open_tickets”？'));
    expect(await screen.findByText('有 1 处不对')).toBeTruthy();
  });

  it('keeps the draft of this visit', async () => {
    await show('/indicators/new');
    fireEvent.change(await screen.findByRole('textbox', { name: '名称' }), { target: { value: '我的指标' } });
    await waitFor(() => expect(sessionStorage.getItem('liuke.indicator')).toContain('我的指标'));
    fireEvent.click(screen.getByRole('button', { name: '重新开始' }));
    await waitFor(() => expect(screen.getByRole<HTMLInputElement>('textbox', { name: '名称' }).value).toBe(''));
  });

  it('puts the draft to history when asked', async () => {
    await show('/indicators/new?from=login_days_30d&tab=efficacy');
    fireEvent.click(await screen.findByRole('button', { name: '用历史检验' }));
    expect(await screen.findByRole('region', { name: '在这里是否预示流失' })).toBeTruthy();
    expect(sent.find((one) => one.path === '/api/indicators/draft/efficacy')?.body).toMatchObject({ text: expect.stringContaining('login_days_30d_draft') as string });
  });

  it('says on a phone that it wants a wider screen, and offers nothing that cannot be done there', async () => {
    await show('/indicators/new', { narrow: true });
    expect(await screen.findByText('这一页在宽一点的屏幕上用')).toBeTruthy();
    expect(screen.queryByRole('tab')).toBeNull();
  });
});

describe('two indicators', () => {
  it('are put side by side on the same customers', async () => {
    await show('/indicators/compare?left=login_days_30d&right=days_since_last_login');
    await waitFor(async () => expect(text(await heading())).toBe('两种算法有些像，排序相关 0.42'));
    const table = screen.getByRole('table', { name: '差得最远的' });
    expect(within(table).getAllByRole('row').length).toBe(21);
    expect(sent.find((one) => one.path === '/api/indicators/compare')?.body).toEqual({ left: 'login_days_30d', right: 'days_since_last_login' });
    fireEvent.click(screen.getByRole('button', { name: '左右对换' }));
    await waitFor(() => expect(location.search).toBe('?left=days_since_last_login&right=login_days_30d'));
  });

  it('are chosen first', async () => {
    await show('/indicators/compare?left=login_days_30d');
    expect(await screen.findByText('左右各选一个')).toBeTruthy();
    expect(sent.some((one) => one.path === '/api/indicators/compare')).toBe(false);
  });
});

describe('among whom', () => {
  it('says with how many of the same plan one is compared, which are too few, and how segments differ', async () => {
    await show('/indicators/feature_breadth_30d');
    const peers = await screen.findByRole('region', { name: '和谁比' });
    expect(text(peers)).toContain('不到 20 家，就不比');
    expect(text(peers)).toMatch(/内测版\s*7\s*太少，不比/);
    expect(text(peers)).toContain('还有 1 群');
    expect(within(screen.getByRole('region', { name: '按分群' })).getByText('高价值客户')).toBeTruthy();
  });
});
