// Monday's meeting: the week is full by itself, a decision is written, the next week opens with it, one sheet is printed.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, answered, choose, expect, listen, settled, story, visit } from './telling.mjs';

const WORDS = {
  zh: { numbers: '这一周', last: '上次周会的决定', own: '这次周会的决定', decide: '写下决定', send: '定下来', what: '做什么', who: '谁来做', due: '哪天前', soon: '明天', title: '把超时的跟进单逐张过一遍', done: '完成：', undo: '没完成：', forward: '转发长图', picture: '周会长图', names: /：\d/ },
  en: { numbers: 'The week', last: 'Decided last time', own: 'Decided this time', decide: 'Write a decision', send: 'Decide', what: 'What is to be done', who: 'Who does it', due: 'By which day', soon: 'Tomorrow', title: 'Go through every overdue case', done: 'Done: ', undo: 'Not done: ', forward: 'Picture', picture: 'The weekly review as a picture', names: /: \d/ },
};

export async function reviewing(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: review: ${name}`, page, what);
  const part = (name) => page.getByRole('region', { name, exact: true });
  try {
    let week;
    const begun = await tell('last week is full by itself, with the names behind a number', async () => {
      await page.goto(`${house.url}/review`);
      await settled(page);
      week = await ask(page, 'GET', '/api/review');
      expect(week.last_decisions.length > 0 && week.rules.length > 0, JSON.stringify(week).slice(0, 500));
      const full = week.numbers.find((one) => one.count > 0);
      await part(w.numbers).getByRole('button').nth(week.numbers.indexOf(full)).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByText(w.names).first().waitFor();
      await drawer.getByRole('listitem').first().waitFor();
      const names = await ask(page, 'GET', `/api/review/names?of=${full.of}&week=${week.week_on}&limit=500`);
      expect(names.total === full.count, `${full.of}: ${names.total} names behind ${full.count}`);
      await page.keyboard.press('Escape');
      await drawer.waitFor({ state: 'detached' });
    });
    if (!begun) return;

    await tell('a decision is written with a person and a day', async () => {
      await part(w.own).getByRole('button', { name: w.decide }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: w.what }).fill(w.title);
      await choose(page, w.who, week.people[0].name);
      await dialog.getByRole('group', { name: w.due }).getByRole('button', { name: w.soon }).click();
      await answered(page, 'POST', /^\/api\/review\/decisions$/, () => dialog.getByRole('button', { name: w.send }).click());
      await dialog.waitFor({ state: 'detached' });
      await part(w.own).getByText(w.title).waitFor();
    });

    await tell('the next week opens with it, open, then done', async () => {
      await page.goto(`${house.url}/review?week=${week.next_on}`);
      await settled(page);
      const box = part(w.last).getByRole('checkbox', { name: w.done + w.title });
      await answered(page, 'PATCH', /^\/api\/review\/decisions\/\d+$/, () => box.click());
      await part(w.last).getByRole('checkbox', { name: w.undo + w.title }).waitFor();
    });

    await tell('it prints on one sheet of A4', async () => {
      await page.goto(`${house.url}/review?week=${week.week_on}`);
      await settled(page);
      await part(w.own).getByText(w.title).waitFor();
      const sheet = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const pages = sheet.match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
      expect(pages.length === 1, `${pages.length} pages`);
      await page.emulateMedia({ media: 'print' });
      const seen = await page.locator('.paper').innerText();
      await page.emulateMedia({ media: null });
      expect(seen.includes(w.title) && week.last_decisions.every((one, at) => at >= 6 || seen.includes(one.title)), seen.slice(0, 600));
    });

    await tell('one picture to forward is drawn where it is', async () => {
      await page.getByRole('button', { name: w.forward, exact: true }).click();
      const picture = page.getByRole('img', { name: w.picture });
      await picture.waitFor();
      const size = await picture.evaluate(async (image) => {
        await image.decode();
        return [image.naturalWidth, image.naturalHeight];
      });
      expect(size[0] === 1500 && size[1] > 1500, size.join(' × '));
      await page.keyboard.press('Escape');
      await picture.waitFor({ state: 'detached', timeout: PATIENCE_MS });
    });

    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
