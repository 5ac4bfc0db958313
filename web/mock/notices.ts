// The pretended firm's channels, what its people chose, and what became of two notices.

import type { Notice, NoticeChannel, NoticeChannels, NoticeChoice, Notices } from '../src/api/types';
import type { Asked, Told } from './answer';
import { days, OWNERS } from './firm';

const KINDS: NoticeChannels['kinds'] = [
  { id: 'mail', name: { zh: '邮件', en: 'E-mail' }, secrets: ['password'], needs_address: true },
  { id: 'wecom_bot', name: { zh: '企业微信群机器人', en: 'WeCom group bot' }, secrets: ['webhook'], needs_address: false },
  { id: 'wecom_app', name: { zh: '企业微信应用消息', en: 'WeCom app message' }, secrets: ['secret'], needs_address: true },
  { id: 'dingtalk_bot', name: { zh: '钉钉群机器人', en: 'DingTalk group bot' }, secrets: ['webhook', 'sign'], needs_address: false },
  { id: 'feishu_bot', name: { zh: '飞书群机器人', en: 'Feishu group bot' }, secrets: ['webhook', 'sign'], needs_address: false },
];
const WRONG = { code: 'wrong_key', detail: { zh: '企业微信不认识这个机器人地址', en: 'WeCom does not know this bot' }, hint: { zh: '请重新复制机器人的 Webhook 地址', en: 'copy its webhook again' } };
const LOST = { code: 'cut_off', detail: { zh: '发送途中服务停止，可能已送达', en: 'the server stopped while it was sent; it may have arrived' }, hint: { zh: '请核对后选择“重发”或“不发”', en: 'look, and choose to resend or not' } };

const channel = (id: number, kind: number, name: string, last: NoticeChannel['last']): NoticeChannel => ({
  id, version: 1, name, kind: KINDS[kind]!.id, kind_name: KINDS[kind]!.name, is_enabled: true, settings: (kind === 0 ? { host: 'smtp.yunfan.example', from: 'notice@yunfan.example', security: 'tls' } : {}) as never, secrets: KINDS[kind]!.secrets, paused_until: null, last,
});
const sent = () => ({ started_at: days.at(0), ended_at: days.at(0), outcome: 'sent', trouble: null });

let channels: NoticeChannel[] = [];
let choice: NoticeChoice;
let isResent = false;

export function noticesAfresh(): void {
  channels = [channel(1, 0, '公司邮箱', sent()), channel(2, 1, '客户成功群', { ...sent(), outcome: 'failed', trouble: WRONG })];
  isResent = false;
  choice = {
    version: 0, quiet_from: '21:00', quiet_to: '08:00', urgent_breaks_quiet: true, lang: 'zh', ways: [{ channel_id: 1, kinds: ['morning', 'urgent'], address: null }],
    options: channels.map((one) => ({ channel_id: one.id, name: one.name, kind: one.kind, kind_name: one.kind_name, needs_address: one.kind === 'mail' })),
    kinds: ['morning', 'team_morning', 'urgent', 'breach_soon', 'breach', 'pool_return', 'model_drift'],
  };
}
noticesAfresh();

function told(): Notices {
  const one = (id: number, kind: string, zh: string, en: string, state: string): Notice => ({
    id, kind, staff_id: 3, staff_name: OWNERS[1]!, subject: { zh, en }, lines: [], path: '/today', is_urgent: false, planned_at: days.at(0), not_before: days.at(0), read_at: null,
    deliveries: [{ id, version: 1, channel_id: 1, channel_name: '公司邮箱', state, is_open: state === 'possibly_sent', next_at: days.at(0), tries: 1, settled_at: days.at(0), trouble: state === 'possibly_sent' ? LOST : null, decided_by: null }],
  });
  const rows = [one(2, 'urgent', '远山科技 5 天没有登录，合同 60 天后到期', 'Yuanshan has not logged in for 5 days, its contract ends in 60', isResent ? 'planned' : 'possibly_sent'), one(1, 'morning', '今天要跟进 12 家客户，3 个已超时', '12 customers to look after today, 3 overdue', 'sent')];
  return { rows, total: 2, unread: 2, counts: [], undecided: isResent ? 0 : 1 };
}

export function noticeDoors({ method, path, query, scene, body }: Asked): Told | null {
  const ok = (answer: unknown): Told => ({ status: 200, body: answer });
  const isEmpty = scene === 'empty';
  if (path === '/api/channels' && method === 'GET') return ok({ channels: isEmpty ? [] : channels, kinds: KINDS });
  if (path === '/api/channels') {
    const { name, kind } = body as { name: string; kind: string };
    const made = channel(channels.length + 1, KINDS.findIndex((one) => one.id === kind), name, null);
    channels.push(made);
    return { status: 201, body: made };
  }
  if (path === '/api/channels/2/test') return { status: 400, body: { type: 'about:blank', title: WRONG.code, status: 400, code: WRONG.code, detail: WRONG.detail.zh, hint: WRONG.hint.zh, request_id: '01JE8Z5Q9K' } };
  if (path.endsWith('/test')) return ok({ answer: 'ok' });
  if (path === '/api/notice-choices/mine' && method === 'GET') return ok(isEmpty ? { ...choice, options: [], ways: [] } : choice);
  if (path === '/api/notice-choices/mine') {
    choice = { ...choice, ...(body as Partial<NoticeChoice>), version: choice.version + 1 };
    return ok(choice);
  }
  if (path === '/api/notices' && query.get('whose') === 'all') return ok(isEmpty ? { ...told(), rows: [], total: 0, undecided: 0 } : told());
  if (/^\/api\/notice-deliveries\/2\/(resend|leave)$/.test(path)) {
    isResent = true;
    return ok(told().rows[0]!.deliveries[0]);
  }
  return null;
}
