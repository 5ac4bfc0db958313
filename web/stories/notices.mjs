// A bot is added, tried with a wrong key, tried with the right one, and chosen. In both languages, before a house of its
// own; the bot's service is a small server of the story's own.

import { createServer } from 'node:http';
import { setUp, ask } from './firm.mjs';
import { open } from './house.mjs';
import { answered, choose, expect, listen, story, visit } from './telling.mjs';

const WORDS = {
  zh: { add: '添加渠道', kind: '类型', bot: '企业微信群机器人', name: '名称', group: '客户成功群', webhook: 'Webhook 地址', inside: '允许内网地址', test: '测试发送', wrong: '企业微信不认识这个机器人地址', edit: '修改', save: '保存', fine: /发送成功$/, choice: '我的通知', urgent: '紧急预警', channels: '通知渠道' },
  en: { add: 'Add a channel', kind: 'Kind', bot: 'WeCom group bot', name: 'Name', group: 'Success team', webhook: 'Webhook', inside: 'Allow private addresses', test: 'Send a test', wrong: 'WeCom does not know this bot', edit: 'Change', save: 'Save', fine: /^sent /, choice: 'My notices', urgent: 'Urgent alerts', channels: 'Channels' },
};
const KEY = 'the-right-key-0123456789';

/** A group's bot as WeCom runs it: who does not know the key is told so. */
async function service() {
  const told = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const right = new URL(request.url, 'http://x').searchParams.get('key') === KEY;
      if (right) told.push(JSON.parse(text));
      response.end(JSON.stringify(right ? { errcode: 0, errmsg: 'ok' } : { errcode: 93000, errmsg: 'invalid webhook url' }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const urlOf = (key) => `http://127.0.0.1:${server.address().port}/cgi-bin/webhook/send?key=${key}`;
  return { told, urlOf, close: () => server.close() };
}

export async function noticing(browser, dressed, lang) {
  const w = WORDS[lang];
  const house = await dressed(await open('serve', '--lang', lang));
  const wecom = await service();
  const { context, page } = await visit(browser, lang);
  const complaints = listen(page);
  const tell = (name, what) => story(`${lang}: ${name}`, page, what);
  const channels = page.getByRole('region', { name: w.channels });
  try {
    await setUp(page, house);

    const added = await tell('a bot is added; its address is a secret that no page shows again', async () => {
      await page.goto(`${house.url}/settings/notices`);
      await page.getByRole('button', { name: w.add }).click();
      const dialog = page.getByRole('dialog');
      await choose(page, w.kind, w.bot);
      await dialog.getByLabel(w.name, { exact: true }).fill(w.group);
      await dialog.getByLabel(w.webhook, { exact: true }).fill(wecom.urlOf('a-wrong-key-9876543210'));
      await dialog.getByLabel(w.inside).check();
      await answered(page, 'POST', /^\/api\/channels$/, () => dialog.getByRole('button', { name: w.add }).click());
      await channels.getByText(w.group).waitFor();
      expect(!JSON.stringify(await ask(page, 'GET', '/api/channels')).includes('a-wrong-key'), 'the secret is told');
    });
    if (!added) return;

    await tell('a test with a wrong key says what is wrong', async () => {
      const failed = page.waitForResponse((answer) => answer.url().endsWith('/test'));
      await channels.getByRole('button', { name: w.test }).click();
      expect((await failed).status() === 400, 'a wrong key is taken');
      await channels.getByText(w.wrong).waitFor();
    });

    await tell('with the right key the message arrives in the group', async () => {
      await channels.getByRole('button', { name: `${w.edit} ${w.group}` }).click();
      await page.getByRole('menuitem', { name: w.edit }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(w.webhook, { exact: true }).fill(wecom.urlOf(KEY));
      await answered(page, 'PATCH', /^\/api\/channels\/\d+$/, () => dialog.getByRole('button', { name: w.save }).click());
      await dialog.waitFor({ state: 'hidden' });
      await answered(page, 'POST', /\/test$/, () => channels.getByRole('button', { name: w.test }).click());
      await channels.getByText(w.fine).waitFor();
      expect(wecom.told.length === 1 && wecom.told[0].markdown.content.includes('Su Wanqing'), JSON.stringify(wecom.told));
    });

    await tell('a person chooses what reaches them by it', async () => {
      const mine = page.getByRole('region', { name: w.choice });
      await mine.getByRole('group', { name: w.group }).getByRole('checkbox', { name: w.urgent }).check();
      await answered(page, 'PUT', /^\/api\/notice-choices\/mine$/, () => mine.getByRole('button', { name: w.save }).click());
      const { ways } = await ask(page, 'GET', '/api/notice-choices/mine');
      expect(ways.length === 1 && ways[0].kinds.join() === 'urgent', JSON.stringify(ways));
    });
    expect(complaints.length === 0, complaints.join('\n'));
  } finally {
    wecom.close();
    await context.close();
    await house.stop();
  }
}
