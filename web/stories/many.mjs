// A firm of very many customers, asked for with `LIUKE_MANY=100000`: pages come at once, and searching, filtering,
// sorting and scrolling never keep the browser busy for longer than a blink.

import { ask, compute, setUp, take } from './firm.mjs';
import { open } from './house.mjs';
import { expect, story } from './telling.mjs';

const OWNERS = ['林婉清', '陈启明', '周思远', '王雨桐'];
const LONGEST_TASK_MS = 50;
const LONGEST_FRAME_MS = 120;
const FIRST_CONTENT_MS = 1000;
const DAY = 86_400_000;

export async function manyCustomers(browser, dressed) {
  const count = Number(process.env.LIUKE_MANY ?? 0);
  if (!count) return;
  const house = await dressed(await open('serve', '--lang', 'zh'));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
  await page.addInitScript(() => localStorage.setItem('liuke.lang', 'zh'));
  const tell = (name, what) => story(`${count} customers: ${name}`, page, what);
  try {
    const filled = await tell('their files are taken in and scored', () => fill(page, house, count));
    if (!filled) return;
    for (const path of ['/today', '/customers', '/alerts', '/churn', '/data', `/customers/M${count}`]) {
      await tell(`the first content of ${path.replace(/\d+$/, '…')} comes within a second`, async () => {
        await page.goto(house.url + path);
        const at = await page.evaluate(firstContent);
        expect(at < FIRST_CONTENT_MS, `${Math.round(at)} ms`);
        console.log(`        ${path}: ${Math.round(at)} ms`);
      });
    }
    await page.goto(`${house.url}/customers`);
    await page.getByRole('table').waitFor();
    await page.waitForLoadState('networkidle');
    const quick = (name, act, until) => tell(name, async () => {
      await page.evaluate(watchTasks);
      await act();
      await until();
      await page.waitForTimeout(300);
      const longest = await page.evaluate(longestTask);
      console.log(`        longest task: ${Math.round(longest)} ms`);
      expect(longest <= LONGEST_TASK_MS, `a task took ${Math.round(longest)} ms`);
    });
    const box = page.getByRole('textbox', { name: '名称或编号' });
    const answered = (word) => page.waitForResponse((answer) => answer.url().includes('/api/customers?') && answer.url().includes(word));
    await quick('searching', () => box.pressSequentially('M9', { delay: 60 }), () => answered('search=M9'));
    await quick('clearing the search', () => box.fill(''), () => page.waitForTimeout(600));
    await quick('filtering by band', () => page.getByRole('button', { name: /^高/ }).click(), () => page.waitForTimeout(600));
    await page.getByRole('button', { name: /^高/ }).click();
    await quick('sorting by value', () => page.getByRole('button', { name: '价值' }).click(), () => page.waitForTimeout(800));
    // The answer may come before the scrolling has returned: it is waited for from before.
    let further;
    await quick('reading further', () => {
      further = answered('cursor=');
      return page.evaluate(() => document.getElementById('main').scrollTo(0, 9_000));
    }, () => further);
    await tell('they scroll freely', async () => {
      const slowest = await page.evaluate(scrollThrough);
      console.log(`        longest frame: ${Math.round(slowest)} ms`);
      expect(slowest < LONGEST_FRAME_MS, `a frame took ${Math.round(slowest)} ms`);
    });
  } finally {
    await page.close();
    await house.stop();
  }
}

/** Set up and filled with two files: who they are, and what they bought. */
async function fill(page, house, count) {
  await setUp(page, house);
  const day = (ago) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
  const people = ['客户编号,客户名称,负责人'];
  const orders = ['订单号,客户编号,下单时间,订单金额'];
  for (let person = 1; person <= count; person += 1) {
    people.push(`M${person},会员${String(person).padStart(6, '0')},${OWNERS[person % OWNERS.length]}`);
    for (let ago = 1 + (person % 97); ago < 200; ago += 60) orders.push(`S${person}-${ago},M${person},${day(ago)},${50 + (person % 400)}`);
  }
  await take(page, '会员.csv', 'customers', people);
  await take(page, '订单.csv', 'orders', orders);
  await compute(page);
  const { total } = await ask(page, 'GET', '/api/customers?limit=1');
  expect(total > count / 2, `${total} of ${count} are there`);
}

/** Milliseconds from the beginning of the navigation until a page shows what it is about, no skeleton any more. */
export function firstContent() {
  return new Promise((resolve) => {
    const look = () => {
      const main = document.querySelector('main .page');
      if (main?.querySelector('h1') && !main.querySelector('.bone')) resolve(performance.now());
      else requestAnimationFrame(look);
    };
    look();
  });
}

function watchTasks() {
  globalThis.longest = 0;
  globalThis.tasks?.disconnect();
  globalThis.tasks = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, one.duration);
  });
  globalThis.tasks.observe({ entryTypes: ['longtask'] });
}

function longestTask() {
  for (const one of globalThis.tasks.takeRecords()) globalThis.longest = Math.max(globalThis.longest, one.duration);
  return globalThis.longest;
}

/** Scrolls down for three seconds; the longest time between two frames. */
function scrollThrough() {
  return new Promise((resolve) => {
    const main = document.getElementById('main');
    const begin = performance.now();
    let before = begin;
    let slowest = 0;
    const step = (now) => {
      slowest = Math.max(slowest, now - before);
      before = now;
      main.scrollTop += 120;
      if (now - begin < 3000) requestAnimationFrame(step);
      else resolve(slowest);
    };
    requestAnimationFrame(step);
  });
}
