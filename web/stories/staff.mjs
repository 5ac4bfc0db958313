// A salesperson is invited, opens the link, signs in, sees their own customers and nobody else's, and hands over when
// leaving. In both languages, before a house of its own.

import { open } from './house.mjs';
import { ask, compute, setUp, take } from './firm.mjs';
import { expect, listen, story, visit } from './telling.mjs';

const DAY = 86_400_000;
const day = (ago) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
const WORDS = {
  zh: { invite: '邀请', link: '生成链接', name: '姓名', email: /^邮箱/, owner: '数据中的负责人', password: '设置密码', again: '再输一遍', begin: '开始使用', edit: '修改', handOver: '离职交接', receivers: '接手人', confirm: '确认交接', gone: /已离职|Left/, people: '员工', audit: /查看完整号码/, show: '看完整号码', moves: /^6 位会员/, done: '完成', members: '成员', report: '时限报表', taken: '员工' },
  en: { invite: 'Invite', link: 'Make the link', name: 'Name', email: /^E-mail/, owner: 'Owner in the data', password: 'Set a password', again: 'Once more', begin: 'Start', edit: 'Change', handOver: 'Hand over', receivers: 'Who takes over', confirm: 'Hand over', gone: /Left/, people: 'People', audit: /Saw numbers in full/, show: 'Show in full', moves: /^6 members/, done: 'Done', members: 'Members', report: 'Report on clocks', taken: 'Person' },
};
const SELLERS = ['Wang Fang', 'Li Lei'];

/** Twelve members, half of each seller's; each bought every week. */
const files = () => {
  const members = ['客户编号,客户名称,负责人,手机号'];
  const orders = ['订单号,客户编号,下单时间,订单金额'];
  for (let one = 1; one <= 12; one += 1) {
    const id = `V${String(one).padStart(3, '0')}`;
    members.push(`${id},Member ${one},${SELLERS[one % 2]},138001380${String(one).padStart(2, '0')}`);
    for (let ago = 200; ago > 3; ago -= 7) orders.push(`S-${one}-${ago},${id},${day(ago)},${90 + one}`);
  }
  return { members, orders };
};

export async function staffing(browser, dressed, lang) {
  const w = WORDS[lang];
  const house = await dressed(await open('serve', '--lang', lang));
  const admin = await visit(browser, lang);
  const seller = await visit(browser, lang);
  const complaints = listen(admin.page);
  const tell = (name, page, what) => story(`${lang}: ${name}`, page, what);
  try {
    await setUp(admin.page, house);
    const { members, orders } = files();
    await take(admin.page, 'members.csv', 'customers', members);
    await take(admin.page, 'orders.csv', 'orders', orders);
    await compute(admin.page);
    let link = '';

    await tell('a salesperson is invited by a link that is shown once', admin.page, async () => {
      const { page } = admin;
      await ask(page, 'POST', '/api/staff', { name: 'Li Lei', email: 'li@example.com', password: 'a long password', role: 'owner', owner_key: SELLERS[1] });
      await page.goto(`${house.url}/settings/staff`);
      await page.getByRole('button', { name: w.invite, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(w.name, { exact: true }).fill(SELLERS[0]);
      await dialog.getByLabel(w.email).fill('wang@example.com');
      await dialog.getByLabel(w.owner).fill(SELLERS[0]);
      await dialog.getByRole('button', { name: w.link }).click();
      link = await dialog.locator('code').textContent();
      expect(/\/join#[\w-]{20,}$/.test(link), link);
      await dialog.getByRole('button', { name: w.done }).click();
      await page.getByText('wang@example.com').first().waitFor();
    });

    await tell('they open it, set a password and see their own customers only', seller.page, async () => {
      const { page } = seller;
      await page.goto(link.replace(/^https?:\/\/[^/]+/, house.url));
      await page.getByLabel(w.password, { exact: true }).fill('another long one');
      await page.getByLabel(w.again, { exact: true }).fill('another long one');
      await page.getByRole('button', { name: w.begin }).click();
      await page.waitForURL(/\/today$/);
      await page.getByRole('navigation').first().waitFor();
      await page.goto(`${house.url}/customers`);
      const table = page.getByRole('table');
      await table.getByText('Member 2', { exact: true }).waitFor();
      expect((await table.getByText(/^Member (1|3|5|7|9|11)$/).count()) === 0, 'another salesperson’s customer is in the list');
      const list = await ask(page, 'GET', '/api/customers');
      expect(list.total === 6 && list.owners.join() === SELLERS[0], JSON.stringify(list.owners));
      const other = await page.evaluate(async () => (await fetch('/api/customers/V001')).status);
      expect(other === 404, `another's customer answers ${other}`);
    });

    await tell('a number is hidden until they ask, and that is recorded', seller.page, async () => {
      const { page } = seller;
      await page.goto(`${house.url}/customers/V002`);
      await page.getByText('138****8002').first().waitFor();
      await page.getByRole('button', { name: w.show }).click();
      await page.getByText('13800138002').waitFor();
      await admin.page.goto(`${house.url}/settings/audit`);
      await admin.page.getByText(w.audit).first().waitFor();
    });

    await tell('when they leave, their customers go to a colleague in one step', admin.page, async () => {
      const { page } = admin;
      await page.goto(`${house.url}/settings/staff`);
      await page.getByRole('button', { name: `${w.edit} ${SELLERS[0]}` }).click();
      await page.getByRole('menuitem', { name: w.handOver }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: w.receivers }).fill(SELLERS[1]);
      await page.locator('.ant-select-item-option', { hasText: SELLERS[1] }).click();
      await dialog.getByText(w.moves).waitFor();
      await dialog.getByRole('button', { name: w.confirm }).click();
      await page.getByRole('table', { name: w.people }).getByText(w.gone).waitFor();
      const mine = await ask(page, 'GET', '/api/customers?owner=Li%20Lei');
      expect(mine.total === 12, `${mine.total} of 12 are with the colleague`);
      const out = await seller.page.evaluate(async () => (await fetch('/api/customers')).status);
      expect(out === 401, `the one who left is answered ${out}`);
    });

    await tell('the team page says who has how much on the desk, and counts it', admin.page, async () => {
      const { page } = admin;
      await ask(page, 'POST', '/api/cases', { customer_id: 'V002', type_id: 'complaint', about: 'Member 2' });
      await page.goto(`${house.url}/team`);
      const { members } = await ask(page, 'GET', '/api/team');
      const colleague = members.find((one) => one.name === SELLERS[1]);
      expect(colleague && colleague.load.open_count > 0, JSON.stringify(members));
      const row = page.getByRole('table', { name: w.members }).getByRole('row', { name: new RegExp(SELLERS[1]) });
      const open = await row.getByRole('cell').nth(1).textContent();
      expect(open === String(colleague.load.open_count), `${open} of ${colleague.load.open_count} are shown`);
      await page.getByRole('region', { name: w.report }).getByRole('table', { name: w.taken }).getByText(SELLERS[1]).waitFor();
    });
    expect(complaints.length === 0, complaints.join('\n'));
  } finally {
    await admin.context.close();
    await seller.context.close();
    await house.stop();
  }
}
