// One thumb, 390 pixels: Today, the advice of a row, the record with its promise, the promise kept; and the way of a
// notice: the case, its advice as a task, the call, the record, the next task.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, answered, expect, listen, story, visit } from './telling.mjs';

const WORDS = {
  zh: { advice: '处理建议', openings: '三句开场白', record: '写跟进', follow: /^跟进 /, unsure: '犹豫', add: '答应了对方一件事', promise: '答应了什么', words: '周三前给新报价', due: '哪天之前', soon: '明天', send: '记下', promises: '承诺', kept: '已兑现', more: '更多', task: '建成任务', open: /^打开跟进单/, done: '完成：', dial: '拨打电话', note: '说了什么', waiting: '等我做的', title: '把培训资料发给新对接人' },
  en: { advice: 'Advice', openings: 'Three ways to begin', record: 'Record', follow: /^Follow up /, unsure: 'Hesitates', add: 'We promised something', promise: 'What was promised', words: 'a new quote by Wednesday', due: 'By which day', soon: 'Tomorrow', send: 'Record it', promises: 'Promises', kept: 'Kept', more: 'More', task: 'Make it a task', open: /^Open case/, done: 'Done: ', dial: 'Call', note: 'What was said', waiting: 'Waiting for me', title: 'send the training material' },
};

const MINUTE_MS = 60_000;

/** A thumb: what it touches is on the narrow screen as a whole, and not too small for it. */
async function tap(target) {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  expect(box !== null && box.height >= 16 && box.x >= 0 && box.x + box.width <= 390, `out of the thumb's reach: ${JSON.stringify(box)}`);
  await target.click();
}

export async function followUp(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  await page.setViewportSize({ width: 390, height: 844 });
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: followup: ${name}`, page, what);
  try {
    let row;
    const begun = await tell('a row of Today gives advice and leads to the record', async () => {
      await page.goto(`${house.url}/today`);
      await page.getByRole('button', { name: w.advice, exact: true }).first().click();
      await page.getByText(w.openings).waitFor();
      row = (await ask(page, 'GET', '/api/today')).rows[0];
      await page.getByRole('button', { name: w.record, exact: true }).last().click();
      await page.getByRole('dialog', { name: w.follow }).waitFor();
    });
    if (!begun) return;

    await tell('the record with its promise is kept, and the case is acted upon', async () => {
      const sheet = page.getByRole('dialog', { name: w.follow });
      await sheet.getByRole('button', { name: w.unsure }).click();
      await sheet.getByRole('button', { name: w.add }).click();
      await sheet.getByRole('textbox', { name: w.promise }).fill(w.words);
      await sheet.getByRole('group', { name: w.due }).getByRole('button', { name: w.soon }).click();
      await answered(page, 'POST', /\/follow-ups$/, () => sheet.getByRole('button', { name: w.send }).click());
      await sheet.waitFor({ state: 'detached' });
      const said = await ask(page, 'GET', `/api/customers/${encodeURIComponent(row.customer.id)}/follow-ups`);
      expect(said.rows[0].mood === 'unsure' && said.promises[0].words === w.words, JSON.stringify(said));
      const kase = await ask(page, 'GET', `/api/cases/${row.case_id}`);
      expect(kase.acted_at !== null, JSON.stringify(kase));
    });

    await tell('nothing hangs over the edge of the phone', async () => {
      await page.goto(`${house.url}/promises`);
      await page.getByText(w.words).waitFor();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over <= 0, `${over} pixels too wide`);
    });

    await tell('one click says that the promise was kept', async () => {
      await answered(page, 'POST', /^\/api\/promises\/\d+\/settle$/, () => page.getByRole('button', { name: `${w.kept} ${w.words}` }).click());
      await page.getByText(w.words).waitFor({ state: 'detached', timeout: PATIENCE_MS });
      const kept = await ask(page, 'GET', '/api/promises?state=kept');
      expect(kept.rows.some((one) => one.words === w.words), JSON.stringify(kept));
    });

    let first, second, started;
    const tasked = await tell('a notice leads to the case, and its advice becomes a task there', async () => {
      const { staff } = await ask(page, 'GET', '/api/session');
      [first, second] = (await ask(page, 'GET', '/api/cases?type=retention&sort=newest&limit=20')).rows.filter((one) => one.id !== row.case_id);
      await ask(page, 'POST', `/api/cases/${first.id}/moves`, { version: first.version, move: 'assign', to: staff.id });
      await ask(page, 'POST', `/api/cases/${second.id}/tasks`, { title: w.title, to: staff.id });
      started = Date.now();
      await page.goto(`${house.url}/cases/${first.id}`);
      await tap(page.locator('.case-thumb').getByRole('button', { name: w.more }));
      await tap(page.getByRole('dialog').getByRole('button', { name: w.advice, exact: true }));
      await answered(page, 'POST', /\/advice\/task$/, () => tap(page.getByRole('button', { name: w.task })));
      await tap(page.getByRole('link', { name: w.open }));
      await page.getByRole('checkbox', { name: w.done }).first().waitFor();
    });
    if (!tasked) return;

    await tell('the task is ticked off, the call made, and the record waits with what was to be done', async () => {
      await tap(page.getByRole('checkbox', { name: w.done }).first());
      const sheet = page.getByRole('dialog', { name: w.follow });
      await tap(sheet.getByRole('button', { name: w.dial, exact: true }).first());
      await sheet.locator('a[href^="tel:"]').first().waitFor();
      expect((await sheet.getByRole('textbox', { name: w.note }).inputValue()) !== '', 'the record is empty');
      await tap(sheet.getByRole('button', { name: w.unsure }));
      await answered(page, 'POST', /\/follow-ups$/, () => tap(sheet.getByRole('button', { name: w.send })));
      await sheet.waitFor({ state: 'detached' });
      const { case: told, tasks } = await ask(page, 'GET', `/api/cases/${first.id}/work`);
      expect(told.acted_at !== null && tasks[0].done_at !== null && tasks[0].advice.id !== '', JSON.stringify(tasks));
    });

    await tell('the next task is on Today, a touch away from its case, all within a minute', async () => {
      await page.goto(`${house.url}/today`);
      await tap(page.getByRole('region', { name: w.waiting }).getByRole('link', { name: w.title }));
      await page.waitForURL(new RegExp(`/cases/${second.id}$`));
      await page.getByRole('checkbox', { name: `${w.done}${w.title}` }).waitFor();
      const took = Date.now() - started;
      expect(took < MINUTE_MS, `it took ${took} ms`);
    });

    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
