// Pictures of every page: three sizes, two themes, two languages.
//   npm run shots -- FOLDER [--only today,customer] [--url http://127.0.0.1:8423] [--sizes desk,wide,phone] [--themes light] [--langs zh]
// Without --url the pretended firm is shown. Of another server what it has nothing to show for is left out, with a word.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { settled } from './telling.mjs';

const args = process.argv.slice(2);
const folder = args[0] && !args[0].startsWith('--') ? args[0] : null;
if (!folder) {
  console.error('usage: npm run shots -- FOLDER [--only PAGES] [--url URL] [--sizes desk,wide,phone] [--themes light,dark] [--langs zh,en]');
  process.exit(2);
}
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args[at + 1];
};
const list = (name, all) => option(name, all.join(',')).split(',');

const SIZES = { desk: { width: 1440, height: 900 }, wide: { width: 1920, height: 1080 }, phone: { width: 390, height: 844 } };
const DAYS_BACK = 120;
/** How long a page of a real server may take over what it works out when it is asked. */
const WORK_MS = 180_000;

/** There is nothing to take a picture of. */
class Lacking extends Error {}

/** name, path, scene of the pretended firm, what to do before the picture */
const PAGES = [
  ['sign-in', '/sign-in', 'signed_out'],
  ['setup', '/setup?token=t', 'setup'],
  ['today', '/today'],
  ['today-empty', '/today', 'empty'],
  ['today-done', '/today', 'done'],
  ['today-past', '/today?as_of=PAST'],
  ['today-close', '/today', 'firm', async (page) => {
    const close = page.getByRole('button', { name: /^(结案|Close case)$/ }).first();
    if (await close.count()) await close.click();
  }],
  ['customers', '/customers'],
  ['customers-high', '/customers?band=high,critical&sort=value&order=desc'],
  ['customers-tagged', '/customers?tier=high', 'firm', async (page) => {
    const boxes = page.getByRole('checkbox');
    await boxes.nth(1).check();
    await boxes.nth(2).check();
  }],
  ['segments', '/segments'],
  ['segment', '/segments/churn_warned'],
  ['customer', '/customers/ID'],
  ['customer-risk', '/customers/ID', 'firm', (page) => page.locator('.risk-line, .risk-ways').first().scrollIntoViewIfNeeded()],
  ['customer-why', '/customers/ID', 'firm', (page) => page.locator('#main').evaluate((main) => main.scrollTo(0, 460))],
  ['customer-indicators', '/customers/ID', 'firm', (page) => page.locator('#main').evaluate((main) => main.scrollTo(0, 1180))],
  ['customer-timeline', '/customers/ID', 'firm', (page) => page.locator('.timeline').scrollIntoViewIfNeeded()],
  ['promises', '/promises'],
  ['reminders', '/reminders'],
  ['reminders-empty', '/reminders', 'empty'],
  ['greetings', '/reminders?view=festival'],
  ['greetings-fix', '/reminders?view=festival&group=fix'],
  ['review', '/review'],
  ['review-month', '/review?by=month'],
  ['review-empty', '/review', 'empty'],
  ['review-forward', '/review', 'firm', (page) => page.getByRole('button', { name: /^(转发长图|Picture)$/ }).click()],
  ['team', '/team'],
  ['models', '/models'],
  ['model-top', '/models/MODEL'],
  ['model', '/models/MODEL', 'firm', (page) => page.locator('[role=region], section').filter({ has: page.getByRole('heading', { name: /还准吗|still hold/ }) }).first().scrollIntoViewIfNeeded()],
  ['model-beside', '/models/CHALLENGER', 'firm', (page) => page.locator('section').filter({ has: page.getByRole('heading', { name: /与在用的模型相比|Beside the model/ }) }).first().scrollIntoViewIfNeeded()],
  ['sheets', '/sheets'],
  ['pool', '/pool'],
  ['team-empty', '/team', 'empty'],
  ['alerts', '/alerts'],
  ['alerts-rank', '/alerts', 'firm', (page) => page.locator('.rank').first().click()],
  ['alerts-chosen', '/alerts', 'firm', async (page) => {
    const boxes = page.getByRole('checkbox');
    for (const at of [1, 2]) if ((await boxes.count()) > at) await boxes.nth(at).check();
  }],
  ['alerts-snooze', '/alerts', 'firm', async (page) => {
    await page.locator('[aria-label^="更多操作"], [aria-label^="More for"]').first().click();
    await page.getByRole('menuitem').first().click();
  }],
  ['cases', '/cases'],
  ['cases-chosen', '/cases', 'firm', async (page) => {
    const boxes = page.getByRole('checkbox');
    for (const at of [1, 2]) if ((await boxes.count()) > at) await boxes.nth(at).check();
  }],
  ['cases-empty', '/cases', 'empty'],
  ['cases-new', '/cases', 'firm', (page) => page.locator('.head-acts .ant-btn-primary').click()],
  ['cases-board', '/cases?view=board&type=retention'],
  ['renewals', '/renewals'],
  ['renewals-board', '/renewals?view=board'],
  ['renewals-table', '/renewals?view=table'],
  ['renewals-one', '/renewals?view=table', 'firm', async (page) => {
    if ((await page.locator('.intentions').count()) === 0) await page.locator('.renewal-name').first().click();
    await page.locator('.intentions').waitFor();
  }],
  ['renewals-empty', '/renewals', 'empty'],
  ['cases-board-all', '/cases?view=board'],
  ['case', '/cases/CASE'],
  ['case-more', '/cases/CASE', 'firm', (page) => page.locator('#main').evaluate((main) => main.scrollTo(0, 520))],
  ['case-move', '/cases/CASE', 'firm', async (page) => {
    const more = page.locator('.case-thumb .ant-btn').first();
    if (await more.count()) await more.click();
    await page.locator('.move', { hasText: /转交|Hand over|分派|Assign/ }).last().click();
    await page.getByRole('dialog').last().getByRole('textbox').first().fill('已转到实施阶段');
  }],
  ['case-close', '/cases/CASE', 'firm', async (page) => {
    const more = page.locator('.case-thumb .ant-btn').first();
    if (await more.count()) await more.click();
    await page.locator('.move', { hasText: /结案|Close/ }).last().click();
    await page.getByRole('radio', { name: /已流失|Churned/ }).check();
  }],
  ['budget', '/alerts/budget', 'firm', (page) => page.waitForTimeout(1500)],
  ['churn', '/churn'],
  ['churn-definitions', '/churn/definitions'],
  ['churn-reasons', '/churn/reasons'],
  ['lookback', '/lookback'],
  ['churn-names', '/churn?month=MONTH'],
  ['indicators', '/indicators'],
  ['indicators-untested', '/indicators', 'done'],
  ['indicators-empty', '/indicators', 'empty'],
  ['indicator', '/indicators/INDICATOR'],
  ['indicator-more', '/indicators/INDICATOR', 'firm', (page) => page.locator('#main').evaluate((main) => main.scrollTo(0, 560))],
  ['indicator-definition', '/indicators/INDICATOR?tab=definition'],
  ['indicator-new', '/indicators/new'],
  ['indicator-copy', '/indicators/new?from=INDICATOR', 'firm', (page) => page.waitForTimeout(1500)],
  ['indicator-past', '/indicators/new?from=INDICATOR&tab=past', 'firm', (page) => page.waitForTimeout(1500)],
  ['indicator-customer', '/indicators/new?from=INDICATOR', 'firm', async (page) => {
    await page.locator('.examples button').first().click();
    await page.locator('.strip').waitFor();
  }],
  ['indicator-leaving', '/indicators/new?from=INDICATOR&tab=efficacy', 'firm', async (page) => {
    await page.locator('.build-view .ant-btn-primary').click();
    await page.locator('.build-efficacy').waitFor({ timeout: 60_000 });
  }],
  ['indicator-toml', '/indicators/new?from=INDICATOR&tab=toml'],
  ['indicator-wrong', '/indicators/new', 'firm', async (page) => {
    await page.locator('.build-way label').nth(1).click();
    await page.locator('.build-formula').fill('nonsense / 2');
    await page.locator('.build-wrong').waitFor();
  }],
  ['indicators-compare', '/indicators/compare?left=INDICATOR&right=OTHERONE'],
  ['rules', '/rules'],
  ['rules-found', '/rules?view=found', 'firm', async (page) => {
    const look = page.getByRole('button', { name: /^(从历史里找规律|Look for rules in history)$/ });
    if (await look.count()) await look.click();
    await page.locator('.found-item').first().waitFor({ timeout: WORK_MS });
  }],
  ['scorecard-learn', '/scorecards/saas?tab=learn', 'firm', async (page) => {
    const learn = page.getByRole('button', { name: /^(从结果学权重|Learn from outcomes)$/ });
    if (!(await learn.count())) return;
    await learn.click();
    await page.locator('.learn-scroll').first().waitFor({ timeout: WORK_MS });
  }],
  ['rules-empty', '/rules', 'empty'],
  ['rules-tune', '/rules', 'firm', async (page) => {
    await page.getByRole('switch', { checked: false }).first().click();
    await page.locator('.rule-tune-effect .rule-weeks').waitFor();
    await page.locator('.rule-panel').scrollIntoViewIfNeeded();
  }],
  ['rule', '/rules/RULE', 'firm', (page) => page.waitForTimeout(900)],
  ['rule-more', '/rules/RULE?tab=definition', 'firm', async (page) => {
    await page.waitForTimeout(900);
    await page.locator('#main').evaluate((main) => main.scrollTo(0, 620));
  }],
  ['rule-new', '/rules/new'],
  ['rule-edit', '/rules/BRANCHED/edit', 'firm', (page) => page.waitForTimeout(1500)],
  ['rule-manner', '/rules/BRANCHED/edit', 'firm', async (page) => {
    await page.waitForTimeout(1500);
    await page.locator('#main').evaluate((main) => main.scrollTo(0, 520));
  }],
  ['rule-tree', '/rules/BRANCHED/edit', 'firm', async (page) => {
    // Every sort of condition, one within the other.
    const leaf = (asks, more = {}) => ({ not: false, lasting: null, asks, ...more });
    await page.evaluate((when) => {
      sessionStorage.setItem(`liuke.rule.${location.pathname.split('/')[2]}`, JSON.stringify({ when }));
    }, {
      not: false, lasting: null, join: 'all', least: 2, parts: [
        leaf({ sort: 'number', of: 'health', way: 'now', days: 30, is: '<', than: 60 }, { lasting: { times: 3, everyDays: 1, daily: true } }),
        { not: false, lasting: null, join: 'any', least: 2, parts: [
          leaf({ sort: 'number', of: 'health', way: 'change', days: 14, is: '<=', than: -10 }),
          leaf({ sort: 'count', kind: 'ticket', name: 'Ticket Opened', days: 7, is: '>=', than: 2 }),
          leaf({ sort: 'traits', where: { join: 'all', not: false, items: [{ property: 'industry', op: 'is', values: ['软件', '物流'] }] } }),
        ] },
        leaf({ sort: 'tag', names: ['重点'] }, { not: true }),
      ],
    });
    await page.reload({ waitUntil: 'load' });
    await settled(page);
    await page.waitForTimeout(1500);
  }],
  ['rule-toml', '/rules/BRANCHED/edit?tab=toml', 'firm', (page) => page.waitForTimeout(900)],
  ['rule-activate', '/rules/BRANCHED/edit', 'firm', async (page) => {
    await page.waitForTimeout(1500);
    await page.locator('.head-acts .ant-btn-primary').click();
  }],
  ['scorecards', '/scorecards'],
  ['scorecard', '/scorecards/saas'],
  ['scorecard-changed', '/scorecards/saas', 'firm', async (page) => {
    const slider = page.locator('.card-group-head [role=slider]').first();
    await slider.focus();
    for (let press = 0; press < 20; press += 1) await page.keyboard.press('ArrowRight');
    await page.locator('.card-measure-name').first().click();
    await page.waitForTimeout(1500);
  }],
  ['scorecard-replay', '/scorecards/saas?tab=replay', 'firm', async (page) => {
    await page.locator('.build-view .ant-btn-primary').click();
    await page.locator('.replay-answer').first().waitFor({ timeout: 120_000 });
  }],
  ['scorecard-versions', '/scorecards/saas?tab=versions'],
  ['customer-ledger', '/customers/ID', 'firm', (page) => page.locator('.ledger-days').scrollIntoViewIfNeeded()],
  ['post-mortem', '/customers/GONE/post-mortem', 'firm', async (page) => {
    const ask = page.getByRole('button', { name: /^(找一条建议|Find a change)$/ });
    if (await ask.count()) await ask.click();
    await page.waitForTimeout(1500);
  }],
  ['data', '/data'],
  ['data-files', '/data/files'],
  ['source-new', '/data/sources/new'],
  ['source-named', '/data/sources/new?kind=segment'],
  ['source', '/data/sources/SOURCE'],
  ['source-database', '/data/sources/DATABASE', 'firm', async (page) => {
    await page.getByRole('button', { name: /^(看样例|Look at rows)$/ }).click();
  }],
  ['source-new-database', '/data/sources/new?kind=sqlserver'],
  ['source-new-sftp', '/data/sources/new?kind=sftp'],
  ['live', '/data/live'],
  ['held', '/data/held'],
  ['held-mend', '/data/held', 'firm', (page) => page.locator('.sheet-row').nth(0).click()],
  ['identity', '/data/identity'],
  ['quality', '/data/quality'],
  ['data-empty', '/data', 'empty'],
  ['import', '/data/import'],
  ['import-map', '/data/import', 'firm', upload],
  ['import-check', '/data/import', 'firm', async (page) => {
    await upload(page);
    await page.getByRole('button', { name: /^(下一步|Next)$/ }).click();
    await page.waitForTimeout(300);
  }],
  ['settings', '/settings/firm'],
  ['settings-value', '/settings/value', 'firm', async (page) => page.getByRole('radio').nth(1).check()],
  ['indicator-peers', '/indicators/activity_percentile_plan', 'firm', (page) => page.getByRole('region', { name: /^(和谁比|Among whom)$/ }).scrollIntoViewIfNeeded()],
  ['settings-staff', '/settings/staff'],
  ['settings-notices', '/settings/notices'],
  ['settings-tokens', '/settings/tokens'],
  ['settings-definitions', '/settings/definitions'],
  ['settings-advice', '/settings/advice'],
  ['search', '/today', 'firm', async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').last().fill('上海');
    await page.waitForTimeout(500);
  }],
  ['as-of', '/today', 'firm', async (page) => {
    await page.getByRole('button', { name: /^(截至|As of)/ }).click();
  }],
  ['lost', '/nowhere'],
  ['broken', '/customers', 'broken'],
];

async function upload(page) {
  await page.evaluate(() => sessionStorage.clear());
  await page.reload({ waitUntil: 'load' });
  await settled(page);
  await page.locator('input[type=file]').setInputFiles({ name: '2025-11 订单.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') });
  await page.waitForTimeout(500);
}

async function pretend() {
  const { build, preview } = await import('vite');
  const outDir = mkdtempSync(join(tmpdir(), 'liuke-web-'));
  await build({ build: { outDir, emptyOutDir: true }, logLevel: 'error' });
  const server = await preview({ build: { outDir }, preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
  return {
    url: server.resolvedUrls.local[0].replace(/\/$/, ''),
    stop: async () => {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

mkdirSync(folder, { recursive: true });
const told = option('url', null);
const server = told ? { url: told.replace(/\/$/, ''), stop: async () => undefined } : await pretend();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const only = option('only', null)?.split(',');
let taken = 0;
const faults = [];
const skipped = new Set();
try {
  for (const size of list('sizes', ['desk', 'wide', 'phone'])) {
    for (const theme of list('themes', ['light', 'dark'])) {
      for (const lang of list('langs', ['zh', 'en'])) {
        const context = await browser.newContext({
          viewport: SIZES[size], deviceScaleFactor: Number(option('scale', size === 'phone' ? 2 : 1)), locale: lang === 'zh' ? 'zh-CN' : 'en-GB', colorScheme: theme, reducedMotion: 'reduce', timezoneId: 'Asia/Shanghai',
        });
        await context.addInitScript(([t, l]) => { localStorage.setItem('liuke.theme', t); localStorage.setItem('liuke.lang', l); }, [theme, lang]);
        // Before a sample company whose pages come from elsewhere one signs in by opening its own.
        if (told && process.env.LIUKE_API) await context.request.get(process.env.LIUKE_API);
        const page = await context.newPage();
        page.setDefaultTimeout(told ? 15_000 : 30_000);
        page.on('pageerror', (error) => faults.push(`${size} ${theme} ${lang}: ${error.message}`));
        page.on('console', (message) => message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text()) && faults.push(`${size} ${theme} ${lang}: ${message.text().slice(0, 300)}`));
        for (const [name, path, scene = 'firm', act] of PAGES) {
          if (only && !only.includes(name)) continue;
          if (told && scene !== 'firm') continue;
          await context.addCookies([{ name: 'mock', value: scene, url: server.url }]);
          const address = await fill(path, context.request).catch((error) => lacks(name, size, lang, error));
          if (address === null) continue;
          await page.goto(server.url + address, { waitUntil: 'load' });
          await settled(page).catch(() => faults.push(`${name}: did not settle`));
          await page.waitForFunction(() => [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg path')), null, { timeout: 5000 }).catch(() => faults.push(`${name}: a chart stayed empty`));
          await page.waitForTimeout(250);
          if (act) {
            const acted = await Promise.resolve(act(page)).then(() => true, (error) => lacks(name, size, lang, error));
            if (acted === null && told) continue;
            await page.waitForTimeout(300);
          }
          await page.screenshot({ path: join(folder, `${name}-${size}-${theme}-${lang}.png`) });
          taken += 1;
        }
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
for (const one of skipped) console.error(`left out: ${one}`);
for (const fault of new Set(faults)) console.error(fault);
console.log(`${taken} pictures in ${folder}${faults.length ? `, ${new Set(faults).size} faults` : ''}`);
process.exit(faults.length ? 1 : 0);

/** A page that cannot be shown: the pretended firm has something for each, another server need not. Always null. */
function lacks(name, size, lang, error) {
  const why = `${name} ${size} ${lang}: ${error.message.split('\n')[0]}`;
  if (told) skipped.add(why);
  else faults.push(why);
  return null;
}

/** Names in a path that only the server knows: the worst customer, a past day, the last full month. */
async function fill(path, request) {
  if (/SOURCE|DATABASE/.test(path)) {
    const { items } = await (await request.get(`${server.url}/api/sources`)).json();
    const one = items.find((source) => (source.kind === 'postgres') === /DATABASE/.test(path));
    if (!one) throw new Lacking('no such source');
    return path.replace(/SOURCE|DATABASE/, one.id);
  }
  if (/MODEL|CHALLENGER/.test(path)) {
    const { items } = await (await request.get(`${server.url}/api/models`)).json();
    const one = items.find((model) => model.state === (/MODEL/.test(path) ? 'champion' : 'challenger'));
    if (!one) throw new Lacking('no such model');
    return path.replace(/MODEL|CHALLENGER/, one.id);
  }
  if (/INDICATOR/.test(path)) {
    // The two strongest signals, else the two of which most is known.
    const { indicators } = await (await request.get(`${server.url}/api/indicators`)).json();
    if (indicators.length < 2) throw new Lacking('no indicators');
    const best = indicators.filter((one) => one.known > 0).sort((a, b) => (b.efficacy?.verdict === 'signal' ? b.efficacy.auc : 0) - (a.efficacy?.verdict === 'signal' ? a.efficacy.auc : 0) || b.known - a.known);
    return path.replace('INDICATOR', best[0].id).replace('OTHERONE', best[1].id);
  }
  if (/RULE|BRANCHED/.test(path)) {
    // The first that speaks, and the one with the longest condition.
    const rules = await (await request.get(`${server.url}/api/rules`)).json();
    if (rules.length === 0) throw new Lacking('no rules');
    const longest = [...rules].sort((a, b) => b.sentence.en.length - a.sentence.en.length)[0];
    return path.replace('RULE', rules[0].id).replace('BRANCHED', longest.id);
  }
  if (/GONE/.test(path)) {
    const { rows } = await (await request.get(`${server.url}/api/customers?state=gone&limit=1`)).json();
    if (rows.length === 0) throw new Lacking('nobody has left');
    return path.replace('GONE', encodeURIComponent(rows[0].id));
  }
  if (/CASE/.test(path)) {
    // One that somebody works on, else any.
    const { rows } = await (await request.get(`${server.url}/api/cases?limit=200`)).json();
    const row = [...rows].sort((a, b) => b.steps.length + 9 * b.comment_count - a.steps.length - 9 * a.comment_count)[0];
    if (!row) throw new Lacking('no case');
    return path.replace('CASE', row.id);
  }
  if (!/ID|PAST|MONTH/.test(path)) return path;
  const list = await (await request.get(`${server.url}/api/today`)).json();
  const id = list.rows[0]?.customer.id ?? (await (await request.get(`${server.url}/api/customers?limit=1`)).json()).rows[0]?.id;
  if (id === undefined) throw new Lacking('no customer');
  const now = new Date(list.as_of);
  const past = new Date(now.getTime() - DAYS_BACK * 86_400_000).toISOString().slice(0, 10);
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);
  return path.replace('ID', encodeURIComponent(id)).replace('PAST', past).replace('MONTH', month);
}
