// Stories in a real Chromium before the real server: set up, import, see who needs care, act, look back. In both
// languages. Builds nothing: `target/debug/liuke` must be there, with its pages. `LIUKE_PAGES=dist` puts the pages of
// web/dist before it instead. Prints `N passed, N failed`.

import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { casework } from './cases.mjs';
import { desk } from './desk.mjs';
import { followUp } from './followup.mjs';
import { renewing } from './renewals.mjs';
import { FEW, MANY, behindNewPages, open, prepared } from './house.mjs';
import { indicators } from './indicators.mjs';
import { noticing } from './notices.mjs';
import { intake } from './intake.mjs';
import { leaving } from './leaving.mjs';
import { manyCustomers } from './many.mjs';
import { reminding } from './reminders.mjs';
import { reviewing } from './review.mjs';
import { ruling } from './rules.mjs';
import { scorecards } from './scorecards.mjs';
import { belonging } from './segments.mjs';
import { sheet } from './sheet.mjs';
import { staffing } from './staff.mjs';
import { BROKEN, REGULARS, UNKNOWN_HEADERS, ordersFile } from './shop.mjs';
import { access, answered, choose, end, expect, listen, missed, story, visit, wanted } from './telling.mjs';

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
const PAGES = ['/today', '/customers', '/segments', '/segments/silent', '/alerts', '/alerts/budget', '/cases', '/cases?view=board', '/promises', '/sheets', '/review', '/review?by=month', '/reminders', '/reminders?view=festival', '/churn', '/churn/definitions', '/data', '/data/files', '/data/sources/new', '/data/sources/new?kind=segment', '/data/sources/new?kind=sqlserver', '/data/sources/new?kind=sftp', '/data/live', '/data/held', '/data/identity', '/data/quality', '/data/import', '/settings/firm', '/settings/staff', '/settings/notices', '/settings/tokens', '/settings/definitions', '/settings/advice', '/customers/M001', '/today?as_of=2025-06-01', '/nowhere'];
const PEOPLE = { name: 'Su Wanqing', email: 'su@example.com', password: 'a long password' };

async function shop(browser, dressed, lang) {
  const w = WORDS[lang];
  const house = await dressed(await open('serve', '--lang', lang));
  const { context, page } = await visit(browser, lang);
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
      await page.getByRole('heading', { name: new RegExp((file.rows - BROKEN).toLocaleString('en')) }).waitFor();
      await page.getByRole('button', { name: w.start, exact: true }).click();
      await page.getByRole('heading', { name: w.imported }).waitFor();
      const [rejects] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: w.rejects }).click()]);
      const text = readFileSync(await rejects.path(), 'utf8');
      expect(text.trim().split('\n').length === BROKEN + 1, `rejects: ${text.slice(0, 300)}`);
    });

    if (!filled) return;

    await tell('the ranked list names who stopped coming, in the firm’s own words', async () => {
      await page.getByRole('link', { name: w.seeToday }).click();
      await page.getByRole('heading', { level: 1, name: w.sentence }).waitFor();
      await page.getByRole('table', { name: w.today }).getByRole('row').nth(1).waitFor();
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
      await answered(page, 'POST', /^\/api\/cases\/\d+\/accept$/, () => page.getByRole('button', { name: w.accept, exact: true }).click());
      await page.getByRole('button', { name: w.close, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: w.retained }).check();
      await dialog.getByRole('textbox', { name: w.note }).fill(lang === 'zh' ? '电话聊过\uff0c下周来店' : 'Talked on the phone, will come next week');
      await answered(page, 'POST', /^\/api\/cases\/\d+\/close$/, () => dialog.getByRole('button', { name: w.close, exact: true }).click());
      await page.locator('.rail').getByText(w.outcome, { exact: true }).waitFor();
      await page.locator('.customer-top').getByRole('button', { name: w.close, exact: true }).waitFor({ state: 'detached' });
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
      await page.waitForURL(/\/customers(\?|$)/);
      await page.getByRole('table', { name: w.member }).waitFor();
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
      await page.getByRole('combobox', { name: w.search }).waitFor({ state: 'hidden' });
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
    await leaving(page, tell, lang, house.url);

    await tell('signing out closes the door; signing in leads back', async () => {
      await page.getByRole('button', { name: w.me, exact: true }).click();
      await page.getByRole('menuitem', { name: w.signOut }).click();
      await page.waitForURL(/\/sign-in$/);
      await page.getByRole('button', { name: w.signIn, exact: true }).waitFor();
      await page.goto(`${house.url}/churn`);
      await page.getByLabel(w.signInEmail).fill(PEOPLE.email);
      await page.getByLabel(w.password, { exact: true }).fill(PEOPLE.password);
      await page.getByRole('button', { name: w.signIn }).click();
      await page.waitForURL(/\/churn$/);
    });

    await tell('every page is free of serious faults of access, in light and dark', () => access(page, house.url, PAGES));
    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}

const dressed = (house) => (process.env.LIUKE_PAGES === 'dist' ? behindNewPages(house) : house);

/** Chapters, the longest first; those of the sample company begin once it is made. */
const CHAPTERS = { shop, intake, staff: staffing, notices: noticing, desk, cases: casework, followup: followUp, reminders: reminding, renewals: renewing, review: reviewing, indicators, scorecards, rules: ruling, sheet };
/** So many are told at a time: a house and its browser wait for each other, and for what they wait for. */
const LANES = Number(process.env.LIUKE_LANES ?? 3);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const jobs = Object.entries(CHAPTERS).filter(([name]) => wanted(name)).flatMap(([name, tell]) => LANGS.map((lang) => ({ name, lang, tell })));
// The large one is made while the first chapters are told; whoever wants one that cannot be made says so.
if (wanted('desk')) prepared(MANY).catch(() => undefined);
if (Object.keys(CHAPTERS).some((name) => wanted(name) && !['shop', 'intake', 'staff', 'notices', 'desk'].includes(name))) prepared(FEW).catch(() => undefined);

/** Tells one chapter after the other; one that breaks off does not stop the next. */
async function lane() {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const begun = Date.now();
    try {
      await job.tell(browser, dressed, job.lang);
      console.log(`${job.lang}: ${job.name}: ${Math.round((Date.now() - begun) / 1000)} s`);
    } catch (error) {
      missed(`${job.lang}: ${job.name}`);
      console.error(`  FAIL  ${job.lang}: ${job.name} breaks off: ${error.message}`);
    }
  }
}

await Promise.all(Array.from({ length: LANES }, lane));
try {
  await manyCustomers(browser, dressed);
} catch (error) {
  missed('very many customers');
  console.error(error.message);
}
await browser.close();
process.exit(end());
