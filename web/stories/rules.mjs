// Somebody who has never seen it decides what to be told about, before the real server in both languages: a template is
// switched on with a threshold of their own, a rule is built and read before it is put in use, and the way back is taken.

import { ask } from './firm.mjs';
import { sample } from './house.mjs';
import { PATIENCE_MS, access, answered, choose, expect, listen, story, until, visit } from './telling.mjs';

const WORDS = {
  zh: {
    search: '名称、条件或编号', on: '开着', off: '没开', turn: '开启', says: /现在会提醒|一家也不会提醒/, weeks: /每周的预警/, new: '新建规则', number: '指标', away: '距上次登录天数', health: '健康分', threshold: '阈值', caught: /现在会提醒 [\d,]+ 家/, half: '过去半年', who: '会提醒谁', add: '加条件', indicator: /^指标/, tree: '提醒的条件', name: '名称', called: '走远而且不健康', activate: '启用', note: '改了什么', why: '先试一个月',
    versions: '版本', first: '第 1 版', second: '第 2 版', inUse: '在用', change: '修改', save: '存草稿', goOn: '继续改草稿', back: '退回第 1 版', confirm: '退回这一版', definition: '定义', edit: '直接改', wrong: /有 \d+ 处不对/, sentence: /高于|不低于/, run: /用历史回测|重新回测/, again: '重新回测', proved: '检验', all: '全部规则',
  },
  en: {
    search: 'Name, condition or id', on: 'On', off: 'Off', turn: 'Switch on', says: /Catches/, weeks: /Alerts a week/, new: 'New rule', number: 'Indicator', away: 'Days since last login', health: 'Health', threshold: 'Threshold', caught: /Catches [\d,]+ customers? now/, half: 'The last half year', who: 'Whom it catches', add: 'Add a condition', indicator: /^Indicator/, tree: 'Condition to speak', name: 'Name', called: 'Away and unwell', activate: 'Activate', note: 'What changed', why: 'A month to see',
    versions: 'Versions', first: 'Version 1', second: 'Version 2', inUse: 'In use', change: 'Change', save: 'Save draft', goOn: 'Go on with the draft', back: 'Go back to version 1', confirm: 'Go back to this', definition: 'Definition', edit: 'Edit as text', wrong: /\d+ things? to mend/, sentence: /above|at least/i, run: /^Backtest/, again: 'Backtest again', proved: 'Proof', all: 'All rules',
  },
};
const REPLAY_MS = 10 * PATIENCE_MS;

export async function ruling(browser, dressed, lang) {
  const w = WORDS[lang];
  const bare = await sample('--lang', lang);
  const { context, page } = await visit(browser, lang);
  // The sample house signs in whoever opens its own pages; newer pages before it are the same host.
  await page.goto(bare.url);
  const house = await dressed(bare);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: ${name}`, page, what);
  try {
    const on = await tell('a template shows whom it would catch, takes a threshold of one’s own and is switched on', async () => {
      await page.goto(`${house.url}/rules`);
      await page.getByRole('region', { name: w.on, exact: true }).waitFor();
      await page.getByRole('textbox', { name: w.search }).fill('RULE-07');
      const off = page.getByRole('region', { name: w.off, exact: true });
      const line = off.getByRole('listitem').filter({ hasText: 'RULE-07' }).first();
      await line.waitFor();
      const name = (await line.getByRole('link').first().textContent()).trim();
      await line.getByRole('switch').click();
      await line.getByText(w.says).waitFor();
      await line.getByRole('img', { name: w.weeks }).waitFor();
      const days = line.getByRole('spinbutton').first();
      const says = line.locator('.rule-tune-effect .strong').first();
      const before = await says.textContent();
      await days.fill('3');
      await until(page, async () => ![before, ''].includes(await says.textContent()), () => `still ${before}`);
      await line.getByRole('button', { name: w.turn, exact: true }).click();
      const spoken = page.getByRole('region', { name: w.on, exact: true }).getByRole('listitem').filter({ hasText: name }).first();
      await spoken.waitFor();
      await until(page, async () => (await spoken.textContent()).includes('3'), async () => `the new threshold is not said: ${await spoken.textContent()}`);
    });
    if (!on) return;

    await tell('a rule is built from nothing, and says at once whom it catches, how often it would have spoken and who left', async () => {
      await page.getByRole('textbox', { name: w.search }).fill('');
      await page.getByRole('button', { name: w.new }).click();
      await choose(page, w.number, w.away);
      await page.getByRole('heading', { level: 2, name: w.says }).waitFor();
      await page.getByRole('spinbutton', { name: w.threshold }).fill('5');
      await page.getByRole('heading', { level: 2, name: w.caught }).waitFor();
      await page.getByRole('button', { name: w.add }).first().click();
      await page.getByRole('menuitem', { name: w.indicator }).click();
      const second = page.getByRole('group', { name: w.tree }).getByRole('group').nth(1);
      const box = second.getByRole('combobox', { name: w.number });
      await box.click();
      await box.fill('health');
      await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: w.health }).first().click();
      await second.getByRole('spinbutton', { name: w.threshold }).fill('70');
      await page.getByText(w.sentence).first().waitFor();
      await page.getByRole('region', { name: w.half }).getByRole('img', { name: w.weeks }).waitFor();
      const who = page.getByRole('region', { name: w.who });
      await who.getByRole('link').first().waitFor();
      await who.locator('.rule-figure').nth(1).waitFor();
    });

    await tell('it is put in use with a word about why, and its page says so', async () => {
      await page.getByRole('textbox', { name: w.name, exact: true }).fill(w.called);
      await page.getByRole('button', { name: w.activate, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: w.note }).fill(w.why);
      await dialog.getByRole('button', { name: w.activate, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: w.called }).waitFor();
      const versions = page.getByRole('region', { name: w.versions });
      await versions.getByText(w.first).waitFor();
      await versions.getByText(w.why).waitFor();
      await until(page, async () => (await versions.textContent()).includes(w.inUse), () => versions.textContent());
    });

    await tell('a change is kept as a draft, read beside the version in use, put in use, and one step leads back', async () => {
      await page.getByRole('button', { name: w.change, exact: true }).click();
      const threshold = page.getByRole('group', { name: w.tree }).getByRole('spinbutton', { name: w.threshold }).first();
      await threshold.fill('9');
      await page.getByRole('heading', { level: 2, name: w.says }).waitFor();
      await answered(page, 'PUT', /^\/api\/rules\/[^/]+\/draft$/, () => page.getByRole('button', { name: w.save, exact: true }).click());
      await page.getByRole('button', { name: w.goOn }).click();
      await page.waitForURL(/\/edit$/);
      expect((await threshold.inputValue()) === '9', 'the draft was not kept');
      await page.getByRole('heading', { level: 2, name: w.says }).waitFor();
      await page.getByRole('button', { name: w.activate, exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: w.activate, exact: true }).click();
      const versions = page.getByRole('region', { name: w.versions });
      await versions.getByRole('listitem').filter({ hasText: w.second }).filter({ hasText: w.inUse }).waitFor();
      await versions.getByRole('button', { name: w.back }).click();
      await page.getByRole('button', { name: w.confirm, exact: true }).last().click();
      await versions.getByRole('listitem').filter({ hasText: w.first }).and(versions.locator('[data-state=active]')).waitFor();
    });

    await tell('what is wrong with a written definition is named', async () => {
      await page.getByRole('button', { name: w.change, exact: true }).click();
      await page.getByRole('tab', { name: w.definition }).click();
      await page.getByRole('button', { name: w.edit }).click();
      const box = page.getByRole('textbox', { name: w.definition });
      const text = await box.inputValue();
      await box.fill(text.replace('days_since_login', 'days_since_loggin'));
      await page.getByRole('heading', { level: 2, name: w.wrong }).waitFor();
    });

    await tell('it is replayed on the firm’s own past, and the badge beside it follows', async () => {
      await page.goto(`${house.url}/rules`);
      await page.getByRole('region', { name: w.on, exact: true }).getByRole('listitem').first().getByRole('link').first().click();
      const proved = page.getByRole('region', { name: w.proved });
      await proved.getByRole('button', { name: w.run }).click();
      await proved.locator('.rule-numbers').waitFor({ timeout: REPLAY_MS });
      await proved.getByRole('button', { name: w.again }).waitFor();
    });

    await tell('its pages are free of serious faults of access, in light and dark', async () => {
      const [{ id }] = await ask(page, 'GET', '/api/rules');
      return access(page, house.url, ['/rules', `/rules?open=${id}`, `/rules/${id}`, `/rules/${id}?tab=definition`, '/rules/new', `/rules/${id}/edit`, `/rules/${id}/edit?tab=toml`]);
    });
    await tell('the browser had nothing to complain about before rules', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}
