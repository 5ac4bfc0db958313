// The life of alerts on the desk of the sample firm: one put off, one without risk, three closed in bulk, a budget set
// and its line seen.

import { largeSample } from './house.mjs';
import { ask, idle } from './firm.mjs';
import { PATIENCE_MS, answered, expect, listen, settled, story, visit } from './telling.mjs';

const WORDS = {
  zh: { alerts: '预警跟进', more: /^更多操作/, snooze: '稍后处理', days: '3 天后', why: '为什么', send: '确定', slept: /^已稍后/, safe: '已核实无风险', season: '季节性，往年也这样', rank: /^为什么排第 1/, close: '结案', retained: /已留存/, selected: /^选了 3 条$/, budget: '预警预算', people: '处理预警的人', cases: '每人每周能接几件新跟进', urgent: '紧急预警不受限', save: '保存预算', line: '候选名单与上桌线', past: /^过去 \d+ 周会怎样$/, caught: '提前抓住的流失', compute: '现在就重新计算', below: /^线下/ },
  en: { alerts: 'Alerts', more: /^More for/, snooze: 'Put off', days: 'In 3 days', why: 'Why', send: 'Confirm', slept: /^Put off/, safe: 'Checked, no risk', season: 'Seasonal, the same every year', rank: /^Why it ranks 1/, close: 'Close', retained: /Retained/, selected: /^3 selected$/, budget: 'Alert budget', people: 'People who work alerts', cases: 'New cases each can take in a week', urgent: 'Urgent alerts pass', save: 'Save budget', line: 'Candidates and the line', past: /^The last \d+ weeks$/, caught: 'Leavers seen ahead', compute: 'Compute now', below: /^Below the line/ },
};

const BULK = /^\/api\/alerts\/bulk$/;

export async function desk(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await largeSample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  try {
    const complaints = listen(page);
    const tell = (name, what) => story(`${lang}: desk: ${name}`, page, what);
    const table = () => page.getByRole('table', { name: w.alerts });
    const choose = async (what, at = 0) => {
      await table().getByRole('button', { name: w.more }).nth(at).click();
      await page.getByRole('menuitem', { name: what }).click();
      return page.getByRole('dialog');
    };

    await tell('the first line says why it is the first', async () => {
      await page.goto(`${house.url}/alerts`);
      await settled(page);
      await table().getByRole('button', { name: w.rank }).first().click();
      await page.locator('.rank-why .rank-sum').waitFor();
      await page.keyboard.press('Escape');
    });

    await tell('one is put off with a reason and leaves the desk', async () => {
      await page.goto(`${house.url}/alerts?standing=desk`);
      await settled(page);
      const name = (await table().getByRole('row').nth(1).getByRole('link').first().textContent()).trim();
      const dialog = await choose(w.snooze);
      await dialog.getByRole('button', { name: w.days }).click();
      await dialog.getByRole('textbox', { name: w.why }).fill(lang === 'zh' ? '对方出差' : 'travelling');
      await answered(page, 'POST', BULK, () => dialog.getByRole('button', { name: w.send }).click());
      await page.goto(`${house.url}/alerts?standing=snoozed`);
      await table().getByRole('link', { name }).waitFor();
      await table().getByText(w.slept).first().waitFor();
    });

    await tell('one is checked and without risk; its rule has it on its record', async () => {
      await page.goto(`${house.url}/alerts?standing=desk`);
      await settled(page);
      const before = (await ask(page, 'GET', '/api/desk')).rules.reduce((sum, one) => sum + one.false_alarms, 0);
      const dialog = await choose(w.safe);
      await dialog.getByRole('button', { name: w.season }).click();
      await answered(page, 'POST', BULK, () => dialog.getByRole('button', { name: w.send }).click());
      await dialog.waitFor({ state: 'detached' });
      const after = (await ask(page, 'GET', '/api/desk')).rules.reduce((sum, one) => sum + one.false_alarms, 0);
      expect(after > before, `${after} after ${before}`);
    });

    await tell('three are closed in bulk', async () => {
      await page.goto(`${house.url}/alerts?standing=desk`);
      await settled(page);
      const total = Number(await table().getAttribute('aria-rowcount'));
      const boxes = table().getByRole('checkbox');
      for (const at of [1, 2, 3]) await boxes.nth(at).check();
      const bar = page.getByRole('region', { name: w.selected });
      await bar.getByRole('button', { name: w.close, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: w.retained }).check();
      await dialog.getByRole('button', { name: w.send }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.waitForFunction(([name, left]) => Number(document.querySelector(`[role=table][aria-label="${name}"]`)?.getAttribute('aria-rowcount')) === left, [w.alerts, total - 3]);
    });

    await tell('a budget is tried, seen on half a year, set, and the line is there', async () => {
      await page.getByRole('button', { name: w.budget }).click();
      await page.waitForURL(/\/alerts\/budget$/);
      await page.getByRole('spinbutton', { name: w.people }).fill('1');
      await page.getByRole('spinbutton', { name: w.cases }).fill('3');
      const passes = page.getByRole('switch', { name: w.urgent });
      if (await passes.isChecked()) await passes.click();
      await page.getByRole('region', { name: w.line }).getByRole('separator').waitFor();
      await page.getByRole('heading', { name: w.past }).waitFor({ timeout: 10 * PATIENCE_MS });
      await page.getByText(w.caught).waitFor();
      // Each click is answered before the next step: a cycle that has not begun yet is not one that has ended.
      await answered(page, 'PUT', /^\/api\/budget$/, () => page.getByRole('button', { name: w.save }).click());
      await answered(page, 'POST', /^\/api\/cycle$/, () => page.getByRole('button', { name: w.compute }).click());
      await idle(page);
      const { standing_counts: counts } = await ask(page, 'GET', '/api/desk');
      const below = counts.find((one) => one.key === 'below').count;
      expect(below > 0, JSON.stringify(counts));
      await page.goto(`${house.url}/alerts`);
      await page.getByRole('button', { name: w.below }).click();
      await page.waitForFunction(([name, rows]) => Number(document.querySelector(`[role=table][aria-label="${name}"]`)?.getAttribute('aria-rowcount')) === rows, [w.alerts, below + 1]);
    });

    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
