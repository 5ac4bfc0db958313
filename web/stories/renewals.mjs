// Contracts that come to their end: from the calendar to one of them, judged, carried along the board by keys, decided.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { access, answered, expect, listen, story, visit } from './telling.mjs';

const WORDS = {
  zh: { matrix: '谁名下、哪个月到期', table: '续约', open: /^打开 .* 的续约$/, judge: '写判断', renew: '续', save: '记下', history: '经过', first: '未启动', second: '已联系', decide: '人工判定', lost: '流失', why: '原因' },
  en: { matrix: 'Whose, and due in which month', table: 'Renewals', open: /^Open the renewal of /, judge: 'Judge', renew: 'Will renew', save: 'Save', history: 'History', first: 'Not started', second: 'Contacted', decide: 'Decide by hand', lost: 'Lost', why: 'Why' },
};
const SAID = /^\/api\/customers\/[^/]+\/renewals\/[\d-]+$/;

export async function renewing(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: renewals: ${name}`, page, what);
  const open = async () => (await ask(page, 'GET', '/api/renewals?limit=500')).rows;
  try {
    let row;
    const begun = await tell('a cell of the calendar opens the contracts behind it', async () => {
      await page.goto(`${house.url}/renewals`);
      const matrix = page.getByRole('table', { name: w.matrix });
      await matrix.getByRole('button').first().click();
      const table = page.getByRole('table', { name: w.table });
      await table.getByRole('button', { name: w.open }).first().waitFor();
      const query = new URL(page.url()).searchParams;
      const { rows } = await ask(page, 'GET', `/api/renewals?state=all&month=${query.get('month')}&owner=${encodeURIComponent(query.get('owner'))}`);
      expect(rows.length > 0 && rows.every((one) => one.due_on.startsWith(query.get('month'))), JSON.stringify(rows.slice(0, 2)));
    });
    if (!begun) return;

    await tell('what the owner judges is promised, beside what was computed', async () => {
      await page.goto(`${house.url}/renewals?view=table`);
      await page.getByRole('table', { name: w.table }).getByRole('button', { name: w.open }).first().click();
      const drawer = page.getByRole('dialog').filter({ hasText: w.history });
      await drawer.getByRole('button', { name: w.judge, exact: true }).click();
      const sheet = page.getByRole('dialog').last();
      await sheet.getByRole('button', { name: w.renew, exact: true }).click();
      await answered(page, 'POST', SAID, () => sheet.getByRole('button', { name: w.save, exact: true }).click());
      row = (await open()).find((one) => one.judgement);
      expect(row?.judgement.says === 'renew' && row.answer === null, JSON.stringify(row));
      const { months } = await ask(page, 'GET', '/api/renewals/months');
      const month = months.find((one) => one.month === row.due_on.slice(0, 7));
      expect(month.promised.count === 1 && month.promised.amount === row.amount, JSON.stringify(month));
    });

    await tell('a card goes along the board by keys', async () => {
      await page.goto(`${house.url}/renewals?view=board`);
      const card = page.getByRole('region', { name: w.first }).locator('[data-card="0"]');
      await card.focus();
      await answered(page, 'POST', SAID, () => card.press('Shift+ArrowRight'));
      await page.getByRole('region', { name: w.second }).locator('[data-card="0"]').waitFor();
      expect((await open()).filter((one) => one.stage === 'contacted').length === 1, 'not one in the second stage');
    });

    await tell('where the facts are silent a person decides, with the reason', async () => {
      await page.goto(`${house.url}/renewals?view=table`);
      await page.getByRole('table', { name: w.table }).getByRole('button', { name: w.open }).first().click();
      await page.getByRole('button', { name: w.decide, exact: true }).click();
      const sheet = page.getByRole('dialog').last();
      await sheet.getByRole('button', { name: w.lost, exact: true }).click();
      await sheet.getByRole('group', { name: w.why }).getByRole('button').first().click();
      await answered(page, 'POST', SAID, () => sheet.getByRole('button', { name: w.save, exact: true }).click());
      const { rows } = await ask(page, 'GET', '/api/renewals?state=decided&limit=500');
      const said = rows.filter((one) => one.said);
      expect(said.length === 1 && said[0].outcome === 'lost' && said[0].churn_reason && said[0].fact === null, JSON.stringify(said));
    });

    await tell('its pages are free of serious faults of access, in light and dark', () => access(page, house.url, ['/renewals', '/renewals?view=board']));
    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
