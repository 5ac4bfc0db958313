// How a story is told: it passes, or its name, what went wrong and a picture of it are kept.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

/** How long anything on a page may take, on the slowest machine that tells stories; what takes longer never comes. */
export const PATIENCE_MS = 90_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const PICTURES = join(tmpdir(), 'liuke-stories');
const ONLY = process.env.LIUKE_STORY ?? '';
let passed = 0;
const failed = [];

/** One story: on failure its picture is kept and the next ones of the same house still run. */
export async function story(name, page, tell) {
  const begun = Date.now();
  try {
    await tell();
    passed += 1;
    console.log(`  ok    ${name}${process.env.LIUKE_SPEED ? ` (${Date.now() - begun} ms)` : ''}`);
    return true;
  } catch (error) {
    failed.push(name);
    console.log(`  FAIL  ${name}\n        ${String(error.message).split('\n').slice(0, 14).join('\n        ')}`);
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${name.replace(/[^\w\u4e00-\u9fff]+/g, '-')}.png`) }).catch(() => undefined);
    return false;
  }
}

/** What could not even begin. */
export const missed = (what) => failed.push(what);

/** Whether a chapter is wanted: `LIUKE_STORY=intake` tells that one only. */
export const wanted = (chapter) => ONLY === '' || ONLY.split(',').includes(chapter);

export function expect(fine, what) {
  if (!fine) throw new Error(what);
}

/** Errors of scripts and refusals by the content policy; answers of 401 and 404 are part of life. */
export function listen(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text().slice(0, 300));
  });
  return complaints;
}

/** Somebody at a desk of their own who speaks this language. */
export async function visit(browser, lang) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', acceptDownloads: true, reducedMotion: 'reduce' });
  await context.addInitScript((one) => localStorage.setItem('liuke.lang', one), lang);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return { context, page };
}

/** Opens a select by its label and takes the option that matches, typing it where the list can be searched. */
export async function choose(page, label, option) {
  const box = page.getByRole('combobox', { name: label });
  await box.click();
  if (await box.isEditable()) await box.fill(option);
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: option }).first().click();
}

/** A page has settled when it says what it is about and no skeleton is left; live pages never stop asking. */
export const settled = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.bone, [role=status] > svg'), null, { timeout: PATIENCE_MS });

/** Serious faults of access on these pages, in light and dark. `before` says what is done on a page first. */
export async function access(page, url, paths, before = {}) {
  const found = [];
  const asked = new Set();
  const ended = (request) => asked.delete(request);
  page.on('request', (request) => request.resourceType() !== 'eventsource' && asked.add(request));
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((one) => localStorage.setItem('liuke.theme', one), theme);
    for (const path of paths) {
      asked.clear();
      await page.goto(url + path, { waitUntil: 'load' });
      await still(page, asked);
      if (before[path]) {
        await before[path](page);
        await still(page, asked);
      }
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] }));
      for (const one of violations.filter((each) => each.impact === 'serious' || each.impact === 'critical')) {
        found.push(`${path} (${theme}): ${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
      }
    }
  }
  expect(found.length === 0, `${found.length} faults\n${found.join('\n')}`);
}

/** Settled, with every answer there and nothing moving, three looks in a row. */
async function still(page, asked) {
  await settled(page);
  const until = Date.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < 3; ) {
    expect(Date.now() < until, `${page.url()} does not come to rest`);
    const moves = await page.evaluate(() => document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().iterations !== Infinity));
    quiet = asked.size > 0 || moves ? 0 : quiet + 1;
    await page.waitForTimeout(40);
  }
}

/** Says how it went; the exit status. */
export function end() {
  console.log(`${passed} passed, ${failed.length} failed`);
  if (failed.length) console.log(`pictures of failures: ${PICTURES}`);
  return failed.length ? 1 : 0;
}
