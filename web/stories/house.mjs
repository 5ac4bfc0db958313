// A house of one's own for a story: the built binary on a temporary folder and a free port, ended by its own id.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = process.env.LIUKE ?? fileURLToPath(new URL('../../target/debug/liuke', import.meta.url));
const START_MS = 180_000;

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** `serve` on an empty folder, or `demo`. Answers its address and, for `serve`, the set-up link. */
export async function open(command, ...more) {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built`);
  const folder = mkdtempSync(join(tmpdir(), 'liuke-story-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(BINARY, [command, '--data', join(folder, 'data'), '--listen', `127.0.0.1:${port}`, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let ended = null;
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  child.on('exit', (code) => (ended = code ?? 'a signal'));
  const stop = async () => {
    if (ended === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const until = Date.now() + START_MS;
  while (Date.now() < until) {
    if (ended !== null) break;
    const ready = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(said)?.[0];
    if (ready && (command === 'demo' || link)) return { url, link, folder, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`${command} did not get ready${ended === null ? '' : ` (ended with ${ended})`}:\n${said}`);
}

/**
 * Puts freshly built pages (`web/dist`) before a house, for working on pages without building the binary again.
 */
export async function behindNewPages(house) {
  process.env.LIUKE_API = house.url;
  const { preview } = await import('vite');
  const server = await preview({ root: fileURLToPath(new URL('..', import.meta.url)), preview: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
  const url = server.resolvedUrls.local[0].replace(/\/$/, '');
  return { ...house, url, link: house.link?.replace(house.url, url), stop: async () => { await server.close(); await house.stop(); } };
}
