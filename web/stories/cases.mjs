// A morning's work on cases, told before the real server in both languages: one is claimed, talked about, given a task,
// handed over with a reason, closed with the reason why the customer left; the board is moved by keys and by mouse.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { access, answered, choose, expect, listen, settled, story, visit } from './telling.mjs';

const WORDS = {
  zh: {
    cases: '跟进单', moves: '可以做的', take: /^(受理|领取)$/, history: '经过', comments: '评论', comment: '写评论', send: '发送', said: '续约方案发我看看', tasks: '任务', addTask: '加任务', what: '做什么', tomorrow: '明天', add: '添加', task: '发培训资料', done: /^完成：/, doneBy: /完成$/,
    transfer: /^转交/, transferSend: '转交', reason: '原因', because: '已转到实施阶段', to: '给谁', holder: /经手人 周明轩/, close: /^结案/, closeSend: '结案', churned: /已流失/, outcome: '已流失', selected: /^选了 2 张$/, assign: '分给谁', board: '看板', newColumn: '待受理', workColumn: '处理中', closedColumn: '已结案',
    retained: /已留存/, open: '新建跟进单', customer: '客户', about: '什么事', openSend: '开单', complaint: /投诉处理/, reply: '首次回复', note: '备注', changed: '这张跟进单刚刚变过', anyway: '按最新情况提交', act: '记录联系', more: '更多', next: /下一张/, thumb: '可以做的',
  },
  en: {
    cases: 'Cases', moves: 'What you can do', take: /^(Accept|Claim)$/, history: 'What was done', comments: 'Comments', comment: 'Write a comment', send: 'Send', said: 'please show me the renewal offer', tasks: 'Tasks', addTask: 'Add a task', what: 'What is to be done', tomorrow: 'Tomorrow', add: 'Add', task: 'Send the training material', done: /^Done:/, doneBy: /^done by/,
    transfer: /^Hand over/, transferSend: 'Hand over', reason: 'Reason', because: 'now in delivery', to: 'To whom', holder: /In hand of 周明轩/, close: /^Close/, closeSend: 'Close', churned: /Churned/, outcome: 'Churned', selected: /^2 selected$/, assign: 'To whom', board: 'Board', newColumn: 'To take up', workColumn: 'In hand', closedColumn: 'Closed',
    retained: /Retained/, open: 'New case', customer: 'Customer', about: 'What is it about', openSend: 'Open case', complaint: /Complaint/, reply: 'First reply', note: 'Note', changed: 'This case has just changed', anyway: 'Send all the same', act: 'Note a contact', more: 'More', next: /Next/, thumb: 'What you can do',
  },
};
const COLLEAGUE = { name: '周明轩', email: 'zhou@example.com', password: 'a long password', role: 'service' };

/** So many cases wait to be taken up: a small sample has few alerts, the rest is opened by hand. */
async function enough(page) {
  const waiting = async () => (await ask(page, 'GET', '/api/cases?type=retention&state=new&limit=50')).rows;
  const { rows: customers } = await ask(page, 'GET', '/api/customers?has_alert=false&limit=20');
  for (const one of customers.slice(1)) {
    if ((await waiting()).length >= 8) break;
    await ask(page, 'POST', '/api/cases', { customer_id: one.id, type_id: 'retention', about: one.name });
  }
  return waiting();
}

export async function casework(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: cases: ${name}`, page, what);
  const part = (name) => page.getByRole('region', { name });
  const dialog = page.getByRole('dialog');
  // Whoever reads the case from the house after a move waits until the house has answered it.
  const moved = (row, act) => answered(page, 'POST', new RegExp(`^/api/cases/${row.id}/moves$`), act);
  const cardOf = (column, row) => part(column).locator('.board-card', { has: page.locator(`a[href^="/cases/${row.id}?"]`) });
  try {
    await page.goto(`${house.url}/cases`);
    const colleague = await ask(page, 'POST', '/api/staff', COLLEAGUE);
    const [first, second, third, fourth] = await enough(page);
    const at = (row) => page.goto(`${house.url}/cases/${row.id}?type=retention`);

    await tell('the list leads to a case, and the case is taken up', async () => {
      await page.goto(`${house.url}/cases?stage=new&type=retention`);
      await settled(page);
      await page.getByRole('table', { name: w.cases }).getByRole('link', { name: first.customer_name }).first().click();
      await page.waitForURL(/\/cases\/\d+\?/);
      await moved(first, () => part(w.moves).getByRole('button', { name: w.take }).click());
      await part(w.history).getByRole('listitem').nth(1).waitFor();
      const { case: row } = await ask(page, 'GET', `/api/cases/${first.id}/work`);
      expect(row.state === 'accepted' && row.accepted_at, JSON.stringify(row).slice(0, 300));
    });

    await tell('a colleague is called in a comment', async () => {
      await at(first);
      const box = part(w.comments).getByRole('textbox', { name: w.comment });
      await box.pressSequentially('@');
      await page.locator('.ant-mentions-dropdown:not(.ant-mentions-dropdown-hidden)').getByText(COLLEAGUE.name).click();
      await box.pressSequentially(w.said);
      await answered(page, 'POST', /\/comments$/, () => part(w.comments).getByRole('button', { name: w.send }).click());
      await part(w.comments).locator('.mention', { hasText: COLLEAGUE.name }).waitFor();
      const { comments } = await ask(page, 'GET', `/api/cases/${first.id}/work`);
      expect(comments.at(-1).mentions.some((one) => one.id === colleague.id), JSON.stringify(comments));
    });

    await tell('a task is written down and ticked off', async () => {
      await part(w.tasks).getByRole('button', { name: w.addTask }).click();
      await dialog.getByRole('textbox', { name: w.what }).fill(w.task);
      await dialog.getByRole('button', { name: w.tomorrow }).click();
      await dialog.getByRole('button', { name: w.add, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await part(w.tasks).getByRole('checkbox', { name: w.done }).click();
      await part(w.tasks).getByText(w.doneBy).waitFor();
    });

    await tell('what a colleague changed meanwhile is said, and what was typed stays', async () => {
      await at(second);
      await moved(second, () => part(w.moves).getByRole('button', { name: w.take }).click());
      await part(w.moves).getByRole('button', { name: w.act }).click();
      const note = dialog.getByRole('textbox', { name: w.note });
      await note.fill(w.said);
      const { case: row } = await ask(page, 'GET', `/api/cases/${second.id}/work`);
      await ask(page, 'POST', `/api/cases/${second.id}/moves`, { version: row.version, move: 'assign', to: colleague.id });
      await dialog.getByRole('button', { name: w.act }).click();
      await dialog.getByRole('alert').getByText(w.changed).waitFor();
      expect((await note.inputValue()) === w.said, 'what was typed is gone');
      await dialog.getByRole('button', { name: w.anyway }).click();
      await dialog.waitFor({ state: 'detached' });
      await part(w.history).getByText(w.said).waitFor();
    });

    await tell('it is handed over with a reason', async () => {
      await at(first);
      await part(w.moves).getByRole('button', { name: w.transfer }).click();
      await dialog.getByRole('textbox', { name: w.reason }).fill(w.because);
      await choose(page, w.to, COLLEAGUE.name);
      await moved(first, () => dialog.getByRole('button', { name: w.transferSend }).click());
      await page.locator('.head-sub').getByText(w.holder).waitFor();
      await part(w.history).getByText(w.because).waitFor();
    });

    await tell('it is closed with the reason why the customer left, and the next one is there', async () => {
      await page.getByRole('button', { name: w.next }).waitFor();
      await part(w.moves).getByRole('button', { name: w.close }).click();
      await dialog.getByRole('radio', { name: w.churned }).check();
      const send = dialog.locator('.ant-modal-footer').getByRole('button', { name: w.closeSend, exact: true });
      expect(await send.isDisabled(), 'closes without a reason');
      await dialog.locator('.ending-why .chip').first().click();
      await moved(first, () => send.click());
      await dialog.waitFor({ state: 'detached' });
      await part(w.history).getByText(w.outcome, { exact: true }).waitFor();
      const { case: row } = await ask(page, 'GET', `/api/cases/${first.id}/work`);
      expect(row.churn_reason, 'no reason was kept');
      await page.getByRole('button', { name: w.next }).click();
      await page.waitForURL((url) => !url.pathname.endsWith(`/${first.id}`));
    });

    await tell('a complaint is opened by hand', async () => {
      const { rows: free } = await ask(page, 'GET', '/api/customers?has_alert=false&limit=1');
      await page.goto(`${house.url}/cases`);
      await page.getByRole('button', { name: w.open }).click();
      const who = dialog.getByRole('combobox', { name: w.customer });
      await who.fill(free[0].id);
      await page.locator('.ant-select-item-option', { hasText: free[0].name }).first().click();
      await dialog.getByRole('radio', { name: w.complaint }).check();
      await dialog.getByRole('textbox', { name: w.about }).fill(w.said);
      await dialog.getByRole('button', { name: w.openSend }).click();
      await page.waitForURL(/\/cases\/\d+/);
      await part(w.moves).getByRole('button', { name: w.reply }).first().waitFor();
    });

    await tell('two are given to a colleague at once', async () => {
      await page.goto(`${house.url}/cases?stage=new&type=retention`);
      await settled(page);
      const boxes = page.getByRole('table', { name: w.cases }).getByRole('checkbox');
      for (const index of [1, 2]) await boxes.nth(index).check();
      await part(w.selected).getByRole('combobox', { name: w.assign }).click();
      await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: COLLEAGUE.name }).first().click();
      await part(w.selected).waitFor({ state: 'detached' });
      const { rows: all } = await ask(page, 'GET', '/api/cases?type=retention&limit=500');
      expect(all.filter((row) => row.assigned_name === COLLEAGUE.name).length >= 2, 'not given');
    });

    await tell('the board is moved by keys, and by mouse asks how it ended', async () => {
      await page.goto(`${house.url}/cases?view=board&type=retention&search=${encodeURIComponent(fourth.customer_id)}`);
      // A column may hold another case of the same customer: what counts is this one.
      await moved(fourth, () => cardOf(w.newColumn, fourth).press('Shift+ArrowRight'));
      await cardOf(w.newColumn, fourth).waitFor({ state: 'detached' });
      await cardOf(w.workColumn, fourth).dragTo(part(w.closedColumn));
      await dialog.getByRole('radio', { name: w.retained }).check();
      await moved(fourth, () => dialog.locator('.ant-modal-footer').getByRole('button', { name: w.closeSend, exact: true }).click());
      await cardOf(w.closedColumn, fourth).waitFor();
      const { case: row } = await ask(page, 'GET', `/api/cases/${fourth.id}/work`);
      expect(row.state === 'closed' && row.outcome === 'retained', `${row.state} ${row.outcome}`);
    });

    await tell('a phone has its moves under the thumb', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await at(third);
      const thumb = page.getByRole('group', { name: w.thumb });
      await moved(third, () => thumb.getByRole('button', { name: w.take }).click());
      await thumb.getByRole('button', { name: w.act }).waitFor();
      await thumb.getByRole('button', { name: w.more }).click();
      await dialog.locator('.move', { hasText: w.close }).click();
      await dialog.getByRole('radio', { name: w.retained }).check();
      await moved(third, () => dialog.locator('.ant-modal-footer').getByRole('button', { name: w.closeSend, exact: true }).click());
      await part(w.history).getByText(w.retained).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide <= 390, `the page is ${wide} wide`);
      await page.setViewportSize({ width: 1440, height: 900 });
    });

    await tell('its pages are free of serious faults of access, in light and dark', () => access(page, house.url, ['/cases', '/cases?view=board', `/cases/${first.id}`, `/cases/${second.id}`]));
    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
