// 回填: the customers leave as a workbook, cells are changed in it, it comes back. In both languages.

import { readFileSync } from 'node:fs';
import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { answered, expect, listen, story, visit } from './telling.mjs';
import { changed } from './workbook.mjs';

const WORDS = {
  zh: { export: /导出/, bring: '回填', apply: /^改这 \d+ 格$/, done: /^已改 \d+ 格/, conflicts: /^别人改过/, table: '回填', nothing: '和现在没有差别，不用改', take: /的标签$/, undo: '撤销', restored: /恢复 3 格/, history: '回填记录' },
  en: { export: /Export/, bring: 'From Excel', apply: /^Change \d+ cells$/, done: /^\d+ cells changed/, conflicts: /^Changed by others/, table: 'Changes from Excel', nothing: 'Nothing differs from what stands', take: /^Change Tags/, undo: 'Take back', restored: /3 as before/, history: 'Files brought back' },
};
const MIME = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export async function sheet(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: sheet: ${name}`, page, what);
  let file = null;
  const bring = () => answered(page, 'POST', /^\/api\/sheets\/uploads$/, () => page.locator('input[type=file]').first().setInputFiles(file));
  const row = async (id) => (await ask(page, 'GET', `/api/customers/${encodeURIComponent(id)}`)).row;
  const cells = () => page.getByRole('table', { name: w.table }).getByRole('row');
  try {
    await page.goto(`${house.url}/customers`);
    const { rows, owners } = await ask(page, 'GET', '/api/customers?limit=3');
    const [first, second] = rows;
    const owner = owners.find((one) => one !== first.owner);

    await tell('a table leaves, is changed and comes back; what a colleague did meanwhile is said', async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: w.export }).click()]);
      const bytes = changed(readFileSync(await download.path()), { C2: owner, K2: 'VIP 2026', K3: 'VIP 2026', C4: 'Nobody 7' });
      file = { name: 'customers.xlsx', mimeType: MIME, buffer: bytes };
      await ask(page, 'POST', '/api/tags', { tag: 'on trial', customers: [second.id] });
      await page.getByRole('link', { name: w.bring, exact: true }).click();
      await page.waitForURL(/\/sheets/);
      await bring();
      await cells().nth(4).waitFor();
      expect((await cells().count()) === 5, `${await cells().count() - 1} of 4 cells are shown`);
      await page.getByRole('button', { name: w.conflicts }).click();
      await cells().nth(2).waitFor({ state: 'detached' });
      await cells().getByRole('checkbox', { name: w.take }).check();
    });

    await tell('it is applied at once', async () => {
      await answered(page, 'POST', /\/apply$/, () => page.getByRole('button', { name: w.apply }).click());
      await page.getByRole('heading', { name: w.done }).waitFor();
      const [one, other] = [await row(first.id), await row(second.id)];
      expect(one.owner === owner && one.tags.includes('VIP 2026'), JSON.stringify(one));
      expect(other.tags.join() === 'VIP 2026', `the conflict was overwritten: ${other.tags}`);
    });

    await tell('the same file again finds nothing to change but what nobody can', async () => {
      await page.goto(`${house.url}/sheets`);
      await bring();
      await cells().nth(1).waitFor();
      expect((await cells().count()) === 2 && (await page.getByRole('button', { name: w.apply }).count()) === 0, 'there is something to change');
    });

    await tell('one click takes it back', async () => {
      await page.goto(`${house.url}/sheets`);
      await page.getByRole('table', { name: w.history }).getByText('customers.xlsx').click();
      await page.waitForURL(/\/sheets\/\d+$/);
      await page.getByRole('button', { name: w.undo, exact: true }).click();
      await answered(page, 'POST', /\/undo$/, () => page.getByRole('tooltip').getByRole('button', { name: w.undo, exact: true }).click());
      await page.getByText(w.restored).waitFor();
      const [one, other] = [await row(first.id), await row(second.id)];
      expect(one.owner === first.owner && !one.tags.includes('VIP 2026'), JSON.stringify(one));
      expect(other.tags.includes('on trial') && !other.tags.includes('VIP 2026'), `before: on trial, now: ${other.tags}`);
    });
    expect(complaints.length === 0, complaints.join('\n'));
  } finally {
    await context.close();
    await house.stop();
  }
}
