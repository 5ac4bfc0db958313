// One thumb, 390 pixels: Today, the advice of a row, the record with its promise, the promise kept.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, answered, expect, listen, story, visit } from './telling.mjs';

const WORDS = {
  zh: { advice: '处理建议', openings: '三句开场白', record: '写跟进', follow: /^跟进 /, unsure: '犹豫', add: '答应了对方一件事', promise: '答应了什么', words: '周三前给新报价', due: '哪天之前', soon: '明天', send: '记下', promises: '承诺', kept: '已兑现' },
  en: { advice: 'Advice', openings: 'Three ways to begin', record: 'Record', follow: /^Follow up /, unsure: 'Hesitates', add: 'We promised something', promise: 'What was promised', words: 'a new quote by Wednesday', due: 'By which day', soon: 'Tomorrow', send: 'Record it', promises: 'Promises', kept: 'Kept' },
};

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

    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
