import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { people } from '../../../mock/firm';
import { sent, show } from '../../testing';

const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
const heading = () => screen.findByRole('heading', { level: 1 });
const previews = () => sent.filter((one) => one.path.endsWith('/preview')).map((one) => (one.body as { definition: string }).definition);
/** A slider answers to keys, as by hand. */
const press = (slider: HTMLElement, key: string, times = 1) => {
  for (let time = 0; time < times; time += 1) fireEvent.keyDown(slider, { key, keyCode: { ArrowRight: 39, ArrowLeft: 37, ArrowUp: 38, ArrowDown: 40, Delete: 46 }[key] });
};
const values = (region: HTMLElement) => within(region).getAllByRole('slider', { name: /的权重$/ }).map((one) => Number(one.getAttribute('aria-valuenow')));

describe('scorecards', () => {
  it('tells which decides, for whom, and how far it is proven', async () => {
    await show('/scorecards');
    await waitFor(async () => expect(text(await heading())).toMatch(/^“SaaS 客户健康分”在给 [\d,]+ 家客户打分$/));
    const table = screen.getByRole('table', { name: '打分卡' });
    expect(within(table).getAllByText('未在贵司数据上回测')).toHaveLength(2);
    expect(within(table).getByText('在用')).toBeTruthy();
  });

  it('keeps the weights at 100 while one is moved, and says who changes band', async () => {
    await show('/scorecards/saas');
    const groups = await screen.findByRole('region', { name: '哪些算数' });
    await screen.findByRole('heading', { level: 2, name: '没有改动，健康分不变' });
    const slider = within(groups).getByRole('slider', { name: '使用情况的权重' });
    press(slider, 'ArrowRight', 12);
    const dimensions = ['使用情况', '服务体验', '合同与付款'].map((name) => Number(within(groups).getByRole('slider', { name: `${name}的权重` }).getAttribute('aria-valuenow')));
    expect(dimensions.reduce((all, one) => all + one, 0)).toBe(100);
    expect(dimensions[0]).toBe(58);
    await screen.findByRole('heading', { level: 2, name: /家客户里，[\d,]+ 家会换等级$/ });
    const movers = await screen.findByRole('table', { name: '谁会换等级' });
    expect(within(movers).getAllByRole('row').length).toBeGreaterThan(2);
    expect(within(movers).getAllByText('打分卡调整了“近 30 天登录天数”的权重').length).toBeGreaterThan(1);
    expect(previews().at(-1)).toContain('weight = 58');
    expect(values(groups).every((one) => one >= 1)).toBe(true);
  });

  it('chooses what a missing number does, and where a band begins', async () => {
    await show('/scorecards/saas', { lang: 'en' });
    const bands = await screen.findByRole('region', { name: 'Bands' });
    fireEvent.change(within(bands).getByRole('spinbutton', { name: 'High from' }), { target: { value: '35' } });
    await waitFor(() => expect(previews().at(-1)).toContain('bands         = { low = 70, medium = 50, high = 35 }'));
    fireEvent.click(screen.getByRole('button', { name: /^Last recommendation score/ }));
    const missing = await screen.findByRole('combobox', { name: 'Without a number' });
    fireEvent.mouseDown(missing);
    fireEvent.click(await screen.findByText('As the worst', { selector: '.ant-select-item-option-content' }));
    await waitFor(() => expect(previews().at(-1)).toContain('missing   = "poor"'));
  });

  it('is tried on one customer, change by change', async () => {
    await show('/scorecards/saas');
    const groups = await screen.findByRole('region', { name: '哪些算数' });
    press(within(groups).getByRole('slider', { name: '使用情况的权重' }), 'ArrowLeft', 20);
    const movers = await screen.findByRole('table', { name: '谁会换等级' });
    fireEvent.click(within(movers).getAllByRole('button')[0]!);
    await waitFor(() => expect(document.querySelector('.tried-figure')?.textContent).toMatch(/^[\d.]+ → [\d.]+$/));
    expect(document.querySelectorAll('.changes li')).toHaveLength(1);
  });

  it('is saved, backtested beside the one in use, put in use by name, and rolled back', async () => {
    await show('/scorecards/saas', { lang: 'en' });
    const groups = await screen.findByRole('region', { name: 'What counts' });
    press(within(groups).getByRole('slider', { name: 'Weight of Usage' }), 'ArrowRight', 6);
    await screen.findByText('There are changes that are not saved');
    fireEvent.click(screen.getByRole('button', { name: 'Save draft' }));
    const saving = await screen.findByRole('dialog');
    fireEvent.change(within(saving).getByRole('textbox'), { target: { value: 'usage tells early' } });
    fireEvent.click(within(saving).getByRole('button', { name: 'Save draft' }));
    await screen.findByText(/^Version 2 is being written by/);
    expect(sent.find((one) => one.method === 'PUT')!.body).toMatchObject({ note: 'usage tells early', version: null });

    fireEvent.click(screen.getByRole('tab', { name: 'Backtest' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Backtest this draft' }));
    await screen.findByText(/16 would have been seen ahead/);
    await screen.findByText(/14 would have been seen ahead/);
    const figures = screen.getByRole('table', { name: 'Backtest' });
    expect(within(figures).getByRole('row', { name: 'Seen ahead 16 14' })).toBeTruthy();
    expect(screen.getByText('The draft sees 2 more')).toBeTruthy();

    fireEvent.click(screen.getByRole('button', { name: 'Activate' }));
    const dialog = await screen.findByRole('dialog');
    expect(text(dialog)).toContain('Written by 苏晚晴; reviewed and activated by 苏晚晴.');
    fireEvent.click(within(dialog).getByRole('button', { name: 'Activate' }));
    await screen.findByText('You are looking at the version in use');
    await screen.findByText('Backtested: 16 of 20 leavers seen ahead');

    fireEvent.click(screen.getByRole('tab', { name: 'Versions' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Roll back to this Version 1' }));
    const back = (await screen.findAllByText('Roll back to version 1?'))[0]!.closest<HTMLElement>('[role=dialog]')!;
    fireEvent.click(within(back).getByRole('button', { name: 'Roll back to this' }));
    await waitFor(() => expect(sent.some((one) => one.path.endsWith('/rollback'))).toBe(true));
    await waitFor(() => expect(within(groups).getByRole('slider', { name: 'Weight of Usage' }).getAttribute('aria-valuenow')).toBe('46'));
  });

  it('is looked at and not changed by whoever is no administrator', async () => {
    await show('/scorecards/saas', { session: (session) => ({ ...session, staff: { ...session.staff!, role: 'manager' } }) });
    expect(await screen.findByText('只有管理员能改，您可以看。')).toBeTruthy();
    expect(screen.getByRole('slider', { name: '使用情况的权重' }).getAttribute('aria-disabled')).toBe('true');
    expect(screen.queryByRole('button', { name: '保存草稿' })).toBeNull();
  });

  it('asks for a wider screen on a phone', async () => {
    await show('/scorecards/saas', { narrow: true });
    expect(await screen.findByText('改打分卡要左右对照着看，请在电脑上打开。')).toBeTruthy();
  });
});

const [there, gone] = [people(200).find((one) => one.row.standing.state === 'current' && one.row.verdict.health != null)!, people(400).find((one) => one.row.standing.state === 'gone')!];

describe('the page of a customer', () => {
  it('explains every change of the health with the facts behind it, and says what is proven', async () => {
    await show(`/customers/${there.row.id}`);
    const ledger = await screen.findByRole('region', { name: '健康分明细' });
    await within(ledger).findByText('近 30 天登录天数：14 天 → 9 天');
    expect(ledger.querySelectorAll('.changes-facts .tag').length).toBeGreaterThan(0);
    expect(screen.getByText('这样的分数在贵司意味着什么，还没有检验过。')).toBeTruthy();
  });

  it('lets a person set the health with a reason and an end, and take it back', async () => {
    await show(`/customers/${there.row.id}`);
    const said = await screen.findByRole('region', { name: '人工判断' });
    fireEvent.click(await within(said).findByRole('button', { name: '员工评分' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.click(within(dialog).getByRole('button', { name: '保存' }));
    await within(dialog).findAllByText('请填写');
    fireEvent.change(within(dialog).getByRole('spinbutton'), { target: { value: '4' } });
    fireEvent.change(within(dialog).getByRole('textbox', { name: '理由' }), { target: { value: '对接人说预算已批' } });
    fireEvent.click(within(dialog).getByRole('button', { name: '保存' }));
    await waitFor(() => expect(sent.find((one) => one.path.endsWith('/judgements'))?.body).toEqual({ measure: 'pulse_1', value: 4, reason: '对接人说预算已批', until: null }));
    fireEvent.click(await screen.findByRole('button', { name: '撤回 员工评分' }));
    await screen.findByText(/苏晚晴 已撤回/);
  });
});

describe('the post-mortem', () => {
  it('names the first sign and its fact, what became of the alerts, and proposes a change with its past', async () => {
    await show(`/customers/${gone.row.id}/post-mortem`);
    await waitFor(async () => expect(text(await heading())).toContain('比流失早 84 天'));
    const signs = screen.getByRole('region', { name: '当时能看出什么' });
    expect(within(signs).getByText('提前 84 天')).toBeTruthy();
    expect(within(signs).getByText('没有启用、但会出声的规则')).toBeTruthy();
    expect(within(screen.getByRole('region', { name: '当时的预警' })).getByText('没人受理')).toBeTruthy();
    const proposal = screen.getByRole('region', { name: '下次怎样能看出来' });
    fireEvent.click(within(proposal).getByRole('button', { name: '找一条建议' }));
    await within(proposal).findByText('把规则“使用骤降”的线从 4 天 挪到 6 天');
    expect(within(proposal).getByRole('row', { name: '提前发现 12 / 24 9 / 24' })).toBeTruthy();
  });

  it('says so of whoever has not left', async () => {
    await show(`/customers/${there.row.id}/post-mortem`, { lang: 'en' });
    expect(await screen.findByText('This customer has not left')).toBeTruthy();
  });
});
