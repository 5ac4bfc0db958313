// By what customers belong together: a cell opens its list with the same number; a tag for many, and back.

import { ask } from './firm.mjs';
import { expect } from './telling.mjs';

const WORDS = {
  zh: { all: '全选已显示的', selected: /^选了 \d+ 位$/, put: '打标签', undo: '撤销', members: '成员' },
  en: { all: 'Select all shown', selected: /^\d+ selected$/, put: 'Tag', undo: 'Undo', members: 'Members' },
};
const TAG = 'VIP 2026';

export async function belonging(page, tell, lang, url) {
  const w = WORDS[lang];
  let count = 0;

  await tell('a cell of RFM opens its list, with the same number', async () => {
    await page.goto(`${url}/segments`);
    const cells = page.getByRole('region', { name: 'RFM' }).locator('.rfm-cell');
    await cells.first().waitFor();
    const counts = (await cells.locator('.rfm-count').allTextContents()).map((text) => parseInt(text.replace(/,/g, ''), 10));
    const at = counts.findIndex((one) => one > 0);
    expect(at >= 0, `every cell is empty: ${counts}`);
    count = counts[at];
    await cells.nth(at).click();
    await page.waitForURL(/\/customers\?rfm=/);
    await page.getByRole('heading', { level: 1, name: new RegExp(`(^|\\D)${count}\\D`) }).waitFor();
  });

  await tell('a tag is put on all of them and taken back', async () => {
    await page.getByRole('checkbox', { name: w.all }).check();
    const bulk = page.getByRole('region', { name: w.selected });
    await bulk.getByRole('combobox').fill(TAG);
    await bulk.getByRole('button', { name: w.put, exact: true }).click();
    // The way back is offered for some seconds, and for as long as a pointer rests on it.
    await page.getByRole('button', { name: w.undo }).hover();
    const tags = page.getByRole('table').locator('.tag', { hasText: TAG });
    await tags.nth(count - 1).waitFor();
    expect((await tags.count()) === count, `${await tags.count()} of ${count} tagged`);
    await page.getByRole('button', { name: w.undo }).click();
    await tags.first().waitFor({ state: 'detached' });
  });

  await tell('a segment tells its condition, its course and its members', async () => {
    const { segments } = await ask(page, 'GET', '/api/segments');
    const filled = segments.find((one) => one.count > 0);
    expect(filled, 'no segment has a member');
    await page.goto(`${url}/segments/${filled.id}`);
    await page.getByRole('heading', { level: 1, name: filled.name[lang] }).waitFor();
    await page.getByRole('img').first().waitFor();
    await page.getByRole('table', { name: w.members }).waitFor();
  });
}
