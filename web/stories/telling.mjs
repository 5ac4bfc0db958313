// How a story is told: it passes, or its name, what went wrong and a picture of it are kept.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

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

/** Opens a select by its label and takes the option that matches, typing it where the list can be searched. */
export async function choose(page, label, option) {
  const box = page.getByRole('combobox', { name: label });
  await box.click();
  if (await box.isEditable()) await box.fill(option);
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: option }).first().click();
}

/** A page has settled when it says what it is about and no skeleton is left; live pages never stop asking. */
export const settled = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.bone, [role=status] > svg'), null, { timeout: 15_000 });

/** Says how it went; the exit status. */
export function end() {
  console.log(`${passed} passed, ${failed.length} failed`);
  if (failed.length) console.log(`pictures of failures: ${PICTURES}`);
  return failed.length ? 1 : 0;
}
