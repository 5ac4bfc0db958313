import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { people } from '../../../mock/firm';
import { sent, show } from '../../testing';
import { broken, composed, type PosterColours, type PosterWords } from './poster';
import { veil, veilAll } from './veil';

describe('the weekly review', () => {
  it('opens with what was decided last time and whether it was done, and says how many', async () => {
    await show('/review');
    const last = await screen.findByRole('region', { name: '上次周会的决定' });
    within(last).getByText('1 / 2 件已完成');
    within(last).getByRole('checkbox', { name: '没完成：把受理超时的跟进单过一遍' });
    fireEvent.click(within(last).getByRole('checkbox', { name: '完成：给沉默两周的高价值客户各打一个电话' }));
    await within(last).findByText('2 / 2 件已完成');
    expect(sent.find((one) => one.method === 'PATCH')?.body).toEqual({ version: 1, done: true });
  });

  it('shows every number with the week before and the names behind it', async () => {
    await show('/review');
    const numbers = await screen.findByRole('region', { name: '这一周' });
    const opened = within(numbers).getByRole('button', { name: /新预警/ });
    expect(opened.textContent).toContain('42');
    expect(opened.textContent).toContain('比前一周多 4');
    expect(opened.textContent).toContain('其中 28 条已跟进');
    fireEvent.click(within(numbers).getByRole('button', { name: /超时/ }));
    const drawer = await screen.findByRole('dialog');
    await within(drawer).findByText('超时：3');
    expect((await within(drawer).findAllByText('处理超时')).length).toBe(3);
    const asked = sent.find((one) => one.path === '/api/review/names');
    expect([asked?.query.get('of'), asked?.query.get('week')]).toEqual(['late', '2025-11-24']);
  });

  it('names who was lost, links to the post-mortem, and says what came out later', async () => {
    await show('/review', { lang: 'en' });
    const lost = await screen.findByRole('region', { name: 'Customers lost in the week' });
    expect(within(lost).getAllByRole('link', { name: /^Post-mortem/ })).toHaveLength(8);
    within(lost).getByText('1 more, see all');
    within(lost).getByText('海川物流');
    within(lost).getByRole('link', { name: 'Post-mortem · proposes a rule' });
  });

  it('takes a decision with a person and a day, and nothing less', async () => {
    await show('/review');
    const own = await screen.findByRole('region', { name: '这次周会的决定' });
    fireEvent.click(within(own).getByRole('button', { name: '写下决定' }));
    const dialog = await screen.findByRole('dialog');
    const send = within(dialog).getByRole<HTMLButtonElement>('button', { name: '定下来' });
    fireEvent.change(within(dialog).getByRole('textbox', { name: '做什么' }), { target: { value: '清零超时单' } });
    expect(send.disabled).toBe(true);
    fireEvent.mouseDown(within(dialog).getByRole('combobox', { name: '谁来做' }));
    fireEvent.click((await screen.findAllByTitle('陈启明')).at(-1)!);
    fireEvent.click(within(within(dialog).getByRole('group', { name: '哪天前' })).getByRole('button', { name: '明天' }));
    expect(send.disabled).toBe(false);
    fireEvent.click(send);
    await within(own).findByText('清零超时单');
    const told = sent.find((one) => one.method === 'POST' && one.path === '/api/review/decisions')?.body;
    expect(told).toMatchObject({ week_on: '2025-11-24', title: '清零超时单' });
  });

  it('is about a customer where one is named, and leads there', async () => {
    await show('/review');
    const own = await screen.findByRole('region', { name: '这次周会的决定' });
    fireEvent.click(within(own).getByRole('button', { name: '写下决定' }));
    const dialog = await screen.findByRole('dialog');
    fireEvent.change(within(dialog).getByRole('textbox', { name: '做什么' }), { target: { value: '上门谈续约' } });
    fireEvent.mouseDown(within(dialog).getByRole('combobox', { name: '谁来做' }));
    fireEvent.click((await screen.findAllByTitle('陈启明')).at(-1)!);
    fireEvent.click(within(within(dialog).getByRole('group', { name: '哪天前' })).getByRole('button', { name: '明天' }));
    const who = within(dialog).getByRole('combobox', { name: '客户' });
    fireEvent.mouseDown(who);
    fireEvent.change(who, { target: { value: people(1)[0]!.row.name } });
    fireEvent.click((await screen.findAllByText(people(1)[0]!.row.name, { selector: '.ant-select-item-option-content *' })).at(-1)!);
    fireEvent.click(within(dialog).getByRole('button', { name: '定下来' }));
    const link = await within(own).findByRole('link', { name: people(1)[0]!.row.name });
    expect(link.getAttribute('href')).toBe(`/customers/${encodeURIComponent(people(1)[0]!.row.id)}`);
    expect(sent.find((one) => one.method === 'POST' && one.path === '/api/review/decisions')?.body).toMatchObject({ customer_id: people(1)[0]!.row.id });
  });

  it('only shows in the past: nothing is decided or ticked there', async () => {
    await show('/review?as_of=2025-11-20');
    const last = await screen.findByRole('region', { name: '上次周会的决定' });
    expect(within(last).getAllByRole<HTMLInputElement>('checkbox').every((box) => box.disabled)).toBe(true);
    expect(screen.queryByRole('button', { name: '写下决定' })).toBeNull();
  });

  it('says by owner what the month was, with the names behind each count', async () => {
    await show('/review?by=month');
    const table = await screen.findByRole('table', { name: '月度盘点' });
    within(table).getByText('合计');
    fireEvent.click(within(table).getAllByRole('button', { name: /新预警 12$/ })[0]!);
    await screen.findByText('新预警：12');
    const asked = sent.find((one) => one.path === '/api/review/names');
    expect([asked?.query.get('month'), asked?.query.get('of')]).toEqual(['2025-11', 'opened']);
  });

  it('an empty firm is told so without a zero that means nothing', async () => {
    await show('/review', { scene: 'empty' });
    within(await screen.findByRole('region', { name: '每条规则的成效' })).getByText('这一周没有开出预警');
    within(screen.getByRole('region', { name: '这一周流失的客户' })).getByText('这一周没有流失');
  });
});

describe('the picture', () => {
  const colours: PosterColours = { paper: 'paper', card: 'card', ink: 'ink', soft: 'soft', quiet: 'quiet', accent: 'accent' };
  const measure = (text: string, size: number) => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? size : size / 2), 0);
  const words = (lines: number): PosterWords => ({
    firm: '云栈科技', title: '周会复盘', span: '2025-11-24 – 2025-11-30', foot: '留客',
    numbers: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, figure: '1', note: '' })),
    parts: [{ title: '决定', none: '没有', lines: Array.from({ length: lines }, (_, index) => ({ text: `第 ${index} 件${'很长的话'.repeat(12)}`, aside: '已完成', done: index % 2 === 0 })) }],
  });

  it('hides names but for their ends, in sentences too', () => {
    expect([veil('云栈科技有限公司'), veil('张三'), veil('Acme Ltd'), veil('')]).toEqual(['云**司', '张**', 'A**d', '']);
    expect(veilAll('给云栈科技和云栈回电', ['云栈', '云栈科技'])).toBe('给云**技和云**回电');
  });

  it('breaks lines within their width and loses no letter', () => {
    const text = '把受理超时的跟进单逐张过一遍 go through every overdue case by Friday';
    const lines = broken(text, 240, 24, measure);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => measure(line, 24) <= 240)).toBe(true);
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  });

  it('grows with what is said, and nothing stands outside or over another line', () => {
    const short = composed(words(1), colours, measure);
    const long = composed(words(6), colours, measure);
    expect(long.height).toBeGreaterThan(short.height);
    for (const mark of long.marks) {
      expect(mark.y).toBeLessThan(long.height);
      if (mark.kind === 'words') expect(mark.right ? mark.x - measure(mark.text, mark.size) : mark.x + measure(mark.text, mark.size)).toSatisfy((edge: number) => edge >= 0 && edge <= long.width);
    }
    const lines = long.marks.flatMap((mark) => (mark.kind === 'words' && !mark.right && mark.size === 24 && mark.y > 400 ? [mark.y] : []));
    expect(lines.every((y, index) => index === 0 || y - lines[index - 1]! >= 24)).toBe(true);
  });

  it('says that there is nothing where there is nothing', () => {
    expect(composed(words(0), colours, measure).marks.some((mark) => mark.kind === 'words' && mark.text === '没有')).toBe(true);
  });
});
