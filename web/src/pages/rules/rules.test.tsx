import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';
import { draftOf } from './build/draft';

const heading = () => screen.findByRole('heading', { level: 1 });
const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const group = (name: string) => screen.findByRole('region', { name });
const last = (method: string, path: string) => sent.findLast((one) => one.method === method && one.path === path)?.body;

describe('the rules', () => {
  it('say how many are on and what is open, those on apart from those off, the most urgent first', async () => {
    await show('/rules');
    await waitFor(async () => expect(text(await heading())).toMatch(/^3 条规则开着，现有 \d+ 条预警$/));
    const [on, off] = [await group('开着'), await group('没开')];
    expect(within(on).getAllByRole('listitem').map((one) => text(within(one).getAllByRole('link')[0]!))).toEqual(['很久没有登录', '健康分偏低', '工单没有人回']);
    expect(within(off).getAllByRole('listitem').length).toBe(2);
    expect(text(on)).toContain('距上次登录天数不低于 14 天');
    expect(text(on)).toContain('RULE-05');
    await waitFor(() => expect(text(on)).toContain('抓住 14/20，误报 9'));
    await waitFor(() => expect(text(on)).toContain('发过 26 条'));
  });

  it('are found by a census id, by a word of the condition and by their cause', async () => {
    await show('/rules');
    const box = await screen.findByRole('textbox', { name: '名称、条件或编号' });
    fireEvent.change(box, { target: { value: 'rule-12' } });
    await waitFor(() => expect(screen.queryByRole('region', { name: '开着' })).toBeNull());
    expect(within(await group('没开')).getAllByRole('listitem').length).toBe(1);
    fireEvent.change(box, { target: { value: 'nothing like it' } });
    fireEvent.click(await screen.findByRole('button', { name: '清除筛选' }));
    await waitFor(() => expect(location.search).toBe(''));
  });

  it('show what switching one on would do, with another threshold, before it is switched on', async () => {
    await show('/rules');
    fireEvent.click(await screen.findByRole('switch', { name: '开关：7 天未登录且用得少' }));
    const days = await screen.findByRole('spinbutton', { name: '没有登录的天数' });
    expect(sent.some((one) => one.method === 'POST' && one.path.endsWith('/switch'))).toBe(false);
    const before = text(await screen.findByText(/^现在会提醒/));
    expect(await screen.findByRole('img', { name: /每周的预警：共 \d+ 条/ })).toBeTruthy();
    fireEvent.change(days, { target: { value: '20' } });
    await waitFor(() => expect((last('POST', '/api/rules/preview') as { rule: { parameters: { days: { value: number } } } }).rule.parameters.days.value).toBe(20));
    await waitFor(() => expect(text(screen.getByText(/^现在会提醒/))).not.toBe(before));
    expect(await screen.findByText('出厂 7')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: '开启' }));
    await waitFor(() => expect(last('POST', '/api/rules/saas_away_and_unused/switch')).toEqual({ is_active: true, parameters: { days: 20 }, note: null }));
    await waitFor(async () => expect(within(await group('开着')).getAllByRole('listitem').length).toBe(4));
  });

  it('are switched off at once', async () => {
    await show('/rules');
    fireEvent.click(await screen.findByRole('switch', { name: '开关：健康分偏低' }));
    await waitFor(() => expect(last('POST', '/api/rules/saas_health_low/switch')).toMatchObject({ is_active: false }));
    await waitFor(async () => expect(within(await group('没开')).getAllByRole('listitem').length).toBe(3));
  });

  it('are read and not changed by whoever is no administrator, and in the past', async () => {
    await show('/rules', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'manager' } }) });
    const one = await screen.findByRole('switch', { name: '开关：很久没有登录' });
    expect((one as HTMLButtonElement).disabled).toBe(true);
    expect(screen.queryByRole('button', { name: '新建规则' })).toBeNull();
  });

  it('say what failed, and what to do', async () => {
    await show('/rules', { scene: 'broken' });
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(screen.getByRole('button', { name: '再试一次' })).toBeTruthy();
  });

  it('speak English', async () => {
    await show('/rules', { lang: 'en' });
    await waitFor(async () => expect(text(await heading())).toMatch(/^3 rules are on, with \d+ alerts open$/));
    expect(text(await group('Off'))).toContain('At least 2 of these');
  });
});

describe('one rule', () => {
  it('is told in whole sentences: when, until when, what it says, how it was read', async () => {
    await show('/rules/saas_away_and_unused');
    await waitFor(async () => expect(text(await heading())).toBe('7 天未登录且用得少'));
    const told = await group('什么时候提醒');
    expect(text(told)).toContain('距上次登录天数不低于 7 天，且近 30 天登录天数不超过 6 天');
    expect(text(told)).toContain('按“且”理解');
    await waitFor(() => expect(within(told).getAllByText('距上次登录天数').length).toBeGreaterThan(0));
    expect(text(await group('版本'))).toContain('没有改过');
    expect(text(await group('检验'))).toContain('8 / 20');
    expect(within(await group('现在会提醒谁')).getAllByRole('link')[0]!.getAttribute('href')).toMatch(/^\/customers\/C\d+$/);
  });

  it('has its versions, and one step back', async () => {
    await show('/rules/saas_away');
    fireEvent.change(await screen.findByRole('spinbutton', { name: '没有登录的天数' }), { target: { value: '21' } });
    fireEvent.click(await screen.findByRole('button', { name: '保存' }));
    const versions = await group('版本');
    await waitFor(() => expect(within(versions).getAllByRole('listitem').length).toBe(2));
    expect(text(versions)).toContain('第 2 版在用');
    fireEvent.click(within(versions).getByRole('button', { name: '退回第 1 版' }));
    fireEvent.click(await screen.findByRole('button', { name: '退回这一版' }));
    await waitFor(() => expect(last('POST', '/api/rules/saas_away/rollback')).toEqual({ number: 1, version: 2 }));
    await waitFor(() => expect(screen.getByRole<HTMLInputElement>('spinbutton', { name: '没有登录的天数' }).value).toBe('14'));
  });

  it('is handed in for review by whoever wrote it, and put in use by whoever looked at it', async () => {
    await show('/rules/saas_away/edit');
    fireEvent.change(await threshold(), { target: { value: '9' } });
    fireEvent.blur(await threshold());
    await waitFor(() => expect(screen.getByRole<HTMLButtonElement>('button', { name: '交付复核' }).disabled).toBe(false));
    fireEvent.click(screen.getByRole('button', { name: '交付复核' }));
    await waitFor(() => expect(location.pathname).toBe('/rules/saas_away'));
    expect(last('POST', '/api/rules/saas_away/review')).toEqual({ version: 1 });
    const versions = await group('版本');
    expect(text(versions)).toContain('第 2 版待审');
    fireEvent.click(within(versions).getByRole('button', { name: '复核并启用第 2 版' }));
    expect(await screen.findByText(/起草，.+复核并启用/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: /^启\s?用$/ }));
    await waitFor(() => expect(last('POST', '/api/rules/saas_away/activate')).toEqual({ number: 2, version: 2 }));
    await waitFor(() => expect(text(versions)).toContain('第 2 版在用'));
  });

  it('says that there is none', async () => {
    await show('/rules/nothing');
    expect(await screen.findByText('没有这条规则')).toBeTruthy();
  });

  it('is read and adjusted on a phone', async () => {
    await show('/rules/saas_away', { narrow: true });
    expect(await screen.findByRole('spinbutton', { name: '没有登录的天数' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: '修改' })).toBeNull();
  });
});

/** The first threshold of when it speaks. */
const threshold = async () => (await within(await screen.findByRole('group', { name: '提醒的条件' })).findAllByRole<HTMLInputElement>('spinbutton', { name: '阈值' }))[0]!;

async function pickNumber(name: string) {
  const box = await screen.findByRole('combobox', { name: '指标' });
  fireEvent.mouseDown(box);
  fireEvent.change(box, { target: { value: name } });
  fireEvent.click((await screen.findAllByText(name, { selector: '.ant-select-item-option .clip' }))[0]!);
}

describe('the builder', () => {
  it('asks for a condition first and works nothing out until there is one', async () => {
    await show('/rules/new');
    expect(await screen.findByText('先加一个条件')).toBeTruthy();
    expect(sent.some((one) => one.path === '/api/rules/preview')).toBe(false);
    expect(screen.getByRole('button', { name: '启用' })).toHaveProperty('disabled', true);
  });

  it('shows whom a new condition catches, begins with a threshold, and is put in use', async () => {
    await show('/rules/new');
    await pickNumber('距上次登录天数');
    expect(await screen.findByText(/^现在四分之一的客户不到/)).toBeTruthy();
    await waitFor(() => expect(text(screen.getByRole('heading', { level: 2, name: /^现在会提醒/ }))).toMatch(/现在会提醒 [\d,]+ 家，占 [\d,]+ 家的 \d+%/));
    const effect = await group('效果');
    await waitFor(() => expect(within(effect).getAllByRole('listitem').length).toBe(20));
    fireEvent.change(screen.getByRole('textbox', { name: '名称' }), { target: { value: '走远了' } });
    fireEvent.click(screen.getByRole('button', { name: '启用' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: '改了什么' }), { target: { value: '先试一个月' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '启用' }));
    await waitFor(() => expect(location.pathname).toBe('/rules/own_rule'));
    expect(last('PUT', '/api/rules/own_rule/draft')).toMatchObject({ note: '先试一个月', version: null, rule: { state: 'active', name: { zh: '走远了' }, when: { of: 'days_since_last_login', is: '>=' } } });
    expect(last('POST', '/api/rules/own_rule/activate')).toEqual({ number: 1, version: 1 });
  });

  it('joins conditions, turns one round, and lets one last', async () => {
    await show('/rules/saas_tickets/edit');
    const tree = await screen.findByRole('group', { name: '提醒的条件' });
    expect(within(tree).getAllByRole('group').length).toBe(2);
    expect(text(within(tree).getByRole('group', { name: '条件 2：客户价值' }))).toContain('不');
    fireEvent.click(within(within(tree).getByRole('group', { name: '条件 1：指标' })).getByRole('button', { name: '更多' }));
    fireEvent.click(await screen.findByText('要连续几天都这样'));
    await waitFor(() => expect(last('POST', '/api/rules/preview')).toMatchObject({ rule: { when: { all: [{ holds: { of: 'open_tickets', is: '>=', than: 2 }, for_days: 3 }, { not: { tier: ['low'] } }] } } }));
    expect(await screen.findByText(/连续 3 天都满足/)).toBeTruthy();
  });

  it('puts what it would do beside the version in use', async () => {
    await show('/rules/saas_away/edit');
    const box = await threshold();
    expect(box.value).toBe('14');
    fireEvent.change(box, { target: { value: '5' } });
    expect(await screen.findByText(/^在用的版本：现在 \d+ 家/)).toBeTruthy();
    await waitFor(() => expect(last('POST', '/api/rules/preview')).toMatchObject({ rule: { when: { than: '$days' }, parameters: { days: { value: 5 } } } }));
    fireEvent.click(screen.getByRole('button', { name: '存草稿' }));
    await waitFor(() => expect(location.pathname).toBe('/rules/saas_away'));
    expect(await screen.findByRole('button', { name: '继续改草稿' })).toBeTruthy();
  });

  it('hands over the definition itself to whoever wants to write it, and takes it back', async () => {
    await show('/rules/saas_away/edit');
    await threshold();
    fireEvent.click(screen.getByRole('tab', { name: '定义' }));
    fireEvent.click(await screen.findByRole('button', { name: '直接改' }));
    expect((await screen.findByRole<HTMLTextAreaElement>('textbox', { name: '定义' })).value).toContain('than = "$days"');
    fireEvent.click(screen.getByRole('button', { name: '回到控件，放弃这里的改动' }));
    expect(await threshold()).toBeTruthy();
  });

  it('names what is wrong at its place', async () => {
    sessionStorage.setItem('liuke.rule.saas_tickets', JSON.stringify({ ...draftOf({ id: 'saas_tickets', when: { all: [{ of: 'open_tickets', is: '>=', than: 2 }, { of: 'no_such', is: '<', than: 1 }] } }) }));
    await show('/rules/saas_tickets/edit');
    const second = await screen.findByRole('group', { name: '条件 2：指标' });
    await waitFor(() => expect(text(second)).toContain('没有指标“no_such”'));
    expect(await screen.findByText('有 1 处不对')).toBeTruthy();
    expect(screen.getByRole('button', { name: '启用' })).toHaveProperty('disabled', true);
  });

  it('keeps the draft of this visit, and lets it go', async () => {
    await show('/rules/saas_away/edit');
    fireEvent.change(await screen.findByRole('textbox', { name: '名称' }), { target: { value: '改个名' } });
    await waitFor(() => expect(sessionStorage.getItem('liuke.rule.saas_away')).toContain('改个名'));
    fireEvent.click(screen.getByRole('button', { name: '放弃改动' }));
    await waitFor(() => expect(sessionStorage.getItem('liuke.rule.saas_away')).toBeNull());
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: '名称' }).value).toBe('很久没有登录');
  });

  it('begins with a copy under a name of its own', async () => {
    await show('/rules/new?from=saas_away');
    expect((await screen.findByRole<HTMLInputElement>('textbox', { name: '名称' })).value).toBe('很久没有登录（副本）');
    await waitFor(() => expect(last('POST', '/api/rules/preview')).toMatchObject({ rule: { id: 'no_login_for_long_copy', state: 'active' } }));
  });

  it('says on a phone that it wants a wider screen', async () => {
    await show('/rules/new', { narrow: true });
    expect(await screen.findByText('这一页在宽一点的屏幕上用')).toBeTruthy();
  });
});
