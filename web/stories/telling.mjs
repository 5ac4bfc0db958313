// How a story is told: it passes, or its name, what went wrong and a picture of it are kept.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

/** How long anything on a page may take, on the slowest machine that tells stories; what takes longer never comes. */
export const PATIENCE_MS = 90_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The button that dresses the house in the other theme. */
const OTHER_THEME = /^(换成(深|浅)色|Switch to (dark|light))$/;
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
    console.log(`  ok    ${name} (${Date.now() - begun} ms)`);
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

/** Does something on a page and waits until the house has answered what was asked thereby: yes. `path` is a pattern. */
export async function answered(page, method, path, act) {
  const isMeant = (answer) => answer.request().method() === method && path.test(new URL(answer.url()).pathname);
  const [answer] = await Promise.all([page.waitForResponse(isMeant), act()]);
  expect(answer.ok(), `${method} ${new URL(answer.url()).pathname}: ${answer.status()} ${answer.ok() ? '' : await answer.text()}`);
}

/** Does something on a page that is told for a few seconds only: whoever waits for those words looks already. */
export const told = (words, act) => Promise.all([words.waitFor(), act()]);

/** Waits until `look` says so; what is looked at may be drawn a moment after what was waited for before. */
export async function until(page, look, what) {
  const late = Date.now() + PATIENCE_MS;
  while (!(await look())) {
    expect(Date.now() < late, await what());
    await page.waitForTimeout(50);
  }
}

/** A page has settled when it says what it is about and no skeleton is left; live pages never stop asking. */
export const settled = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.bone, [role=status] > svg'), null, { timeout: PATIENCE_MS });

/**
 * Serious faults of access on these pages, in light and dark. `before` says what is done on a page first. Each page is
 * loaded once, in the theme that the one before ended with, and dressed in the other where it stands. A dress has colours
 * and nothing else: the second look asks again what looks at colours; elements, names and places are those of the first.
 * What does differ, the name of the button that was pressed, is looked at whole as well, page by page in turns.
 */
export async function access(page, url, paths, before = {}) {
  const found = [];
  const asked = new Set();
  const ended = (request) => asked.delete(request);
  page.on('request', (request) => request.resourceType() !== 'eventsource' && asked.add(request));
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  for (const path of paths) {
    asked.clear();
    await page.goto(url + path, { waitUntil: 'load' });
    await still(page, asked);
    if (before[path]) {
      await before[path](page);
      await still(page, asked);
    }
    await page.evaluate(AXE);
    const first = await page.evaluate(theme);
    found.push(...(await faults(page, `${path} (${first})`, 'all')));
    // By script, so that no pointer rests on the button.
    await page.getByRole('button', { name: OTHER_THEME }).evaluate((button) => button.click());
    await page.waitForFunction((was) => document.documentElement.dataset.theme !== was, first);
    await still(page, asked);
    found.push(...(await faults(page, `${path} (${await page.evaluate(theme)})`, 'cat.color')));
  }
  expect(found.length === 0, `${found.length} faults\n${found.join('\n')}`);
}

const theme = () => document.documentElement.dataset.theme;

/** What is seriously wrong by the rules of this sort, or by all. */
async function faults(page, where, sort) {
  const { violations } = await page.evaluate((asked) => {
    // What a rule finds weighs as much as the rule does: one that is not grave has nothing to say here.
    const isSilent = (rule) => rule.impact === 'minor' || rule.impact === 'moderate' || (asked !== 'all' && !rule.tags.includes(asked));
    const rules = Object.fromEntries(globalThis.axe._audit.rules.filter(isSilent).map((rule) => [rule.id, { enabled: false }]));
    return globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'], rules, resultTypes: ['violations'] });
  }, sort);
  const grave = violations.filter((each) => each.impact === 'serious' || each.impact === 'critical');
  return grave.map((one) => `${where}: ${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
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
