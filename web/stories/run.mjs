// Stories in a real Chromium before the real server: set up, import, see who needs care, act, look back. In both
// languages. Builds nothing: `target/debug/liuke` must be there, with its pages. `LIUKE_PAGES=dist` puts the pages of
// web/dist before it instead. Prints `N passed, N failed`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { desk } from './desk.mjs';
import { behindNewPages, open } from './house.mjs';
import { indicators } from './indicators.mjs';
import { intake } from './intake.mjs';
import { manyCustomers } from './many.mjs';
import { ruling } from './rules.mjs';
import { scorecards } from './scorecards.mjs';
import { belonging } from './segments.mjs';
import { staffing } from './staff.mjs';
import { BROKEN, REGULARS, UNKNOWN_HEADERS, ordersFile } from './shop.mjs';
import { choose, end, expect, listen, missed, settled, story, wanted } from './telling.mjs';

const AXE_FILE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const AXE = readFileSync(AXE_FILE, 'utf8');
const WORDS = {
  zh: {
    kind: '这是什么', orders: '订单', next: '下一步', retail: /电商/, firm: '公司名称', name: '姓名', email: '邮箱\uff08登录名\uff09', signInEmail: '邮箱', password: '密码', finish: '开始使用', today: '今日', notYet: '还排不出今天的名单',
    importFile: '导入文件', becomes: '对应到', customerId: '客户编号', amount: '订单金额', start: '开始导入', imported: '导入完成', rejects: /下载未导入的行/, seeToday: '看今日名单', accept: '受理', close: '结案', retained: /已留存/, health: '健康分', why: '健康分从何而来',
    asOf: /^截至/, ago: /30 天前/, back: '返回现在', past: /您在看/, search: '搜索', keys: '快捷键', member: /会员/, signOut: '退出', signIn: '登录', me: '我', export: /导出/, note: '备注', sentence: /今天要跟进 \d+ 位会员/, churn: '流失概览', nav: '页面', outcome: '已留存', rows: /位会员/,
  },
  en: {
    kind: 'What is it', orders: 'Orders', next: 'Next', retail: /E-commerce/, firm: 'Name of the firm', name: 'Name', email: 'E-mail (sign-in name)', signInEmail: 'E-mail', password: 'Password', finish: 'Start', today: 'Today', notYet: 'No list for today yet',
    importFile: 'Import a file', becomes: 'Becomes', customerId: 'Customer id', amount: 'Order amount', start: 'Import', imported: 'Imported', rejects: /Download rejected rows/, seeToday: 'See Today', accept: 'Accept', close: 'Close case', retained: /Retained/, health: 'Health', why: 'Where the health comes from',
    asOf: /^As of/, ago: /30 days ago/, back: 'Back to now', past: /You are looking at/, search: 'Search', keys: 'Keys', member: /member/i, signOut: 'Sign out', signIn: 'Sign in', me: 'Me', export: /Export/, note: 'Note', sentence: /\d+ members? needs? you today/, churn: 'Churn', nav: 'Pages', outcome: 'Retained', rows: /members?/,
  },
};
const LANGS = (process.env.LIUKE_LANGS ?? 'zh,en').split(',');
const PEOPLE = { name: 'Su Wanqing', email: 'su@example.com', password: 'a long password' };

async function inLanguage(browser, lang) {
  const w = WORDS[lang];
  const house = await dressed(await open('serve', '--lang', lang));
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', acceptDownloads: true, reducedMotion: 'reduce' });
  await context.addInitScript((one) => localStorage.setItem('liuke.lang', one), lang);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = listen(page);
  const nav = (name) => page.getByRole('navigation', { name: w.nav }).getByRole('link', { name }).click();
  const tell = (name, what) => story(`${lang}: ${name}`, page, what);

  try {
    const begun = await tell('the set-up link leads to an empty Today that says why', async () => {
      await page.goto(house.link);
      await page.getByLabel(w.firm).fill(lang === 'zh' ? '青禾书店' : 'Greenfield Books');
      await page.getByRole('radio', { name: w.retail }).click();
      await page.getByRole('button', { name: w.next }).click();
      await page.getByRole('radio').first().waitFor();
      await page.getByRole('button', { name: w.next }).click();
      await page.getByLabel(w.name, { exact: true }).fill(PEOPLE.name);
      await page.getByLabel(w.email).fill(PEOPLE.email);
      await page.getByLabel(w.password, { exact: true }).fill(PEOPLE.password);
      await page.getByRole('button', { name: w.finish }).click();
      await page.getByRole('heading', { name: w.notYet, level: 2 }).waitFor();
      expect(page.url().endsWith('/today'), page.url());
    });

    // Nothing below can be told before the house has been set up.
    if (!begun) return;

    const filled = await tell('a file with headers of its own is mapped, checked and imported; what is wrong is handed back', async () => {
      const file = ordersFile();
      await page.getByRole('link', { name: w.importFile }).click();
      await page.locator('input[type=file]').setInputFiles(file);
      await choose(page, w.kind, w.orders);
      for (const [header, field] of [[UNKNOWN_HEADERS.who, w.customerId], [UNKNOWN_HEADERS.howMuch, w.amount]]) await choose(page, `${w.becomes} ${header}`, field);
      await page.getByRole('button', { name: w.next }).click();
      await page.getByRole('heading', { name: new RegExp((file.rows - BROKEN).toLocaleString('en')) }).waitFor({ timeout: 30_000 });
      await page.getByRole('button', { name: w.start, exact: true }).click();
      await page.getByRole('heading', { name: w.imported }).waitFor({ timeout: 60_000 });
      const [rejects] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: w.rejects }).click()]);
      const text = readFileSync(await rejects.path(), 'utf8');
      expect(text.trim().split('\n').length === BROKEN + 1, `rejects: ${text.slice(0, 300)}`);
    });

    if (!filled) return;

    await tell('the ranked list names who stopped coming, in the firm’s own words', async () => {
      await page.getByRole('link', { name: w.seeToday }).click();
      await page.getByRole('heading', { level: 1, name: w.sentence }).waitFor({ timeout: 60_000 });
      expect((await page.getByRole('table', { name: w.today }).getByRole('row').count()) > 1, 'no rows');
    });

    let name = '';
    await tell('j, k and enter choose a customer; its page says why', async () => {
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      const link = page.getByRole('table', { name: w.today }).getByRole('row').nth(1).getByRole('link').first();
      name = (await link.textContent()).trim();
      await link.click();
      await page.waitForURL(/\/customers\//);
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await page.getByRole('region', { name: w.why }).locator('.contribution').first().waitFor();
    });

    await tell('a case is accepted, then closed with an outcome and a note', async () => {
      await page.getByRole('button', { name: w.accept, exact: true }).click();
      await page.getByRole('button', { name: w.close, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: w.retained }).check();
      await dialog.getByRole('textbox', { name: w.note }).fill(lang === 'zh' ? '电话聊过\uff0c下周来店' : 'Talked on the phone, will come next week');
      await dialog.getByRole('button', { name: w.close, exact: true }).click();
      await page.locator('.rail').getByText(w.outcome, { exact: true }).waitFor();
      expect((await page.locator('.customer-top').getByRole('button', { name: w.close, exact: true }).count()) === 0, 'still offers to close');
      await page.reload();
      await page.locator('.rail').getByText(w.outcome, { exact: true }).waitFor();
    });

    await tell('the past can be looked at and not acted on, and now is one click away', async () => {
      await nav(w.today);
      await page.getByRole('button', { name: w.asOf }).click();
      await page.getByRole('button', { name: w.ago }).click();
      await page.getByText(w.past).waitFor();
      expect(/as_of=\d{4}-\d\d-\d\d/.test(page.url()), page.url());
      await nav(w.member);
      await page.getByRole('table').waitFor();
      expect(/as_of=/.test(page.url()), 'the moment was lost on the way');
      expect((await page.locator('main button:enabled', { hasText: new RegExp(`^${w.accept}$`) }).count()) === 0, 'could act on the past');
      await page.getByRole('button', { name: w.back }).click();
      await page.getByText(w.past).waitFor({ state: 'detached' });
    });

    await tell('one box finds a customer; ? shows the keys', async () => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: w.search }).fill(name);
      await page.getByRole('option', { name: new RegExp(name) }).first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/customers\//);
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText(w.keys, { exact: true }).waitFor();
      await page.keyboard.press('Escape');
    });

    await tell('a table leaves as an Excel file', async () => {
      await nav(w.member);
      await page.getByText(new RegExp(`${REGULARS}.*${w.rows.source}`)).first().waitFor();
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: w.export }).click()]);
      expect(readFileSync(await file.path()).subarray(0, 2).toString() === 'PK', 'not a workbook');
    });

    await belonging(page, tell, lang, house.url);

    await tell('signing out closes the door; signing in leads back', async () => {
      await page.getByRole('button', { name: w.me, exact: true }).click();
      await page.getByRole('menuitem', { name: w.signOut }).click();
      await page.waitForURL(/\/sign-in/);
      await page.goto(`${house.url}/churn`);
      await page.getByLabel(w.signInEmail).fill(PEOPLE.email);
      await page.getByLabel(w.password, { exact: true }).fill(PEOPLE.password);
      await page.getByRole('button', { name: w.signIn }).click();
      await page.waitForURL(/\/churn$/);
    });

    await tell('every page is free of serious faults of access, in light and dark', () => everyPage(page, house.url));
    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}

async function everyPage(page, url) {
  const found = [];
  for (const theme of ['light', 'dark']) {
    await page.evaluate((one) => localStorage.setItem('liuke.theme', one), theme);
    for (const path of ['/today', '/customers', '/segments', '/segments/silent', '/alerts', '/alerts/budget', '/churn', '/data', '/data/files', '/data/sources/new', '/data/sources/new?kind=segment', '/data/sources/new?kind=sqlserver', '/data/sources/new?kind=sftp', '/data/live', '/data/held', '/data/identity', '/data/quality', '/data/import', '/settings/firm', '/settings/staff', '/settings/tokens', '/settings/definitions', '/customers/M001', '/today?as_of=2025-06-01', '/nowhere']) {
      await page.goto(url + path, { waitUntil: 'load' });
      await settled(page);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] }));
      for (const one of violations.filter((each) => each.impact === 'serious' || each.impact === 'critical')) {
        found.push(`${path} (${theme}): ${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
      }
    }
  }
  expect(found.length === 0, `${found.length} faults\n${found.join('\n')}`);
}

const dressed = (house) => (process.env.LIUKE_PAGES === 'dist' ? behindNewPages(house) : house);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  if (wanted('shop')) for (const lang of LANGS) await inLanguage(browser, lang);
  if (wanted('intake')) for (const lang of LANGS) await intake(browser, dressed, lang);
  if (wanted('desk')) for (const lang of LANGS) await desk(browser, dressed, lang);
  if (wanted('indicators')) for (const lang of LANGS) await indicators(browser, dressed, lang, AXE_FILE);
  if (wanted('scorecards')) for (const lang of LANGS) await scorecards(browser, dressed, lang, AXE_FILE);
  if (wanted('staff')) for (const lang of LANGS) await staffing(browser, dressed, lang);
  if (wanted('rules')) for (const lang of LANGS) await ruling(browser, dressed, lang, AXE_FILE);
  await manyCustomers(browser, dressed);
} catch (error) {
  missed('a house');
  console.error(error.message);
} finally {
  await browser.close();
}
process.exit(end());
