// A house of one's own for a story: the built binary on a temporary folder and a port that the system chooses, ended by
// its own id. Sample companies are made once and copied.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.LIUKE ?? fileURLToPath(new URL('../../target/debug/liuke', import.meta.url));
/** How long a house may take to open on the slowest machine that tells stories. */
const START_MS = 900_000;
/** How long it may take to close; after that it is taken for hung, and what it leaves is not what a story may begin with. */
const END_MS = 600_000;
/** Customers of a sample company: a few, so that every list has somebody on it, or as many as a desk needs with a line on it. */
export const FEW = '400';
export const MANY = '2000';

/** `serve` on an empty folder, or `demo`. Answers its address and, for `serve`, the set-up link. */
export const open = (command, ...more) => begin(mkdtempSync(join(tmpdir(), 'liuke-story-')), command, more);

const made = new Map();

/** A sample company of one's own, a copy of the one that is made for all stories of this run. */
export const sample = (...more) => copied(FEW, more);

/** The same with many customers. */
export const largeSample = (...more) => copied(MANY, more);

async function copied(customers, more) {
  const whole = await prepared(customers);
  const folder = mkdtempSync(join(tmpdir(), 'liuke-story-'));
  await cp(join(whole, 'data'), join(folder, 'data'), { recursive: true });
  return begin(folder, 'demo', more);
}

/** Begins to make a sample company; its folder, once it stands still. */
export function prepared(customers) {
  if (!made.has(customers)) made.set(customers, make(customers));
  return made.get(customers);
}

async function make(customers) {
  const folder = mkdtempSync(join(tmpdir(), 'liuke-story-sample-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const house = await begin(folder, 'demo', ['--customers', customers, '--no-model']);
  await stands(house.url);
  await house.end();
  return folder;
}

/** Until what is felt upon stands: it is written down when the house closes, and no copy has to build it again. */
async function stands(url) {
  const late = Date.now() + START_MS;
  const isThere = async () => /^liuke_standing_customers /m.test(await (await fetch(`${url}/metrics`)).text());
  while (!(await isThere())) {
    if (Date.now() > late) throw new Error('the sample company does not come to stand');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function begin(folder, command, more) {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built`);
  const child = spawn(BINARY, [command, '--data', join(folder, 'data'), '--listen', '127.0.0.1:0', '--json', ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let trouble = '';
  let ended = null;
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (trouble += chunk));
  child.on('exit', (code) => (ended = code ?? 'a signal'));
  const end = async () => {
    if (ended !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await gone;
    clearTimeout(late);
  };
  const stop = async () => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + START_MS;
  while (Date.now() < until && ended === null) {
    const line = /^.*\n/.exec(said)?.[0];
    const told = line ? JSON.parse(line) : null;
    const isReady = told !== null && (await fetch(`${told.address}/readyz`).then((answer) => answer.ok, () => false));
    if (isReady) return { url: told.address, link: told.setup, folder, end, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`${command} did not get ready${ended === null ? '' : ` (ended with ${ended})`}:\n${said}${trouble}`);
}

let dressing = Promise.resolve();

/**
 * Puts freshly built pages (`web/dist`) before a house, for working on pages without building the binary again.
 */
export function behindNewPages(house) {
  // What a preview asks is told by the environment: one after the other.
  const turn = dressing.then(async () => {
    process.env.LIUKE_API = house.url;
    const { preview } = await import('vite');
    const server = await preview({ root: fileURLToPath(new URL('..', import.meta.url)), preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
    const url = server.resolvedUrls.local[0].replace(/\/$/, '');
    return { ...house, url, link: house.link?.replace(house.url, url), stop: async () => { await server.close(); await house.stop(); } };
  });
  dressing = turn.catch(() => undefined);
  return turn;
}
