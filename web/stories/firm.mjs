// A firm set up by the doors behind the screens, for stories that are about something else.

import { expect } from './telling.mjs';

export const FIRM = {
  name: '青禾百货', template: 'ecommerce', noun: { zh: '会员', en: 'member' }, noun_plural_en: 'members', measure_zh: '位', owner_title: { zh: '导购', en: 'advisor' }, timezone: 'Asia/Shanghai', currency: 'CNY', churn: 'no_order_90d', scorecard: 'ecommerce', demo: false,
};

/** Asks the house as a page does: with its cookie. */
export function ask(page, method, path, body) {
  return page.evaluate(async (told) => {
    const json = told.body !== undefined;
    const answer = await fetch(told.path, { method: told.method, headers: { 'X-Liuke': '1', ...(json ? { 'Content-Type': 'application/json' } : {}) }, body: json ? JSON.stringify(told.body) : undefined });
    if (!answer.ok) throw new Error(`${told.method} ${told.path}: ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }, { method, path, body });
}

/** The administrator exists and is signed in; the page stands on Today. */
export async function setUp(page, house) {
  await page.goto(house.url);
  await ask(page, 'POST', '/api/setup', { token: new URL(house.link).searchParams.get('token'), name: 'Su Wanqing', email: 'su@example.com', password: 'a long password', firm: FIRM });
  await page.goto(`${house.url}/today`);
}

/** One file through the same doors as the wizard's. */
export async function take(page, name, kind, lines) {
  const job = await page.evaluate(async (told) => {
    const headers = { 'X-Liuke': '1' };
    const sent = await fetch(`/api/imports/uploads?file_name=${encodeURIComponent(told.name)}`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/octet-stream' }, body: new Blob([told.text]) });
    const { upload_id: upload } = await sent.json();
    const begun = await fetch(`/api/imports/uploads/${upload}/commit`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify({ kind: told.kind, mapping: {} }) });
    let one = await begun.json();
    while (one.state === 'running') {
      await new Promise((wake) => setTimeout(wake, 200));
      one = await (await fetch(`/api/imports/${one.id}`)).json();
    }
    return one;
  }, { name, kind, text: `${lines.join('\n')}\n` });
  expect(job.state === 'done' && job.rejected === 0, `${name}: ${JSON.stringify(job).slice(0, 500)}`);
}

/** No cycle is under way. Whoever began one waits for the answer to that first. */
export async function idle(page) {
  while ((await ask(page, 'GET', '/api/cycle')).state === 'running') await page.waitForTimeout(200);
}

/** One whole cycle. */
export async function compute(page) {
  // An import begins a cycle by itself, and so does the day: one at a time, and ours is asked for until it is begun.
  do await idle(page); while (!(await begun(page)));
  await idle(page);
}

/** Whether a cycle of ours is begun; another one that runs is in its way. */
async function begun(page) {
  const status = await page.evaluate(async () => (await fetch('/api/cycle', { method: 'POST', headers: { 'X-Liuke': '1' } })).status);
  expect(status === 202 || status === 409, `POST /api/cycle: ${status}`);
  return status === 202;
}
