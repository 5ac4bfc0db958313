import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sent, show } from '../../testing';

const said = () => sent.filter((one) => one.method === 'POST' && /\/renewals\/[\d-]+$/.test(one.path)).map((one) => one.body as Record<string, unknown>);
const open = { name: /^打开 .* 的续约$/ };

/** Opens the first contract of the table that is not decided. */
async function opened() {
  await show('/renewals?view=table');
  const table = await screen.findByRole('table', { name: '续约' });
  fireEvent.click(within(table).getAllByRole('button', open)[0]!);
  const drawer = await screen.findByRole('dialog');
  await within(drawer).findByText('经过');
  return drawer;
}

/** The question that is put over the page. */
const asked = (title: string) => waitFor(() => {
  const found = screen.getAllByRole('dialog').find((one) => one.textContent?.includes(title));
  if (!found) throw new Error(`nothing asks ${title}`);
  return found;
});

describe('the calendar of renewals', () => {
  it('has months against owners, and promise and computation apart', async () => {
    await show('/renewals');
    const matrix = await screen.findByRole('table', { name: '谁名下、哪个月到期' });
    const foot = within(matrix).getAllByRole('rowheader').map((one) => one.textContent);
    expect(foot.slice(-4)).toEqual(['合计', '未定', '客户经理承诺', '按历史推算']);
    expect(within(matrix).getAllByText('还没有判断').length).toBeGreaterThan(0);
    screen.getByText(/两个数各说各的，不相加/);
    screen.getByText('2 / 6 份续了，不足 10 份，不算比例');
  });

  it('leads from a cell to the contracts behind it', async () => {
    await show('/renewals');
    const matrix = await screen.findByRole('table', { name: '谁名下、哪个月到期' });
    fireEvent.click(within(matrix).getAllByRole('button')[0]!);
    await screen.findByRole('table', { name: '续约' });
    expect(location.search).toMatch(/view=table/);
    await waitFor(() => expect(sent.some((one) => one.path === '/api/renewals' && /^2025-1|^2026/.test(one.query.get('month') ?? '') && one.query.get('owner') !== null)).toBe(true));
  });

  it('says why it is empty where no contract is known', async () => {
    await show('/renewals', { scene: 'empty' });
    await screen.findByText('还没有合同');
  });

  it('is one list of months on a phone', async () => {
    await show('/renewals', { narrow: true });
    await screen.findByText('谁名下、哪个月到期');
    expect(screen.queryByRole('table', { name: '谁名下、哪个月到期' })).toBeNull();
  });
});

describe('a renewal', () => {
  it('keeps judgement, answer and computation apart', async () => {
    const drawer = await opened();
    fireEvent.click(within(drawer).getByRole('button', { name: '写判断' }));
    const ask = await asked('客户经理判断 · ');
    const send = within(ask).getByRole<HTMLButtonElement>('button', { name: '记下' });
    expect(send.disabled).toBe(true);
    fireEvent.click(within(ask).getByRole('button', { name: '缩减' }));
    expect(send.disabled, 'for how much?').toBe(true);
    fireEvent.change(within(ask).getByRole('spinbutton', { name: '年金额' }), { target: { value: '9000' } });
    fireEvent.click(send);
    await waitFor(() => expect(said()).toHaveLength(1));
    expect(said()[0]).toMatchObject({ version: 0, what: 'judgement', says: 'shrink', amount: 9000 });
    await waitFor(() => expect(within(drawer).getByText('还没答复')).toBeTruthy());
  });

  it('needs a reason where a contract is said to be lost', async () => {
    const drawer = await opened();
    fireEvent.click(within(drawer).getByRole('button', { name: '人工判定' }));
    const ask = await asked('人工判定 · ');
    fireEvent.click(within(ask).getByRole('button', { name: '流失' }));
    expect(within(ask).getByRole<HTMLButtonElement>('button', { name: '记下' }).disabled).toBe(true);
    fireEvent.click((await within(await within(ask).findByRole('group', { name: '原因' })).findAllByRole('button'))[0]!);
    fireEvent.click(within(ask).getByRole('button', { name: '记下' }));
    await waitFor(() => expect(said()[0]).toMatchObject({ what: 'outcome', says: 'lost', amount: null }));
    expect(said()[0]!.churn_reason).toBeTruthy();
  });

  it('offers nothing in the past', async () => {
    await show('/renewals?view=table&as_of=2025-11-01');
    const table = await screen.findByRole('table', { name: '续约' });
    fireEvent.click(within(table).getAllByRole('button', open)[0]!);
    const drawer = await screen.findByRole('dialog');
    await within(drawer).findByText('经过');
    expect(within(drawer).queryByRole('button', { name: '写判断' })).toBeNull();
  });
});

describe('the board of renewals', () => {
  it('moves a card by keys to the next stage', async () => {
    await show('/renewals?view=board');
    const first = await screen.findByRole('region', { name: '未启动' });
    const card = await waitFor(() => {
      const found = first.querySelector<HTMLElement>('[data-card="0"]');
      if (!found) throw new Error('no card yet');
      return found;
    });
    fireEvent.keyDown(card, { key: 'ArrowRight', shiftKey: true });
    await waitFor(() => expect(said()[0]).toMatchObject({ version: 0, what: 'stage', says: 'contacted' }));
    const next = screen.getByRole('region', { name: '已联系' });
    await waitFor(() => expect(next.querySelector('[data-card="0"]')).not.toBeNull());
  });

  it('asks what became of a card that is dropped on what is decided', async () => {
    await show('/renewals?view=board');
    const first = await screen.findByRole('region', { name: '未启动' });
    const card = await waitFor(() => {
      const found = first.querySelector<HTMLElement>('[data-card="0"]');
      if (!found) throw new Error('no card yet');
      return found;
    });
    fireEvent.dragStart(card, { dataTransfer: { setData: () => undefined } });
    fireEvent.drop(screen.getByRole('region', { name: '已有结果' }), { dataTransfer: {} });
    const ask = await asked('人工判定 · ');
    expect(said()).toHaveLength(0);
    fireEvent.click(within(ask).getByRole('button', { name: '已续' }));
    fireEvent.click(within(ask).getByRole('button', { name: '记下' }));
    await waitFor(() => expect(said()[0]).toMatchObject({ what: 'outcome', says: 'renewed', churn_reason: null }));
  });
});

describe('the frame', () => {
  it('has no renewals where a shop has no contracts', async () => {
    await show('/today');
    await screen.findByRole('link', { name: '续约' });
    cleanup();
    await show('/today', { session: (session) => ({ ...session, firm: { ...session.firm!, template: 'ecommerce' } }) });
    await screen.findByRole('link', { name: '承诺' });
    expect(screen.queryByRole('link', { name: '续约' })).toBeNull();
  });
});
