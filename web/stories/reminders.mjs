// Who is thought of today: a reminder below the queue, done by a click; and who is greeted before the festival, by a record.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, answered, expect, listen, story, visit } from './telling.mjs';

const WORDS = {
  zh: { panel: '今天的提醒', all: /^全部 [\d,]+ 条$/, table: '提醒', done: /^完成 /, festival: /^节前清单/, list: '节前清单', mark: /^已问候 /, way: '微信' },
  en: { panel: 'Reminders of today', all: /^(All|See) [\d,]+ reminders?$/, table: 'Reminders', done: /^Done /, festival: /^Before the festival/, list: 'Before the festival', mark: /^Greeted /, way: 'Message' },
};

export async function reminding(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: reminders: ${name}`, page, what);
  try {
    let due;
    const begun = await tell('what is due stands below the queue and leads to the page', async () => {
      await page.goto(`${house.url}/today`);
      due = await ask(page, 'GET', '/api/reminders');
      expect(due.due_count > 0, `the sample company has nothing to be reminded of: ${JSON.stringify(due.kinds)}`);
      await page.getByRole('region', { name: w.panel }).getByRole('link', { name: w.all }).click();
      await page.getByRole('table', { name: w.table }).waitFor({ timeout: PATIENCE_MS });
    });
    if (!begun) return;

    await tell('one click says that it is done', async () => {
      await answered(page, 'POST', /^\/api\/reminders\/answers$/, () => page.getByRole('button', { name: w.done }).first().click());
      const now = await ask(page, 'GET', '/api/reminders');
      expect(now.due_count === due.due_count - 1, `${now.due_count} of ${due.due_count} are left`);
    });

    await tell('the list before the festival gives true lines, and a greeting is a record', async () => {
      await page.getByRole('button', { name: w.festival }).click();
      await page.getByRole('table', { name: w.list }).waitFor({ timeout: PATIENCE_MS });
      const before = await ask(page, 'GET', '/api/greetings');
      expect(before.rows.some((row) => row.line !== null), JSON.stringify(before.rows[0]));
      await page.getByRole('table', { name: w.list }).getByRole('button', { name: w.mark }).first().click();
      await answered(page, 'POST', /^\/api\/greetings$/, () => page.getByRole('menuitem', { name: w.way }).click());
      const greeted = (await ask(page, 'GET', '/api/greetings?group=greeted')).rows;
      expect(greeted.length === 1, JSON.stringify(greeted));
      const said = await ask(page, 'GET', `/api/customers/${encodeURIComponent(greeted[0].customer_id)}/follow-ups`);
      expect(said.rows[0].channel === 'message' && said.rows[0].note !== null, JSON.stringify(said.rows[0]));
    });

    await tell('nothing hangs over the edge of the phone', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      for (const path of ['/reminders', '/reminders?view=festival']) {
        await page.goto(`${house.url}${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(over <= 0, `${path}: ${over} pixels too wide`);
      }
    });

    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
