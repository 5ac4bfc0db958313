// What leaving means is tried with other days and put in use, on the shop's own orders.

import { expect } from './telling.mjs';

const WORDS = {
  zh: { how: '怎么定的', ninety: /连续 90 天没有下单/, sixty: /连续 60 天没有下单/, window: '沉默天数', whom: '判断谁', sum: /可判断/, picture: '天数怎么选的', gaps: /^间隔分布/, act: '启用', note: '为什么改（可不填）', why: '两个月太久', versions: '版本' },
  en: { how: 'How it was chosen', ninety: /no order for 90 days/, sixty: /no order for 60 days/, window: 'Days of silence', whom: 'Who is asked about', sum: /eligible/, picture: 'How the days were chosen', gaps: /^Distribution of gaps/, act: 'Put in use', note: 'Why (optional)', why: 'Two months are long', versions: 'Versions' },
};

export async function leaving(page, tell, lang, url) {
  const w = WORDS[lang];
  await tell('what leaving means is one sentence, drawn from its own orders, tried with other days and put in use', async () => {
    await page.goto(`${url}/churn`);
    await page.getByRole('link', { name: w.how }).click();
    await page.getByRole('heading', { level: 1, name: w.ninety }).waitFor();
    const sum = await page.getByRole('region', { name: w.whom }).getByText(w.sum).first().textContent();
    const [all, ...parts] = sum.replaceAll(',', '').match(/\d+/g).map(Number);
    expect(parts.length === 4 && parts.reduce((one, next) => one + next, 0) === all, `the parts do not add up: ${sum}`);
    await page.getByRole('region', { name: w.picture }).getByRole('img', { name: w.gaps }).waitFor();
    await page.getByRole('spinbutton', { name: w.window }).fill('60');
    await page.locator('.leaving-sentence').filter({ hasText: w.sixty }).waitFor();
    await page.getByRole('button', { name: w.act, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: w.note }).fill(w.why);
    await dialog.getByRole('button', { name: w.act, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: w.sixty }).waitFor();
    await page.getByRole('region', { name: w.versions }).getByText(w.why).waitFor();
  });
}
