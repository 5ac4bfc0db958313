// How data comes in, told before the real server in both languages: a source is added and its events are seen as they
// arrive; what is wrong is mended and sent again; a file's mapping is remembered and its import taken back; two who are
// one are merged, and parted again.

import { ask, compute, setUp, take } from './firm.mjs';
import { open } from './house.mjs';
import { ordersFile } from './shop.mjs';
import { answered, choose, expect, listen, story, told, visit } from './telling.mjs';

const WORDS = {
  zh: {
    add: '添加来源', segment: /Segment/, name: '来源名称', make: '建立来源', called: '官网', waiting: /等 官网 的第一条数据/, live: '实时数据', held: /待修正/, edit: '编辑', body: '收到的原文', replay: '重新放行', replayed: '已放行，成为明细记录', none: '都进来了', timeline: /导出报表/, on: '接收数据', strict: '严格模式',
    kind: '这是什么', orders: '订单', next: '下一步', becomes: '对应到', customerId: '客户编号', amount: '订单金额', remember: '记住这份对应', mappingName: '对应的名称', start: '开始导入', imported: '导入完成', another: '再导一份', used: /按保存的“门店订单”对应好了/, undo: '撤销', undone: '已撤销',
    merge: /^合并/, apart: /^不是同一/, merged: '已合并', unmerge: '撤销合并', unmerged: /已撤销合并/,
  },
  en: {
    add: 'Add a source', segment: /Segment/, name: 'Name of the source', make: 'Create source', called: 'Website', waiting: /Waiting for the first data of Website/, live: 'Live', held: /To mend/, edit: 'Edit', body: 'As it was sent', replay: 'Replay', replayed: 'Replayed: it is a fact now', none: 'Everything came in', timeline: /Report exported/i, on: 'Receive data', strict: 'Strict',
    kind: 'What is it', orders: 'Orders', next: 'Next', becomes: 'Becomes', customerId: 'Customer id', amount: 'Order amount', remember: 'Remember this mapping', mappingName: 'Name of the mapping', start: 'Import', imported: 'Imported', another: 'Another file', used: /Mapped as saved under “门店订单”/, undo: 'Undo', undone: 'Taken back',
    merge: /^Merge into/, apart: /^Keep apart/, merged: 'Merged', unmerge: 'Unmerge', unmerged: /Unmerged/,
  },
};
const SECOND_MS = 1_000;

export async function intake(browser, dressed, lang) {
  const w = WORDS[lang];
  const house = await dressed(await open('serve', '--lang', lang));
  const { context, page } = await visit(browser, lang);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: ${name}`, page, what);
  const at = (path) => page.goto(house.url + path);
  let key = '';
  const send = (event) => post(house.url, key, event);
  try {
    await setUp(page, house);

    const added = await tell('a source is added and shows lines with its own key', async () => {
      await page.goto(`${house.url}/data`);
      await page.getByRole('link', { name: w.add }).first().click();
      await page.getByRole('button', { name: w.segment }).click();
      await page.getByLabel(w.name).fill(w.called);
      await page.getByRole('button', { name: w.make }).click();
      await page.getByRole('heading', { level: 1, name: w.called }).waitFor();
      await page.getByText(w.waiting).waitFor();
      key = /writeKey: '(\w+)'/.exec(await page.locator('.ways pre').textContent())?.[1] ?? '';
      expect(key.length >= 16, 'no key in the lines');
    });
    if (!added) return;

    await tell('an event that is sent is seen on the page within a second', async () => {
      const answer = await send({ type: 'track', event: 'Report Exported', userId: 'U-1', context: { groupId: 'C-7001' }, messageId: `${lang}-1` });
      const begun = Date.now();
      expect(answer.status === 200, `${answer.status}`);
      await page.getByRole('log', { name: w.live }).getByText('C-7001').waitFor();
      const took = Date.now() - begun;
      if (process.env.LIUKE_SPEED) expect(took < SECOND_MS, `${took} ms`);
    });

    await tell('what cannot be a fact waits, is mended, and is on the customer’s timeline', async () => {
      await send({ type: 'track', event: 'Report Exported', userId: 'U-1', context: { groupId: 'C-7002' }, messageId: `${lang}-2`, timestamp: 'yesterday afternoon' });
      await at('/data/held');
      await page.getByRole('table').getByRole('row').nth(1).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByRole('button', { name: w.edit }).click();
      const text = drawer.getByRole('textbox', { name: w.body });
      const event = JSON.parse(await text.inputValue());
      await text.fill(JSON.stringify({ ...event, timestamp: new Date(Date.now() - 3_600_000).toISOString() }));
      await told(page.getByText(w.replayed), () => drawer.getByRole('button', { name: w.replay }).click());
      await page.getByRole('heading', { name: w.none }).waitFor();
      await compute(page);
      await page.goto(`${house.url}/customers/C-7002`);
      await page.getByText(w.timeline).first().waitFor();
    });

    await tell('a source that is switched off takes nothing', async () => {
      await page.goto(`${house.url}/data`);
      await page.getByRole('link', { name: w.called, exact: true }).click();
      await answered(page, 'PATCH', /^\/api\/sources\/\d+$/, () => page.getByRole('switch', { name: w.on }).click());
      await page.locator('.pulse-off').waitFor();
      const answer = await send({ type: 'track', event: 'Report Exported', userId: 'U-1', messageId: `${lang}-3` });
      expect(answer.status >= 400, `${answer.status}`);
    });

    await tell('a mapping is remembered for the next file; an import is taken back', async () => {
      await mapFirst(page, house, w);
      await page.getByRole('button', { name: w.another }).click();
      await page.locator('input[type=file]').setInputFiles({ ...ordersFile(), name: '会员订单2.csv' });
      await page.getByText(w.used).waitFor();
      await at('/data/files');
      await page.getByRole('table').getByRole('button', { name: w.undo, exact: true }).first().click();
      await answered(page, 'POST', /^\/api\/imports\/\d+\/undo$/, () => page.getByRole('dialog').getByRole('button', { name: w.undo, exact: true }).click());
      await page.getByRole('table').getByText(w.undone, { exact: true }).waitFor();
    });

    await tell('two who are one are merged, and parted again', async () => {
      await take(page, '会员.csv', 'customers', ['客户编号,客户名称,手机号', 'A-1,王敏,13800138001', 'A-2,王 敏,13800138001', 'A-3,李雷,13900139002']);
      await compute(page);
      await at('/data/identity');
      const conflict = page.locator('.conflict').filter({ hasText: 'A-2' });
      await answered(page, 'POST', /^\/api\/identity\/conflicts\/\d+$/, () => conflict.getByRole('button', { name: w.merge }).click());
      await at('/data/identity?state=merged');
      await told(page.getByText(w.unmerged), () => page.locator('.conflict').getByRole('button', { name: w.unmerge }).click());
      const who = await ask(page, 'GET', '/api/customers/A-2/identity');
      expect(who.customer_id === 'A-2', JSON.stringify(who).slice(0, 300));
    });

    await tell('the browser had nothing to complain about', async () => expect(complaints.length === 0, complaints.slice(0, 5).join('\n')));
  } finally {
    await context.close();
    await house.stop();
  }
}

const post = (url, key, event) => fetch(`${url}/v1/track`, { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }, body: JSON.stringify(event) });

/** A file with headers of its own, mapped by hand and kept under a name. */
async function mapFirst(page, house, w) {
  await page.goto(`${house.url}/data/import`);
  await page.locator('input[type=file]').setInputFiles(ordersFile());
  await choose(page, w.kind, w.orders);
  for (const [header, field] of [['顾客编号', w.customerId], ['实付', w.amount]]) await choose(page, `${w.becomes} ${header}`, field);
  await page.getByRole('button', { name: w.next }).click();
  await page.getByRole('checkbox', { name: w.remember }).check();
  await page.getByRole('textbox', { name: w.mappingName }).fill('门店订单');
  await page.getByRole('button', { name: w.start, exact: true }).click();
  await page.getByRole('heading', { name: w.imported }).waitFor();
}
