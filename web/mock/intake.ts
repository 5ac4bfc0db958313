// Sources of the pretended firm, and what its doors say. Enough to look at the pages of 数据接入 without a server.

import type { CustomerIdentity, DataAlert, FieldQuality, IdentityConflict, IntakeRow, NameQuality, NewSource, Quality, QuarantineRow, SavedMapping, Source, SourceChange, SourceDetail, SourcePreview, SourceRun } from '../src/api/types';
import type { Asked, Told } from './answer';
import { dice, NOW, people } from './firm';

const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();
const KEY = '5f0e9c2ab7d14e6f8a31c04d9be27710';

const KIND_NAMES: Record<string, { zh: string; en: string }> = {
  segment: { zh: '事件接入（Segment 格式）', en: 'Events (Segment)' }, sensors: { zh: '事件接入（神策格式）', en: 'Events (Sensors Data)' }, webhook: { zh: '通用 Webhook', en: 'Webhook' },
  mysql: { zh: 'MySQL 数据库', en: 'MySQL' }, sqlite: { zh: 'SQLite 数据库', en: 'SQLite' },
  jiandaoyun: { zh: '简道云', en: 'Jiandaoyun' }, wecom: { zh: '企业微信客户联系', en: 'WeCom customer contact' }, postgres: { zh: 'PostgreSQL 数据库', en: 'PostgreSQL' },
};

const source = (id: number, name: string, kind: string, facts: number, seconds: number | null, more: Partial<Source> = {}): Source => ({
  id, name, kind, kind_name: KIND_NAMES[kind] ?? { zh: kind, en: kind }, key: KEY.slice(id) + KEY.slice(0, id), is_strict: false, is_enabled: true, settings: {}, secrets: [],
  created_at: ago(90 * 86_400), updated_at: ago(12 * 86_400), version: 1, facts, last_occurred_at: seconds === null ? null : ago(seconds), last_recorded_at: seconds === null ? null : ago(seconds), in_quarantine: 0,
  health: { received: 0, accepted: 0, duplicates: 0, conflicts: 0, held: 0, rejected: 0, last_seen_at: seconds === null ? null : ago(seconds), per_minute: seconds !== null && seconds < 7_200 ? rates(id) : [] }, ...more,
});

const rates = (id: number) => {
  const d = dice(id);
  return Array.from({ length: 60 }, (_, at) => (id > 2 && at % 7 !== 3 ? 0 : d.int(id === 1 ? 40 : 4, id === 1 ? 96 : 22)));
};

const fresh = (): Source[] => [
  source(1, '官网', 'segment', 1_284_032, 2, { in_quarantine: 3 }), source(2, 'App 埋点', 'sensors', 386_114, 41, { is_strict: true }), source(3, '销售合同', 'jiandaoyun', 3_820, 5_400),
  source(4, '企业微信', 'wecom', 2_380, 9 * 86_400), source(5, '活动页', 'segment', 0, null), source(6, '旧工单系统', 'webhook', 22_410, 40 * 86_400, { is_enabled: false }),
  source(7, 'CRM 客户表', 'postgres', 18_204, 1_260, { key: null, secrets: ['password'], settings: { host: '10.0.0.5', port: 5432, database: 'crm', user: 'reader', tls: 'require', query: 'SELECT id, name, phone, owner, city, updated_at FROM customers', watermark: 'updated_at', mapping: { kind: 'customers', key: ['id'] }, schedule: { every_minutes: 30 } } as never }),
];
let sources = fresh();

export function afreshIntake(): void {
  sources = fresh();
  held = freshHeld();
  conflicts = [];
}

const code = (one: Source) => [
  { sdk: '@segment/analytics-next', language: 'javascript', code: `// npm install @segment/analytics-next\nimport { AnalyticsBrowser } from '@segment/analytics-next'\n\nconst analytics = AnalyticsBrowser.load(\n  { writeKey: '${one.key}', cdnURL: 'https://liuke.yunfan.example' },\n  { integrations: { 'Segment.io': { apiHost: 'liuke.yunfan.example/v1', protocol: 'https' } } },\n)\nanalytics.identify('U-1001', { name: '王敏', phone: '13800138000' })\nanalytics.group('C-1001', { name: '示例科技', industry: '制造' })\nanalytics.track('Order Completed', { order_id: 'O-1', revenue: 99.5, currency: 'CNY' })\n` },
  { sdk: '@segment/analytics-node', language: 'javascript', code: `// npm install @segment/analytics-node\nimport { Analytics } from '@segment/analytics-node'\n\nconst analytics = new Analytics({ writeKey: '${one.key}', host: 'https://liuke.yunfan.example' })\n` },
  { sdk: 'segment-analytics-python', language: 'python', code: `# pip install segment-analytics-python\nimport segment.analytics as analytics\n\nanalytics.write_key = '${one.key}'\nanalytics.host = 'https://liuke.yunfan.example'\n` },
  { sdk: 'curl', language: 'shell', code: `curl -u '${one.key}:' 'https://liuke.yunfan.example/v1/track' -H 'Content-Type: application/json' -d '{ "userId": "U-1001", "event": "Report Exported" }'\n` },
];

const ok = (body: unknown, status = 200): Told => ({ status, body });

const fault = (zh: string, en: string) => ({ zh, en });
const EVENTS = ['Logged In', 'Report Exported', 'Dashboard Viewed', 'Feature Used', 'Member Invited', 'Order Completed'];
const rows = (): IntakeRow[] => {
  const d = dice(7);
  return Array.from({ length: 60 }, (_, at): IntakeRow => {
    const roll = d.next();
    const outcome = roll < 0.06 ? 'held' : roll < 0.12 ? 'duplicate' : 'accepted';
    return { number: 900 - at, at: ago(at * 3.7 + d.next()), source: d.pick(['官网', '官网', 'App 埋点']), outcome, name: outcome === 'held' ? '' : d.pick(EVENTS), customer: outcome === 'held' ? '' : `C${d.int(10_001, 12_000)}`, message_id: `${d.int(1e8, 9e8).toString(16)}-${d.int(1e4, 6e4).toString(16)}-4${d.int(256, 4095).toString(16)}`, fault_code: outcome === 'held' ? 'bad_time' : null, fault_path: outcome === 'held' ? '$.batch[3].timestamp' : null, fault: outcome === 'held' ? fault('时间无法读取', 'the time cannot be read') : null };
  });
};

const freshHeld = (): QuarantineRow[] => [
  { number: 41, at: ago(64), source: '官网', message_id: 'b71f0c2e-41ab', fault_code: 'bad_time', fault_path: 'timestamp', fault: fault('时间看不懂：“昨天下午”', 'not a time: "昨天下午"'), body: JSON.stringify({ type: 'track', event: 'Order Completed', userId: 'C10081', timestamp: '昨天下午', properties: { order_id: 'O-20251203-7', revenue: 1280, items: [{ sku: 'A1', n: 2 }] }, messageId: 'b71f0c2e-41ab' }) },
  { number: 40, at: ago(420), source: '官网', message_id: 'b71f0c2e-41aa', fault_code: 'no_customer', fault_path: 'userId', fault: fault('没有 userId，也没有 anonymousId', 'neither userId nor anonymousId'), body: JSON.stringify({ type: 'track', event: 'Report Exported', properties: { rows: 120 }, messageId: 'b71f0c2e-41aa' }) },
  { number: 39, at: ago(5_400), source: '官网', message_id: 'b71f0c2e-4133', fault_code: 'no_event', fault_path: 'event', fault: fault('没有事件名', 'no event name'), body: JSON.stringify({ type: 'track', userId: 'C10233', event: '', messageId: 'b71f0c2e-4133' }) },
];
let held = freshHeld();

const freshConflicts = (): IdentityConflict[] => {
  const [a, b, c, d] = people(60).filter((one) => one.row.name.length < 24).slice(4, 8).map(({ row }) => ({ id: row.id, name: row.name, owner: row.owner ?? null }));
  return [
    { id: 2, version: 1, key: 'phone:13800138000', sort: 'perhaps_same', sentence: fault('两家登记了同一个手机号', 'both gave the same mobile number'), customers: [a!, b!], customer_count: 2, state: 'open', found_at: ago(7_200), decided_at: null, decided_by: null, note: null },
    { id: 1, version: 1, key: 'external:CRM-1172', sort: 'same_key', sentence: fault('两个来源把同一个编号给了不同的客户', 'two sources gave one id to different customers'), customers: [c!, d!], customer_count: 2, state: 'open', found_at: ago(90_000), decided_at: null, decided_by: null, note: null },
  ];
};
let conflicts: IdentityConflict[] = [];

const shares = (type: string) => ({ number: 0, date: 0, truth: 0, text: 0, [type]: 1 });
const field = (name: string, before: number, now: number, type = 'text', turned = type): FieldQuality => ({ field: name, missing_before: before, missing_now: now, types_before: shares(type), types_now: shares(turned) });
function quality(): Quality {
  const d = dice(11);
  const days = (usual: number, drop = 1) => Array.from({ length: 28 }, (_, at) => Math.round((at > 23 ? drop : 1) * usual * ([5, 6].includes(at % 7) ? 0.35 : 1) * (0.9 + d.next() * 0.2)));
  const name = (kind: string, called: string, usual: number, more: Partial<NameQuality> = {}, drop = 1): NameQuality => {
    const told = days(usual, drop);
    return { kind, name: called, facts: usual * 150, usual_per_day: usual, last_week: told.slice(-7).reduce((a, b) => a + b, 0), usual_week: usual * 5.7, days: told, last_occurred_at: ago(300), unattributed: 0, future: 0, ancient: 0, fields: [field('plan', 0.01, 0.01), field('device', 0, 0)], troubles: [], ...more };
  };
  const alert: DataAlert = { id: 1, source: 'App 埋点', kind: 'event', name: 'Feature Used', sort: 'volume_low', severity: 'urgent', state: 'open', sentence: fault('近 4 天只来了 212 条，通常 4,810 条', '212 came in the last 4 days, usually 4,810'), since: ago(4 * 86_400), opened_at: ago(3 * 86_400), closed_at: null, until: null, starved: [{ id: 'feature_30d', name: fault('近 30 天功能使用次数', 'Feature uses, 30 days') }, { id: 'features_distinct_30d', name: fault('近 30 天用到的功能数', 'Features used, 30 days') }] };
  const source = (called: string, names: NameQuality[], more = {}) => ({ source: called, facts: names.reduce((all, one) => all + one.facts, 0), usual_per_day: names.reduce((all, one) => all + one.usual_per_day, 0), last_week: 0, days: names[0]!.days, last_occurred_at: ago(60), last_recorded_at: ago(60), unattributed: 0, troubles: [], names, held: 0, held_because: [], duplicates: 0, conflicts: 0, refused: 0, ...more });
  return {
    as_of: ago(3_000), alerts: [alert], past_alerts: [{ ...alert, id: 2, source: '企业微信', kind: null, name: null, sort: 'silent', severity: 'warning', state: 'closed', sentence: fault('3 天没有数据，通常每天 6 条', 'nothing for 3 days, usually 6 a day'), since: ago(20 * 86_400), closed_at: ago(16 * 86_400), until: ago(17 * 86_400), starved: [] }],
    sources: [
      source('App 埋点', [name('event', 'Logged In', 820), name('event', 'Feature Used', 1_200, { troubles: [{ sort: 'volume_low', since: ago(4 * 86_400), actual: 212, usual: 4_810, fields: [] }] }, 0.05), name('event', 'Report Exported', 64, { fields: [field('rows', 0.02, 0.34, 'number'), field('format', 0, 0)], troubles: [{ sort: 'missing', since: ago(6 * 86_400), actual: 0.34, usual: 0.02, fields: ['rows'] }] })], { held: 0, duplicates: 1_204 }),
      source('官网', [name('event', 'Page Viewed', 4_100, { unattributed: 312 }), name('trait', 'Traits Changed', 38, { fields: [field('seats', 0, 0, 'number', 'text')] }), name('order', 'Order Completed', 12, { future: 2 })], { held: 3, duplicates: 88, unattributed: 312 }),
    ],
  };
}

const RUNS: SourceRun[] = [1_260, 3_060, 4_860, 90_000].map((seconds, at): SourceRun => ({ id: 40 - at, state: at === 2 ? 'failed' : 'done', actor: at === 3 ? '苏晚晴' : 'timer', started_at: ago(seconds), finished_at: ago(seconds - 3 - at), received: at === 2 ? 0 : 214 - at * 31, accepted: at === 2 ? 0 : 12 + at * 7, duplicates: at === 2 ? 0 : 202 - at * 38, rejected: at === 3 ? 2 : 0, facts: 30, watermark: at === 2 ? null : `2025-12-03 0${8 - at}:41:07`, findings: [], error: at === 2 ? { code: 'connection_refused', detail: fault('连不上 10.0.0.5:5432', 'cannot connect to 10.0.0.5:5432'), hint: fault('检查地址、端口和防火墙', 'check address, port and firewall') } : null }));
const column = (header: string, is: string | null, ...samples: string[]) => ({ header, field: is, samples });
const option = (id: string, zh: string, en: string, required = false) => ({ id, name: fault(zh, en), required });
const PREVIEW: SourcePreview = {
  kind: 'customers', kinds: ['customers', 'orders', 'events', 'contracts'], fields: [option('customer_id', '客户编号', 'Customer id', true), option('name', '名称', 'Name'), option('phone', '电话', 'Phone'), option('owner', '负责人', 'Owner')],
  columns: [column('id', 'customer_id', '10081', '10082', '10083'), column('name', 'name', '启衡智能制造', '云栖生物', '嘉禾供应链'), column('phone', 'phone', '13800138000', '', '021-6677'), column('owner', 'owner', '林婉清', '陈启明'), column('city', null, '上海', '杭州'), column('updated_at', null, '2025-12-03 08:41:07')],
  rows: [], watermark: 'updated_at', key: ['id'], received: 200, accepted: 198, duplicates: 0, rejected: 2, facts: 640, findings: [], finding_counts: [], blocking: [],
};
const MAPPINGS: SavedMapping[] = [{ name: 'ERP 订单', kind: 'orders', fingerprint: 'a', mapping_file: '', updated_at: ago(86_400), version: 1 }];

/** `null`: not a door of 数据接入. */
export function intake(asked: Asked): Told | null {
  const { method, path, body, query } = asked;
  if (path.startsWith('/api/sources')) return sourceDoor(asked);
  const replay = /^\/api\/quarantine\/(\d+)\/replay$/.exec(path);
  if (replay) {
    held = held.filter((one) => one.number !== Number(replay[1]));
    return ok({ outcome: 'accepted', fault_code: null, fault_path: null, fault: null });
  }
  const decided = /^\/api\/identity\/conflicts\/(\d+)$/.exec(path);
  if (decided) {
    const one = conflicts.find((each) => each.id === Number(decided[1]))!;
    const { action } = body as { action: string };
    return ok(Object.assign(one, { state: action === 'merge' ? 'merged' : 'apart', decided_at: NOW, decided_by: '苏晚晴', version: one.version + 1 }));
  }
  if (/^\/api\/customers\/[^/]+\/identity$/.test(path)) {
    const id = decodeURIComponent(path.split('/')[3]!);
    return ok({ customer_id: id, as_of: null, keys: [{ key: id, sort: 'external', source: null, since: null, is_merged: false }, { key: 'CRM-1172', sort: 'external', source: 'people', since: ago(86_400), is_merged: true }, { key: 'phone:13800138000', sort: 'phone', source: 'CRM 客户表', since: ago(9e6), is_merged: false }], contacts: [], history: [], conflicts: [] } satisfies CustomerIdentity);
  }
  switch (`${method} ${path}`) {
    case 'GET /api/intake/recent': return ok({ items: rows().filter((one) => (!query.get('source') || one.source === query.get('source')) && (!query.get('outcome') || one.outcome === query.get('outcome'))).slice(0, Number(query.get('limit') ?? 100)), next: null });
    case 'GET /api/intake/live': return { status: 200, type: 'text/event-stream', body: 'retry: 3600000\n\n' };
    case 'GET /api/quarantine': return ok({ items: held.filter((one) => !query.get('source') || one.source === query.get('source')), next: null });
    case 'POST /api/quarantine/replay': held = []; return ok({ replayed: 2, held: 1, missing: 0 });
    case 'POST /api/quarantine/discard': held = held.filter((one) => !(body as { numbers: number[] }).numbers.includes(one.number)); return ok({ discarded: 1 });
    case 'GET /api/identity/conflicts': {
      if (conflicts.length === 0) conflicts = freshConflicts();
      const state = query.get('state') ?? 'open';
      return ok({ items: asked.scene === 'empty' ? [] : conflicts.filter((one) => state === 'all' || one.state === state), open_count: asked.scene === 'empty' ? 0 : conflicts.filter((one) => one.state === 'open').length });
    }
    case 'GET /api/quality': return ok(asked.scene === 'empty' ? { as_of: null, alerts: [], past_alerts: [], sources: [] } : quality());
    case 'GET /api/mappings': return ok({ items: MAPPINGS, next: null });
    default: return null;
  }
}

function sourceDoor({ method, path, body, scene }: Asked): Told {
  const one = /^\/api\/sources(?:\/(\d+))?(?:\/(\w+))?$/.exec(path);
  const found = sources.find((each) => each.id === Number(one?.[1]));
  if (one && !one[1]) {
    if (method === 'GET') return ok({ items: scene === 'empty' ? [] : sources, next: null });
    const told = body as NewSource;
    sources.push(source(sources.length + 1, told.name, told.kind, 0, null));
    return ok(sources.at(-1), 201);
  }
  if (!found) return { status: 404, body: { code: 'not_found', detail: '没有这个来源', hint: '', status: 404 } };
  switch (one?.[2]) {
    case 'rotate': return ok(Object.assign(found, { key: KEY.split('').reverse().join(''), version: found.version + 1 }));
    case 'runs': return ok({ items: RUNS, next: null });
    case 'test': return ok({ server: 'PostgreSQL 15.4' });
    case 'preview': return ok(PREVIEW);
    case 'run': return ok(RUNS[0], 202);
    default:
  }
  if (method === 'PATCH') {
    const { version: _, secrets: __, ...change } = body as SourceChange;
    return ok(Object.assign(found, change, { version: found.version + 1 }));
  }
  if (method === 'DELETE') {
    sources = sources.filter((each) => each !== found);
    return { status: 204, body: null };
  }
  return ok({ source: found, snippets: found.key ? code(found) : [] } satisfies SourceDetail);
}
