// The pretended server's churn definitions: two that wait for silence, one that reads contracts.

import type { ChurnDefinitionPage, ChurnDefinitionRow, ChurnTrial, ChurnWindow, LineMonth, ProductLines } from '../src/api/churn';
import type { Asked, Told } from './answer';
import { days, NOW } from './firm';

type Version = ChurnDefinitionPage['versions'][number];
interface Kept { id: string; name: { zh: string; en: string }; days: number | null; shipped: boolean; versions: Version[] }

const ok = (body: unknown): Told => ({ status: 200, body });
const says = (one: Kept) => (one.days === null ? { zh: '客户合同到期后 30 天内没有续约，即为流失', en: 'A customer has left when it has not renewed within 30 days of the end of its contract' } : { zh: `客户连续 ${one.days} 天没有任何动作，即为流失`, en: `A customer has left when it has done nothing at all for ${one.days} days` });
const waiting = (size: number): Kept => ({ id: `inactive_${size}d`, name: { zh: `${size} 天没有任何往来`, en: `Inactive for ${size} days` }, days: size, shipped: size === 60 || size === 90, versions: [] });

let kept: Kept[] = [];
let used = '';
export function afreshChurn(): void {
  kept = [waiting(60), waiting(90), { id: 'saas_contract', name: { zh: '合同到期未续', en: 'Contract not renewed' }, days: null, shipped: true, versions: [] }];
  used = 'inactive_60d';
}
afreshChurn();

const row = (one: Kept): ChurnDefinitionRow => ({ id: one.id, name: one.name, says: says(one), is_in_use: one.id === used, is_shipped: one.shipped, is_own: one.versions.length > 0 });
const page = (one: Kept): ChurnDefinitionPage => ({ row: row(one), definition: `id = "${one.id}"\n`, window_days: one.days, versions: one.versions });

const WINDOWS: ChurnWindow[] = [7, 14, 21, 30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 300, 365].map((size) => {
  const watched = Math.max(0, 900 - 3 * size);
  const returned = Math.round(watched * 0.8 * Math.exp(-size / 32));
  return { days: size, gone_now: Math.round(260 * Math.exp(-size / 90)), left: Math.round(480 * Math.exp(-size / 120)), watched, returned, return_rate: watched > 0 ? returned / watched : null };
});

const lineMonths = (at_start: number, left: number[]): LineMonth[] => left.map((left_count, index) => ({ month: { month: `2025-${String(index + 9).padStart(2, '0')}`, customers_at_start: at_start, left_count, rate: index === 0 ? null : left_count / at_start, unknown_because: index === 0 ? { zh: '数据从 2025-07-01 开始', en: 'facts begin on 2025-07-01' } : null, complete: index < 3 }, stayed_count: Math.floor(left_count / 2) }));

/** Product lines told apart by a property. */
export const linesBy = (property: string): ProductLines => ({
  properties: [property], says: { zh: `每条产品线（${property}）单独判断：口径相同，只看写明这条线的明细；离开一条线不算流失`, en: `Each product line (${property}) is judged by itself, by the same rules on the facts that name it; leaving a line is not leaving` },
  lines: [
    { name: 'standard', customers: 260, current: 170, too_new: 10, left_line: 32, left_altogether: 48, months: lineMonths(180, [4, 6, 9, 2]) },
    { name: 'enterprise', customers: 90, current: 71, too_new: 0, left_line: 7, left_altogether: 12, months: lineMonths(80, [1, 0, 2, 1]) },
  ],
  line_count: 2, unnamed_share: 0.04, unknown_because: null,
});

function trial(one: Kept, property?: string): ChurnTrial {
  const gone = WINDOWS.find((window) => window.days === one.days)?.gone_now ?? 120;
  const before = WINDOWS.find((window) => window.days === kept.find((each) => each.id === used)?.days)?.gone_now ?? 120;
  const inUse = kept.find((each) => each.id === used)!;
  return {
    id: one.id, name: one.name, says: says(one), definition: `id = "${one.id}"\n`, window_days: one.days, own_rhythm: false, as_of: NOW, delay_days: one.days ?? 30, late_days: 0, lateness: { most_days: 1.6, nearly_all_days: 4.2 }, too_new_days: 30,
    eligibility: { customers: 600, eligible: 560 - gone, too_new: 28, gone, internal: 12 },
    left: [{ key: 'voluntary', count: 14 }, { key: 'involuntary', count: 3 }, { key: 'silent', count: gone }],
    partial: { days: 90, share: 0.5, customers: 23, unknown_because: null },
    product_lines: property ? linesBy(property) : null, line_choices: [{ property: 'plan', lines: 2 }],
    moved: one.id === used && !property ? null : { id: inUse.id, name: inUse.name, newly_gone: Math.max(0, gone - before), no_longer_gone: Math.max(0, before - gone) },
    months: ['2025-08', '2025-09', '2025-10'].map((month, index) => ({ month, customers_at_start: 500, left_count: 10 + index, rate: (10 + index) / 500, unknown_because: null, complete: true })),
    away: {
      until: days.at(0), watch_days: 90, customers: 590, gaps: 18_400, quantiles: [{ share: 0.5, days: 3 }, { share: 0.95, days: 31.5 }],
      bars: [{ from_days: 1, to_days: 7, count: 12_000 }, { from_days: 7, to_days: 30, count: 5_200 }, { from_days: 30, to_days: null, count: 1_200 }],
      windows: WINDOWS, proposed_days: 45, not_proposed: null, most_false: 0.2, least_watched: 30,
    },
    not_yet: null,
  };
}

/** What the server says of churn definitions; nothing if it is asked about something else. */
export function churnDefinitions({ method, path, body, scene }: Asked): Told | null {
  if (!path.startsWith('/api/churn-definitions')) return null;
  if (path === '/api/churn-definitions') return ok(scene === 'setup' ? [] : [...kept].sort((a, b) => Number(b.id === used) - Number(a.id === used)).map(row));
  const meant = (id: string, size: number | null | undefined): Kept => {
    const found = kept.find((one) => one.id === id)!;
    return size == null || size === found.days ? found : (kept.find((one) => one.days === size) ?? waiting(size));
  };
  if (path.endsWith('/preview')) {
    const asked = body as { of: string; window_days: number | null; product_line?: string };
    return ok(trial(meant(asked.of, asked.window_days), asked.product_line));
  }
  const [, id = '', step] = /^\/api\/churn-definitions\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (method === 'POST' && step === 'activate') {
    const asked = body as { window_days: number | null; note: string | null };
    const one = meant(id, asked.window_days);
    if (!kept.includes(one)) kept.push(one);
    one.versions.forEach((version) => { version.state = 'retired'; });
    one.versions.unshift({ number: one.versions.length + 1, version: 1, content: 'c0ffee', state: 'active', author: '苏晚晴', note: asked.note, changed_at: NOW, terms: [{ since: NOW, until: null, actor: '苏晚晴' }] });
    used = one.id;
    return ok(page(one));
  }
  const one = kept.find((each) => each.id === decodeURIComponent(id));
  return one ? ok(page(one)) : { status: 404, body: { code: 'not_found', detail: '没有这个流失口径', hint: '请从列表中选择' } };
}
