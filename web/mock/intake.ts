// Sources of the pretended firm, and what its doors say. Enough to look at the pages of 数据接入 without a server.

import type { NewSource, Source, SourceChange, SourceDetail } from '../src/api/types';
import type { Asked, Told } from './answer';
import { NOW } from './firm';

const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();
const KEY = '5f0e9c2ab7d14e6f8a31c04d9be27710';

const KIND_NAMES: Record<string, { zh: string; en: string }> = {
  segment: { zh: '事件接入（Segment 格式）', en: 'Events (Segment)' }, sensors: { zh: '事件接入（神策格式）', en: 'Events (Sensors Data)' }, webhook: { zh: '通用 Webhook', en: 'Webhook' },
  jiandaoyun: { zh: '简道云', en: 'Jiandaoyun' }, wecom: { zh: '企业微信客户联系', en: 'WeCom customer contact' }, postgres: { zh: 'PostgreSQL 数据库', en: 'PostgreSQL' },
};

const source = (id: number, name: string, kind: string, facts: number, seconds: number | null, more: Partial<Source> = {}): Source => ({
  id, name, kind, kind_name: KIND_NAMES[kind] ?? { zh: kind, en: kind }, key: KEY.slice(id) + KEY.slice(0, id), is_strict: false, is_enabled: true, settings: {}, secrets: [],
  created_at: ago(90 * 86_400), updated_at: ago(12 * 86_400), version: 1, facts, last_occurred_at: seconds === null ? null : ago(seconds), last_recorded_at: seconds === null ? null : ago(seconds), ...more,
});

const fresh = (): Source[] => [
  source(1, '官网', 'segment', 1_284_032, 2), source(2, 'App 埋点', 'sensors', 386_114, 41, { is_strict: true }), source(3, '销售合同', 'jiandaoyun', 3_820, 5_400),
  source(4, '企业微信', 'wecom', 2_380, 9 * 86_400), source(5, '活动页', 'segment', 0, null), source(6, '旧工单系统', 'webhook', 22_410, 40 * 86_400, { is_enabled: false }),
];
let sources = fresh();

export function afreshIntake(): void {
  sources = fresh();
}

const code = (one: Source) => [
  { sdk: '@segment/analytics-next', language: 'javascript', code: `// npm install @segment/analytics-next\nimport { AnalyticsBrowser } from '@segment/analytics-next'\n\nconst analytics = AnalyticsBrowser.load(\n  { writeKey: '${one.key}', cdnURL: 'https://liuke.yunfan.example' },\n  { integrations: { 'Segment.io': { apiHost: 'liuke.yunfan.example/v1', protocol: 'https' } } },\n)\nanalytics.identify('U-1001', { name: '王敏', phone: '13800138000' })\nanalytics.group('C-1001', { name: '示例科技', industry: '制造' })\nanalytics.track('Order Completed', { order_id: 'O-1', revenue: 99.5, currency: 'CNY' })\n` },
  { sdk: '@segment/analytics-node', language: 'javascript', code: `// npm install @segment/analytics-node\nimport { Analytics } from '@segment/analytics-node'\n\nconst analytics = new Analytics({ writeKey: '${one.key}', host: 'https://liuke.yunfan.example' })\n` },
  { sdk: 'segment-analytics-python', language: 'python', code: `# pip install segment-analytics-python\nimport segment.analytics as analytics\n\nanalytics.write_key = '${one.key}'\nanalytics.host = 'https://liuke.yunfan.example'\n` },
  { sdk: 'curl', language: 'shell', code: `curl -u '${one.key}:' 'https://liuke.yunfan.example/v1/track' -H 'Content-Type: application/json' -d '{ "userId": "U-1001", "event": "Report Exported" }'\n` },
];

const ok = (body: unknown, status = 200): Told => ({ status, body });

/** `null`: not a door of 数据接入. */
export function intake({ method, path, body, scene }: Asked): Told | null {
  const one = /^\/api\/sources(?:\/(\d+))?(\/rotate)?$/.exec(path);
  if (!one) return null;
  const found = sources.find((each) => each.id === Number(one[1]));
  if (!one[1]) {
    if (method === 'GET') return ok({ items: scene === 'empty' ? [] : sources, next: null });
    const told = body as NewSource;
    sources.push(source(sources.length + 1, told.name, told.kind, 0, null));
    return ok(sources.at(-1), 201);
  }
  if (!found) return { status: 404, body: { code: 'not_found', detail: '没有这个来源', hint: '', status: 404 } };
  if (one[2]) return ok(Object.assign(found, { key: KEY.split('').reverse().join(''), version: found.version + 1 }));
  if (method === 'PATCH') {
    const { version: _, ...change } = body as SourceChange;
    return ok(Object.assign(found, change, { version: found.version + 1 }));
  }
  if (method === 'DELETE') {
    sources = sources.filter((each) => each !== found);
    return { status: 204, body: null };
  }
  return ok({ source: found, snippets: code(found) } satisfies SourceDetail);
}
