// What foretold leaving here, told before the real server in both languages: an indicator is found and put to history,
// its page says why it matters, one is built from nothing and tried on real customers, and two are compared.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, access, choose, expect, listen, story, visit } from './telling.mjs';

const WORDS = {
  zh: {
    search: '名称、问题或编号', title: '指标', run: '用历史检验', again: '重新检验', efficacy: '在这里是否预示流失', distribution: '现在的分布', copy: '复制为草稿', reach: '统计周期', last60: '近 60 天', facts: '看哪些动态', kind: '看哪些动态 类型', name: '看哪些动态 名称', event: '行为', login: '登录', how: '算法', days: '有几天',
    answer: /\d+ 家里 \d+ 家有数/, afresh: '重新开始', lacks: '先选看哪种动态', why: /^看明细/, counted: /条动态里，\d+ 条计入/, definition: '定义', formula: '由其他指标计算', formulaBox: '算式', wrong: /有 1 处不对/, compare: '比较', right: '右边', farthest: '差得最远的', alike: /排序相关/, lang: '名称',
  },
  en: {
    search: 'Name, question or id', title: 'Indicators', run: 'Put to history', again: 'Do it again', efficacy: 'Did it go with leaving here', distribution: 'Distribution now', copy: 'Copy as draft', reach: 'Window', last60: 'last 60 days', facts: 'Which facts', kind: 'Which facts Kind', name: 'Which facts Name', event: 'Behaviour', login: 'Logged in', how: 'Measure', days: 'Days on which',
    answer: /\d+ of \d+ have a number/, afresh: 'Start afresh', lacks: 'Choose which facts to look at', why: /^See facts/, counted: /of the latest \d+ facts counted/, definition: 'Definition', formula: 'From other indicators', formulaBox: 'Formula', wrong: /1 thing to mend/, compare: 'Compare', right: 'Right', farthest: 'Farthest apart', alike: /rank correlation/, lang: 'Name',
  },
};
const HISTORY_MS = 10 * PATIENCE_MS;
const PAGES = ['/indicators', '/indicators/login_days_30d', '/indicators/login_days_30d?tab=definition', '/indicators/new?from=login_days_30d', '/indicators/new?from=login_days_30d&tab=past', '/indicators/new?tab=customer', '/indicators/compare?left=login_days_30d&right=login_days_90d'];

export async function indicators(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: ${name}`, page, what);
  try {
    const found = await tell('an indicator is found by its id, put to history in the background, and its signals come first', async () => {
      await page.goto(`${house.url}/indicators`);
      await page.getByRole('table', { name: w.title }).waitFor();
      await page.getByRole('textbox', { name: w.search }).fill('login_days_30d');
      // A heading, the one that was meant and at most one that is near it.
      await page.getByRole('table', { name: w.title }).getByRole('row').nth(3).waitFor({ state: 'detached' });
      await page.getByRole('table', { name: w.title }).locator('a[href*="/indicators/login_days_30d"]').first().waitFor();
      await page.getByRole('textbox', { name: w.search }).fill('');
      await page.getByRole('button', { name: w.run }).click();
      await page.getByRole('button', { name: w.again }).waitFor({ timeout: HISTORY_MS });
      await page.locator('.sheet-row .whisker svg').first().waitFor();
    });
    if (!found) return;

    await tell('the first of them says why it matters here, with figures and customers behind it', async () => {
      await page.getByRole('table', { name: w.title }).getByRole('row').nth(1).getByRole('link').click();
      const told = page.getByRole('region', { name: w.efficacy });
      await told.waitFor();
      expect((await told.locator('.efficacy-sentence').textContent()).trim().length > 10, 'no sentence');
      await told.locator('.whisker svg').waitFor();
      await page.getByRole('region', { name: w.distribution }).waitFor();
      await page.locator('.extremes a').nth(9).waitFor();
    });

    await tell('a copy of it is changed, and its numbers and its definition follow', async () => {
      await page.goto(`${house.url}/indicators/login_days_30d`);
      await page.getByRole('button', { name: w.copy }).click();
      await page.getByRole('heading', { level: 2, name: w.answer }).waitFor();
      await choose(page, w.reach, w.last60);
      await page.getByRole('tab', { name: w.definition }).click();
      await page.getByRole('region', { name: w.definition }).getByText('"60d"').waitFor();
      await page.getByRole('heading', { level: 2, name: w.answer }).waitFor();
    });

    await tell('one is built from nothing, tried on real customers, and the facts that counted are set apart', async () => {
      await page.goto(`${house.url}/indicators/new`);
      await page.getByRole('button', { name: w.afresh }).click();
      await page.getByText(w.lacks).first().waitFor();
      await choose(page, w.kind, w.event);
      await page.keyboard.press('Escape');
      await choose(page, w.name, w.login);
      await page.keyboard.press('Escape');
      await choose(page, w.how, w.days);
      await page.getByRole('heading', { level: 2, name: w.answer }).waitFor();
      await page.goto(`${house.url}/indicators/new`);
      await page.getByRole('button', { name: w.why }).first().click();
      await page.getByText(w.counted).waitFor();
      await page.locator('.strip .strip-counted').first().waitFor({ state: 'attached' });
    });

    await tell('what is wrong is named beside its control', async () => {
      await page.getByText(w.formula, { exact: true }).click();
      await page.getByRole('textbox', { name: w.formulaBox }).fill('login_days_30dd / 2');
      await page.getByRole('heading', { level: 2, name: w.wrong }).waitFor();
      const told = await page.getByRole('region', { name: w.formulaBox }).getByRole('alert').textContent();
      expect(told.includes('login_days_30d'), told);
    });

    await tell('two are compared on the same customers', async () => {
      await page.goto(`${house.url}/indicators/compare?left=login_days_30d`);
      // It is found by its id and shown by its name.
      const { card } = await ask(page, 'GET', '/api/indicators/login_days_90d');
      const right = page.getByRole('combobox', { name: w.right });
      await right.click();
      await right.fill('login_days_90d');
      const options = page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option');
      await options.filter({ hasText: card.name[lang] }).first().waitFor();
      await options.nth(1).waitFor({ state: 'detached' });
      await options.first().click();
      await page.getByRole('heading', { level: 1, name: w.alike }).waitFor();
      await page.getByRole('table', { name: w.farthest }).waitFor();
      await page.locator('.chart svg path').first().waitFor({ state: 'attached' });
    });

    await tell('its pages are free of serious faults of access, in light and dark', () => access(page, house.url, PAGES));
    await tell('the browser had nothing to complain about before indicators', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
