// Stock clients before the real server: the Segment and the Sensors dialect as their own libraries speak it, from Node,
// Python and a real Chromium on a page of another origin. Each sends, and its facts must be there, once. Builds nothing:
// `target/debug/liuke` must be there. Prints `N passed, N failed`. Left out, loudly, where the libraries are not
// installed (scripts/setup.sh test).

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from '../web/stories/house.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const LIUKE = process.env.LIUKE ?? join(HERE, '../target/debug/liuke');
const PYTHON = join(process.env.CARGO_TARGET_DIR ?? join(HERE, '../target'), 'clients-python/bin/python');
const SECOND = 1_000;
/** How long anything may take on the slowest machine; what takes longer never comes. */
const PATIENCE = 180 * SECOND;
const requireHere = createRequire(import.meta.url);

let passed = 0;
let failed = 0;

async function tell(name, what) {
  const begun = Date.now();
  try {
    await what();
    passed += 1;
    console.log(`ok   ${name} (${((Date.now() - begun) / SECOND).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${name}\n${error?.stack ?? error}`);
  }
}

function missing(name, why) {
  console.log(`\n*** NOT TESTED: ${name}: ${why}. Run scripts/setup.sh test where the package registries can be reached. ***\n`);
}

const installed = (name) => {
  try {
    requireHere.resolve(`${name}/package.json`);
    return true;
  } catch (error) {
    return error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
};

const liuke = (...words) => JSON.parse(execFileSync(LIUKE, [...words, '--json'], { encoding: 'utf8', env: { ...process.env, LANG: 'en_US.UTF-8' } }));

function expect(holds, said) {
  if (!holds) throw new Error(typeof said === 'string' ? said : JSON.stringify(said, null, 1));
}

const house = await open('serve', '--lang', 'en');
const data = join(house.folder, 'data');
const keyOf = (kind, name) => liuke('source', 'add', '--data', data, '--kind', kind, '--name', name).write_key;
const factsOf = (source) => liuke('facts', '--data', data).filter((fact) => fact.source === source);
const sorted = (facts, column) => facts.map((fact) => fact[column]).sort();

/** The facts of a source, when there are so many of them. */
async function arrived(source, count) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    const facts = factsOf(source);
    if (facts.length >= count || Date.now() > until) {
      expect(facts.length === count, `${source}: ${facts.length} facts instead of ${count}: ${JSON.stringify(facts)}`);
      return facts;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function fromNode() {
  const { Analytics } = await import('@segment/analytics-node');
  const analytics = new Analytics({ writeKey: keyOf('segment', 'node'), host: house.url });
  const troubles = [];
  analytics.on('error', (trouble) => troubles.push(trouble));
  analytics.identify({ userId: 'n-1', traits: { name: '王敏', email: 'wang@example.cn' } });
  analytics.group({ userId: 'n-1', groupId: 'N-1001', traits: { name: '示例科技' } });
  for (let row = 0; row < 40; row += 1) {
    analytics.track({ userId: 'n-2', event: `Report ${row}`, properties: { rows: row }, timestamp: new Date(Date.now() - 3_600_000) });
  }
  analytics.track({ userId: 'n-2', event: 'Order Completed', properties: { revenue: 99.5, currency: 'CNY' }, messageId: 'once' });
  analytics.page({ userId: 'n-2', name: 'Pricing' });
  analytics.track({ userId: 'n-3', event: 'Invited', context: { groupId: 'N-1001' } });
  await analytics.closeAndFlush({ timeout: PATIENCE });
  expect(troubles.length === 0, troubles);
  const facts = await arrived('node', 45);
  const order = facts.find((fact) => fact.name === 'Order Completed');
  expect(order.kind === 'order' && Number(order.value) === 99.5 && order.currency === 'CNY' && order.customer_id === 'n-2', order);
  expect(facts.find((fact) => fact.name === 'Invited').customer_id === 'N-1001', facts);
}

/** A page of another origin, with what it loads. */
async function page(scripts) {
  const server = createServer((request, response) => {
    const script = scripts[request.url.slice(1)];
    const html = '<!doctype html><meta charset="utf-8"><title>Shop</title>' + Object.keys(scripts).filter((name) => !name.includes('bundle')).map((name) => `<script src="/${name}"></script>`).join('');
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ? readFileSync(script) : html);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

async function inBrowser(scripts, script, words) {
  const { chromium } = createRequire(new URL('../web/package.json', import.meta.url))('playwright-core');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const shop = await page(scripts);
  try {
    const tab = await browser.newPage();
    const complaints = [];
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
    tab.on('response', (answer) => answer.status() >= 400 && answer.url().startsWith(house.url) && complaints.push(`${answer.url()} ${answer.status()}`));
    await tab.goto(shop.url);
    await tab.evaluate(script, words);
    return { done: async (facts) => { await facts(); expect(complaints.length === 0, complaints); }, close: async () => { await browser.close(); shop.close(); } };
  } catch (error) {
    await browser.close();
    shop.close();
    throw error;
  }
}

const folderOf = (name) => join(HERE, 'node_modules', name);

async function fromBrowser() {
  const umd = join(folderOf('@segment/analytics-next'), 'dist/umd');
  const key = keyOf('segment', 'browser');
  const words = { key, url: house.url, host: new URL(house.url).host };
  const visit = await inBrowser({ 'index.js': join(umd, 'index.js') }, async ({ key, url, host }) => {
    const { AnalyticsBrowser } = globalThis.AnalyticsNext;
    const analytics = AnalyticsBrowser.load({ writeKey: key, cdnURL: url }, { integrations: { 'Segment.io': { apiHost: `${host}/v1`, protocol: 'http' } } });
    await analytics.page('Pricing');
    await analytics.identify('b-1', { name: '李雷' });
    await analytics.track('Report Exported', { rows: 120 });
    await analytics.group('B-1001', { name: '青禾书店' });
  }, words);
  try {
    await visit.done(async () => {
      const facts = await arrived('browser', 4);
      const exported = facts.find((fact) => fact.name === 'Report Exported');
      expect(exported.customer_id === 'b-1' && exported.properties.includes?.('120') || exported.properties.rows === '120', exported);
      expect(sorted(facts, 'name').join() === 'Page Viewed,Report Exported,Traits Changed,Traits Changed', facts);
    });
  } finally {
    await visit.close();
  }
}

async function fromSensorsBrowser() {
  const key = keyOf('sensors', 'sensors browser');
  const words = { server: `${house.url}/sa?project=default&token=${key}` };
  for (const sendType of ['ajax', 'beacon', 'image']) {
    const before = factsOf('sensors browser').length;
    const visit = await inBrowser({ 'sensorsdata.js': join(folderOf('sa-sdk-javascript'), 'sensorsdata.min.js') }, ({ server, sendType }) => {
      const sensors = globalThis.sensorsDataAnalytic201505;
      sensors.init({ server_url: server, send_type: sendType, heatmap: {}, show_log: false });
      sensors.login(`s-${sendType}`);
      sensors.track('ViewReport', { rows: 120, by: sendType });
      sensors.setProfile({ level: '金卡' });
    }, { ...words, sendType });
    try {
      await visit.done(async () => {
        const until = Date.now() + PATIENCE;
        let mine = [];
        while (Date.now() < until) {
          mine = factsOf('sensors browser').filter((fact) => fact.customer_id === `s-${sendType}`);
          if (mine.some((fact) => fact.name === 'ViewReport') && mine.some((fact) => fact.name === 'Traits Changed')) break;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
        expect(mine.filter((fact) => fact.name === 'ViewReport').length === 1, { sendType, before, mine });
        expect(mine.some((fact) => fact.name === 'Traits Changed'), { sendType, mine });
      });
    } finally {
      await visit.close();
    }
  }
}

function python(script, ...words) {
  const ran = spawnSync(PYTHON, [join(HERE, script), house.url, ...words], { encoding: 'utf8', timeout: PATIENCE });
  expect(ran.status === 0, `${ran.stdout}\n${ran.stderr}`);
}

async function fromPython() {
  python('send_segment.py', keyOf('segment', 'python'));
  const facts = await arrived('python', 33);
  expect(facts.filter((fact) => fact.name.startsWith('Report')).length === 30, facts);
  expect(facts.some((fact) => fact.customer_id === 'P-1001' && fact.name === 'Traits Changed'), facts);
}

async function fromSensorsPython() {
  const key = keyOf('sensors', 'sensors python');
  python('send_sensors.py', key);
  const facts = await arrived('sensors python', 34);
  const tracked = facts.filter((fact) => fact.name === 'ViewReport');
  expect(tracked.length === 30 && tracked.every((fact) => fact.customer_id === 'sp-1'), facts);
}

try {
  const clients = [
    ['@segment/analytics-node', fromNode],
    ['@segment/analytics-next', fromBrowser],
    ['sa-sdk-javascript', fromSensorsBrowser],
  ];
  for (const [name, what] of clients) {
    if (installed(name)) await tell(`${name} sends, and it is there once`, what);
    else missing(name, 'it is not installed');
  }
  for (const [name, what] of [['segment-analytics-python', fromPython], ['SensorsAnalyticsSDK', fromSensorsPython]]) {
    if (existsSync(PYTHON)) await tell(`${name} sends, and it is there once`, what);
    else missing(name, 'it is not installed');
  }
} finally {
  await house.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
