// Stock clients before the real server: the Segment and the Sensors dialect as their own libraries speak it, from Node,
// Python and a real Chromium on a page of another origin. Each sends, and its facts must be there, once. Builds nothing:
// `target/debug/liuke` must be there. Prints `N passed, N failed`. Left out, loudly, where the libraries are not
// installed (scripts/setup.sh test).

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FIRM } from '../web/stories/firm.mjs';
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

/** A certificate of `localhost`, and the one that vouches for it: what this house trusts besides nobody. */
function certificates() {
  const folder = mkdtempSync(join(tmpdir(), 'liuke-mail-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [ca, caKey, leaf, leafKey, asked, names] = ['ca.pem', 'ca.key', 'leaf.pem', 'leaf.key', 'leaf.csr', 'names'].map((name) => join(folder, name));
  const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', caKey, '-out', ca, '-subj', '/CN=Post', '-days', '2');
  openssl('req', ...key, '-keyout', leafKey, '-out', asked, '-subj', '/CN=localhost');
  writeFileSync(names, 'subjectAltName=DNS:localhost\n');
  openssl('x509', '-req', '-in', asked, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', names, '-out', leaf);
  return { ca, leaf, leafKey };
}

const trusted = certificates();
process.env.SSL_CERT_FILE = trusted.ca;
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

/** Asks the house as its administrator does. */
async function asked(method, path, body, cookie, lang = 'en') {
  const headers = { 'X-Liuke': '1', 'Content-Type': 'application/json', 'Accept-Language': lang, ...(cookie && { Cookie: cookie }) };
  const answer = await fetch(`${house.url}${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: answer.status, cookie: answer.headers.get('set-cookie')?.split(';')[0], body: await answer.json() };
}

async function toMail() {
  const post = spawn(PYTHON, [join(HERE, 'receive_mail.py'), trusted.leaf, trusted.leafKey], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: post.stdout })[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const person = { name: 'Su Wanqing', email: 'su@example.com', password: 'a long password' };
    const { cookie } = await asked('POST', '/api/setup', { token: new URL(house.link).searchParams.get('token'), ...person, firm: FIRM });
    const settings = { host: 'localhost', port, security: 'starttls', user: 'liuke', from: '留客 <notice@example.cn>', allow_private: true };
    const channel = (await asked('POST', '/api/channels', { name: 'mail', kind: 'mail', settings, secrets: { password: 'not-the-word' } }, cookie)).body;
    const refused = await asked('POST', `/api/channels/${channel.id}/test`, {}, cookie, 'zh');
    expect(refused.status === 400 && refused.body.code === 'wrong_password' && refused.body.detail.includes('登录失败'), refused.body);
    const mended = await asked('PATCH', `/api/channels/${channel.id}`, { version: channel.version, secrets: { password: 'sesame-open' } }, cookie);
    expect(mended.status === 200 && !JSON.stringify(mended.body).includes('sesame'), mended.body);
    for (const [lang, words] of [['zh', '留客测试消息：渠道可以使用'], ['en', 'A test message from Liuke: the channel works']]) {
      const sent = await asked('POST', `/api/channels/${channel.id}/test`, {}, cookie, lang);
      expect(sent.status === 200, sent.body);
      const letter = JSON.parse((await lines.next()).value);
      expect(letter.encrypted && letter.to.join() === person.email && letter.subject === words && letter.text.includes(words) && letter.from.includes('留客'), letter);
    }
  } finally {
    post.kill();
  }
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
  const postman = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import aiosmtpd']).status === 0;
  if (postman) await tell('aiosmtpd takes a letter in both languages, encrypted, from who knows the password', toMail);
  else missing('aiosmtpd', 'it is not installed');
} finally {
  await house.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
