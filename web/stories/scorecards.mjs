// A person who has never seen the product changes a weight, sees who changes band, reads the backtest, puts the version in
// use and takes it back; then looks at why a health moved, says something of it, and looks back upon a loss. Before the
// real server, in both languages.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, access, expect, listen, story, until, visit } from './telling.mjs';

const WORDS = {
  zh: {
    nav: '页面', cards: '打分卡', groups: '哪些算数', weight: '使用趋势的权重', moved: /家客户里，\d+ 家会换等级$/, movers: '谁会换等级', corner: /^距上次登录天数的第 2 个点$/, measure: /^距上次登录天数/, same: '没有改动，健康分不变',
    save: '保存草稿', note: '改了什么，为什么', draft: /^正在写第 2 版/, replayTab: '回测', replay: '回测这份草稿', again: '重新回测', seen: /可提前发现/, mine: '这份草稿', theirs: '在用的版本', handIn: '交付复核', waits: /^第 2 版等待复核/, activate: '启用', reviewed: /起草，.+复核并启用。/, used: '现在看的是在用的版本', proven: /^已回测：流失/,
    versionsTab: '版本', back: /^退回这版 第 1 版$/, backDo: '退回这版', ledger: '健康分明细', said: '人工判断', override: '改判健康分', health: /^健康分，0 到 100$/, reason: '理由', ends: '截止日', ok: '保存', takeBack: /^撤回/, touched: '它影响了什么', timeline: '动态', verdict: /按贵司自己的过去|还没有检验过/,
    mortem: '流失前半年的健康分', signs: '当时能看出什么', propose: '找一条建议', proposal: '下次怎样能看出来', proposeAgain: '重新找', find: '看复盘',
  },
  en: {
    nav: 'Pages', cards: 'Scorecards', groups: 'What counts', weight: 'Weight of Trend', moved: /^\d+ of \d+ customers changes? band$/, movers: 'Who changes band', corner: /^Point 2 of Days since/, measure: /^Days since/, same: 'Nothing is changed; healths stay as they are',
    save: 'Save draft', note: 'What was changed, and why', draft: /^Version 2 is being written/, replayTab: 'Backtest', replay: 'Backtest this draft', again: 'Backtest again', seen: /seen ahead/, mine: 'This draft', theirs: 'Version in use', handIn: 'Hand in for review', waits: /^Version 2 by .+ waits for review/, activate: 'Activate', reviewed: /reviewed and activated by/, used: 'You are looking at the version in use', proven: /^Backtested: /,
    versionsTab: 'Versions', back: /^Roll back to this Version 1$/, backDo: 'Roll back to this', ledger: 'Ledger of the health', said: 'What people say', override: 'Set the health', health: /^Health, 0 to 100$/, reason: 'Reason', ends: 'Ends on', ok: 'Save', takeBack: /^Take back/, touched: 'What it changed', timeline: 'What happened', verdict: /In your own past|has not been checked yet/,
    mortem: 'Health over the half year before', signs: 'What could be seen', propose: 'Find a change', proposal: 'How the next one would be seen', proposeAgain: 'Find again', find: 'Find',
  },
};
const HISTORY_MS = 10 * PATIENCE_MS;
const PAGES = ['/scorecards', '/scorecards/saas', '/scorecards/saas?tab=replay', '/scorecards/saas?tab=versions', '/scorecards/saas?tab=customer'];

export async function scorecards(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: ${name}`, page, what);
  const groups = () => page.getByRole('region', { name: w.groups });
  let before = '';
  let lost = '';
  try {
    await tell('the scorecard in use is found from the list, and says that it has never been put to the past', async () => {
      await page.goto(`${house.url}/today`);
      await page.getByRole('navigation', { name: w.nav }).getByRole('link', { name: w.cards, exact: true }).click();
      await page.getByRole('table', { name: w.cards }).getByRole('link').first().click();
      await page.waitForURL(/\/scorecards\/saas$/);
      await page.getByRole('heading', { level: 2, name: w.same }).waitFor();
    });

    await tell('a weight is moved by hand, the sum stays 100, and who changes band is told by name', async () => {
      const slider = groups().getByRole('slider', { name: w.weight });
      before = await slider.getAttribute('aria-valuenow');
      await slider.focus();
      for (let press = 0; press < 24; press += 1) await page.keyboard.press('ArrowRight');
      let weights = [];
      const sum = () => weights.reduce((all, one) => all + parseInt(one, 10), 0);
      await until(page, async () => {
        weights = await groups().locator('.card-group-head .weight-figure').allTextContents();
        return weights.length > 1 && sum() === 100 && (await slider.getAttribute('aria-valuenow')) !== before;
      }, () => `${weights} make ${sum()}`);
      await page.getByRole('heading', { level: 2, name: w.moved }).waitFor();
      const rows = page.getByRole('table', { name: w.movers }).getByRole('row');
      await rows.nth(1).waitFor();
      expect((await rows.nth(1).textContent()).includes('→'), await rows.nth(1).textContent());
    });

    await tell('a corner of a curve is dragged with the mouse, on the numbers that customers have', async () => {
      await groups().getByRole('button', { name: w.measure }).first().click();
      const corner = page.getByRole('slider', { name: w.corner });
      // The customers' numbers say how far the picture reaches: before they are there the corner stands elsewhere.
      await page.locator('.curve-bar').nth(3).waitFor({ state: 'attached' });
      const told = await corner.getAttribute('aria-valuetext');
      const dot = corner.locator('.curve-dot');
      await dot.hover();
      const box = await dot.boundingBox();
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 4, box.y + 60, { steps: 6 });
      await page.mouse.up();
      await until(page, async () => (await corner.getAttribute('aria-valuetext')) !== told, () => `still ${told}`);
    });

    const saved = await tell('the draft is saved with a word on why', async () => {
      await page.getByRole('button', { name: w.save }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: w.note }).fill(lang === 'zh' ? '趋势变差得最早' : 'the trend turns first');
      await dialog.getByRole('button', { name: w.save }).click();
      await page.getByText(w.draft).waitFor();
    });
    if (!saved) return;

    await tell('the draft is backtested in the background and read in sentences beside the version in use', async () => {
      await page.getByRole('tab', { name: w.replayTab }).click();
      await page.getByRole('button', { name: w.replay }).click();
      const figures = page.getByRole('table', { name: w.replayTab });
      await figures.getByRole('columnheader', { name: w.mine }).waitFor({ timeout: HISTORY_MS });
      await figures.getByRole('columnheader', { name: w.theirs }).waitFor({ timeout: HISTORY_MS });
      await page.getByRole('button', { name: w.again }).waitFor();
      const answers = page.locator('.replay-answer').filter({ hasText: w.seen });
      await answers.nth(1).waitFor();
      expect((await answers.count()) === 2, 'two answers in sentences');
    });

    await tell('it is handed in, looked at, and put in use by name; its proof comes with it', async () => {
      await page.getByRole('button', { name: w.handIn }).click();
      await page.getByText(w.waits).waitFor();
      await page.getByRole('button', { name: w.activate, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(w.reviewed).waitFor();
      await dialog.getByRole('button', { name: w.activate, exact: true }).click();
      await page.getByText(w.used).waitFor();
      await page.locator('.proven').filter({ hasText: w.proven }).waitFor();
    });

    await tell('it is rolled back, and the weight is what it was', async () => {
      await page.getByRole('tab', { name: w.versionsTab }).click();
      await page.getByRole('button', { name: w.back }).click();
      await page.getByRole('dialog').getByRole('button', { name: w.backDo }).click();
      await page.waitForFunction(([name, value]) => [...document.querySelectorAll('[role=slider]')].find((one) => one.getAttribute('aria-label') === name)?.getAttribute('aria-valuenow') === value, [w.weight, before]);
    });

    await tell('a customer’s health is explained day by day, and what the past says of such a health', async () => {
      const { rows } = await ask(page, 'GET', '/api/customers?band=high,critical&limit=1');
      await page.goto(`${house.url}/customers/${encodeURIComponent(rows[0].id)}`);
      const ledger = page.getByRole('region', { name: w.ledger });
      // Whoever has been silent for long has moved little of late.
      await ledger.locator('.ant-segmented-item').last().click();
      await ledger.locator('.changes li').first().waitFor();
      await page.locator('.customer-proven').filter({ hasText: w.verdict }).waitFor();
      await page.getByRole('region', { name: w.timeline }).locator('.entry-line').first().click();
      await page.getByText(w.touched).waitFor();
    });

    await tell('a person sets the health with a reason and an end, and takes it back', async () => {
      const said = page.getByRole('region', { name: w.said });
      await said.getByRole('button', { name: w.override }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('spinbutton', { name: w.health }).fill('12');
      await dialog.getByRole('textbox', { name: w.reason }).fill(lang === 'zh' ? '采购说明年换供应商' : 'they will change supplier');
      const now = new Date((await ask(page, 'GET', '/api/session')).now);
      const ends = new Date(Math.max(Date.now(), now.getTime()) + 20 * 86_400_000).toISOString().slice(0, 10);
      await dialog.getByRole('textbox', { name: w.ends }).fill(ends);
      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: w.ok }).click();
      const takeBack = said.getByRole('button', { name: w.takeBack });
      await takeBack.waitFor();
      await page.locator('.verdict-figures .figure', { hasText: /^12$/ }).waitFor();
      await takeBack.click();
      await takeBack.waitFor({ state: 'detached' });
    });

    await tell('a loss is looked back upon: the first sign, and a change of the rules put to the past', async () => {
      const { rows } = await ask(page, 'GET', '/api/customers?state=gone&limit=1');
      lost = rows[0].id;
      await page.goto(`${house.url}/customers/${encodeURIComponent(lost)}/post-mortem`);
      await page.getByRole('region', { name: w.mortem }).waitFor();
      await page.getByRole('region', { name: w.signs }).waitFor();
      await page.getByRole('button', { name: w.propose }).click();
      await page.getByRole('button', { name: w.proposeAgain }).waitFor({ timeout: HISTORY_MS });
      const words = (await page.getByRole('region', { name: w.proposal }).textContent()).length;
      expect(words > 60, 'nothing is said');
    });

    await tell('its pages are free of serious faults of access, in light and dark', () => {
      const customer = `/customers/${encodeURIComponent(lost)}`;
      return access(page, house.url, [...PAGES, customer, `${customer}/post-mortem`], { '/scorecards/saas': () => page.locator('.card-measure-name').first().click() });
    });
    await tell('the browser had nothing to complain about before scorecards', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
