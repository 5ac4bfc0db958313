import { describe, expect, it } from 'vitest';
import { asking, branch, isBranch, isWhole, leaf, named, numbers, opposite, partOf, rootOf, unfinished, written, type Part } from './build/condition';
import { complaints } from './build/complaints';
import { blank, changed, copyOf, draftOf, idOf, lacks, open, ruleOf, sayOf, tomlOf, valueOf, type Draft } from './build/draft';
import { pieces } from './Pattern';
import { rounded } from './build/around';

const UNTITLED = { name: { zh: '新规则', en: 'New rule' }, step: { zh: '联系一次', en: 'Get in touch' } };
const naming = (id: string) => ({ days_since_login: { zh: '距上次登录天数', en: 'Days since last login', unitZh: '天' }, health: { zh: '健康分', en: 'Health', unitZh: '分' } })[id] ?? null;
const around = { naming, untitled: UNTITLED };
const rewritten = (rule: Record<string, unknown>) => ruleOf(draftOf(rule), around).rule;

/** mulberry32: the same conditions on every run. */
function dice(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
  const upTo = (most: number) => Math.floor(next() * most);
  return { upTo, pick: <T>(list: readonly T[]): T => list[upTo(list.length)]! };
}
type Dice = ReturnType<typeof dice>;

function anyLeaf(d: Dice): unknown {
  const is = d.pick(['<', '<=', '>', '>=', '=', '!=']);
  const than = d.pick<number | string>([0, 3, -5, 0.5, '$floor']);
  return d.pick<() => unknown>([
    () => ({ of: d.pick(['login_days_30d', 'health', 'health_change_7d']), is, than }),
    () => ({ change_of: 'login_days_30d', over_days: d.pick<number | string>([14, '$days']), is, than }),
    () => ({ ratio_of: 'health', over_days: 30, is, than }),
    () => ({ count_of: { kind: 'event', name: 'Complaint Filed' }, within_days: 7, is, than }),
    () => ({ count_of: { kind: 'ticket' }, within_days: 30, is, than }),
    () => ({ count_of: { kind: 'event', name: 'Order', where: { plan: 'pro' } }, within_days: 7, is, than }),
    () => ({ band: ['high', 'critical'] }),
    () => ({ segment: ['new'] }),
    () => ({ tag: ['重点', 'VIP'] }),
    () => ({ tier: ['high'] }),
    () => ({ rfm: ['key_keep'] }),
    () => ({ traits: { industry: ['零售', '电商'], seats: { is: '>=', than: 50 } } }),
    () => ({ traits: { any: [{ city: '上海' }, { not: { plan: 'free' } }, { phone: { known: false } }] } }),
    () => ({ something: 'of the future' }),
  ])();
}

/** A condition as a file writes it, with nothing that says nothing: no list of one, nothing negated twice. */
function anyCondition(d: Dice, depth: number, lasting: boolean): unknown {
  const inner = (keepsLasting = lasting): unknown => {
    if (depth === 0 || d.upTo(3) === 0) return anyLeaf(d);
    const list = Array.from({ length: 2 + d.upTo(2) }, () => anyCondition(d, depth - 1, keepsLasting));
    return d.pick([{ all: list }, { any: list }, { at_least: 1 + d.upTo(list.length), among: list }, { at_least: '$signs', among: list }]);
  };
  switch (d.upTo(5)) {
    case 0: return { not: inner() };
    case 1: return lasting ? { holds: d.upTo(2) ? inner(false) : { not: inner(false) }, ...d.pick([{ for_days: 3 }, { for_days: '$days' }, { times: 3, every_days: 7 }]) } : inner();
    case 2: return lasting ? { not: { holds: anyLeaf(d), for_days: 5 } } : inner();
    default: return inner();
  }
}

describe('a condition', () => {
  it('comes back from the controls as it was written, whatever it is', () => {
    const d = dice(20_251_122);
    for (let round = 0; round < 600; round += 1) {
      const value = anyCondition(d, 3, true);
      expect(written(partOf(value)), JSON.stringify(value)).toEqual(value);
      expect(written(rootOf(value))).toEqual(value);
    }
  });

  it('that is rebuilt from its own writing is the same on the screen', () => {
    const d = dice(7);
    for (let round = 0; round < 200; round += 1) {
      const root = rootOf(anyCondition(d, 3, true));
      expect(rootOf(written(root))).toEqual(root);
    }
  });

  it('leaves out what is not finished, and says how much that is', () => {
    const root = branch([leaf({ sort: 'number', of: 'health', way: 'now', days: 30, is: '<', than: 40 }), leaf(asking('tag')), branch([leaf(asking('number'))], 'any')]);
    expect(written(root)).toEqual({ of: 'health', is: '<', than: 40 });
    expect([unfinished(root), isWhole(root), isWhole(branch([leaf(asking('count'))]))]).toEqual([2, true, false]);
  });

  it('knows which control made which place', () => {
    const places = new Map<string, string>();
    written(rootOf({ any: [{ of: 'a', is: '<', than: 1 }, { not: { all: [{ band: ['high'] }, { holds: { of: 'b', is: '>', than: 2 }, for_days: 3 }] } }] }), 'when', places, 'when');
    expect([places.get('when.any[0]'), places.get('when.any[1].not.all[1].holds'), places.get('when')]).toEqual(['when.0', 'when.1.1', 'when']);
  });

  it('turned round is where a worry ends: all becomes any, below becomes at least, and nothing has to last', () => {
    const turned = opposite(rootOf({ all: [{ of: 'a', is: '<', than: 1 }, { holds: { band: ['high'] }, for_days: 3 }, { not: { tag: ['x'] } }] }));
    expect(written(turned)).toEqual({ any: [{ of: 'a', is: '>=', than: 1 }, { not: { band: ['high'] } }, { tag: ['x'] }] });
    expect(written(opposite(rootOf({ at_least: 2, among: [{ tag: ['x'] }, { tag: ['y'] }, { tag: ['z'] }] })))).toEqual({ not: { at_least: 2, among: [{ tag: ['x'] }, { tag: ['y'] }, { tag: ['z'] }] } });
  });

  it('tells its parameters and its numbers, in lists as deep as they are', () => {
    const root = rootOf({ all: [{ of: 'health', is: '<', than: '$floor' }, { holds: { change_of: 'a', over_days: '$days', is: '<', than: 1 }, for_days: '$length' }, { at_least: '$signs', among: [{ of: 'health', is: '>', than: 1 }, { strange: { than: '$odd' } }] }] });
    expect(named(root).sort()).toEqual(['days', 'floor', 'length', 'odd', 'signs']);
    expect(numbers(root)).toEqual(['health', 'a']);
  });

  it('is changed at one place only', () => {
    const root = rootOf({ all: [{ tag: ['a'] }, { any: [{ tag: ['b'] }, { tag: ['c'] }] }] });
    const after = changed(root, '1.0', leaf({ sort: 'tag', names: ['z'] }));
    expect(written(after)).toEqual({ all: [{ tag: ['a'] }, { any: [{ tag: ['z'] }, { tag: ['c'] }] }] });
    expect(written(changed(after, '1.1', null))).toEqual({ all: [{ tag: ['a'] }, { tag: ['z'] }] });
    expect(isBranch(changed(root, '', branch([])) as Part)).toBe(true);
  });
});

const RULE = {
  id: 'away', census: 'RULE-07', name: { zh: '走远', en: 'Away' }, cause: 'usage', severity: 'warning', severity_by_tier: { high: 'urgent' }, state: 'available',
  parameters: { days: { value: 7, unit: 'day', least: 1, most: 90, name: { zh: '天数', en: 'Days' } } }, reading: { zh: '按“且”', en: 'read as and' },
  when: { of: 'days_since_login', is: '>=', than: '$days' }, clear: { of: 'days_since_login', is: '<', than: 3 }, cooldown_days: 14, on: 'working_days', schedule: { every: 'week', weekday: 'monday' },
  say: { zh: '走远 {days_since_login} 天', en: 'away for {days_since_login}' }, next_step: { zh: '打电话', en: 'Call' },
};

describe('a rule', () => {
  it('comes back from the controls as it was written', () => {
    expect(rewritten(RULE)).toEqual(RULE);
    const { clear: _, on: __, schedule: ___, severity_by_tier: ____, parameters: _____, reading: ______, census: _______, ...plain } = RULE;
    const simple = { ...plain, when: { of: 'days_since_login', is: '>=', than: 7 } };
    expect(rewritten(simple)).toEqual(simple);
    for (const schedule of [{ every: 'day' }, { every: 'month', day: 28 }]) expect(rewritten({ ...simple, schedule })).toEqual({ ...simple, schedule });
  });

  it('says its own figures until somebody writes a sentence, and has a step and a name in both languages', () => {
    const draft: Draft = { ...blank(), nameEn: 'No login', when: rootOf({ all: [{ of: 'days_since_login', is: '>=', than: 7 }, { of: 'health', is: '<', than: 40 }] }) };
    const { rule } = ruleOf(draft, around);
    expect(rule).toMatchObject({ id: 'no_login', name: { zh: 'No login', en: 'No login' }, cause: 'no_login', next_step: UNTITLED.step, say: { zh: '距上次登录天数 {days_since_login} 天，健康分 {health}', en: 'Days since last login: {days_since_login}, Health: {health}' } });
    expect(sayOf(rootOf({ tag: ['x'] }), naming, { zh: '名', en: 'name' })).toEqual({ zh: '名', en: 'name' });
  });

  it('takes no id of another, and carries no parameter that nothing uses', () => {
    expect(idOf({ ...blank(), nameEn: 'Away!' }, ['away', 'away_2'])).toBe('away_3');
    expect(idOf({ ...blank(), nameZh: '走远' })).toBe('own_rule');
    expect(ruleOf({ ...draftOf(RULE), when: rootOf({ tag: ['x'] }) }, around).rule.parameters).toBeUndefined();
  });

  it('copied is a rule of its own', () => {
    const draft = copyOf(RULE, (name) => `${name} 2`);
    expect(ruleOf(draft, { ...around, taken: ['away'] }).rule).toMatchObject({ id: 'away_2', name: { zh: '走远 2', en: 'Away 2' }, state: 'active' });
    expect(ruleOf(draft, around).rule).not.toHaveProperty('census');
  });

  it('is not asked about before it has a condition, and is not whole while one is begun', () => {
    expect(lacks(blank())).toBe('condition');
    const begun = { ...draftOf(RULE), clear: branch([leaf(asking('band'))]) };
    expect([lacks(begun), open(begun)]).toEqual([null, 1]);
    expect(ruleOf(begun, around).rule.clear).toBeUndefined();
  });

  it('reads a number through its name', () => {
    const { parameters } = draftOf(RULE);
    expect([valueOf('$days', parameters), valueOf(3, parameters), valueOf('$gone', parameters), valueOf(null, parameters)]).toEqual([7, 3, null, null]);
  });

  it('is written as a file of one table', () => {
    const text = tomlOf(rewritten(RULE));
    expect(text.startsWith('[[rule]]\n')).toBe(true);
    expect(text).toContain('when             = { of = "days_since_login", is = ">=", than = "$days" }\n');
    const long = tomlOf({ ...RULE, when: { all: Array.from({ length: 5 }, (_, at) => ({ of: `a_rather_long_indicator_${at}`, is: '>=', than: at })) } });
    expect(long).toContain('{ all = [\n  { of = "a_rather_long_indicator_0", is = ">=", than = 0 },\n');
  });
});

describe('what is wrong', () => {
  const { places } = ruleOf(draftOf({ ...RULE, when: { all: [{ of: 'a', is: '<', than: 1 }, { of: 'b', is: '<', than: 1 }] } }), around);

  it('is led back to the control that made it, in both languages', () => {
    expect(complaints('rule.when.all[1].of: 没有指标“b”（是否想写“bb”？）', places)).toEqual([{ line: null, column: null, words: '没有指标“b”', hint: '是否想写“bb”？', part: 'when', trail: 'when.1' }]);
    expect(complaints('列“rule.when.all[0].than”：要写数字', places)[0]).toMatchObject({ words: '要写数字', part: 'when', trail: 'when.0' });
    expect(complaints('column "rule.say": no such figure', places)[0]).toMatchObject({ words: 'no such figure', part: 'saying', trail: null });
    expect(complaints('rule.clear.than: a number is wanted (write a number)\nrule.cooldown_days: too long\nrule.name: missing', places).map(({ part, trail, hint }) => [part, trail, hint])).toEqual([['clear', 'clear.0', 'write a number'], ['timing', null, ''], ['naming', null, '']]);
  });

  it('names the line of a written file', () => {
    expect(complaints('rule.toml 第 4 行第 9 列：看不懂的条件', places)).toEqual([{ line: 4, column: 9, words: '看不懂的条件', hint: '', part: null, trail: null }]);
  });
});

describe('words around figures', () => {
  it('stand with a place for each figure, in their plainest form', () => {
    expect(pieces('已经 {days} 天，近 90 天{seen|0:没有来过|*:只来过 # 天}')).toEqual(['已经 ', { id: 'days' }, ' 天，近 90 天', '只来过 ', { id: 'seen' }, ' 天']);
    expect(pieces('ended {-left|1:# day|*:# days} ago')).toEqual(['ended ', { id: 'left' }, ' days', ' ago']);
  });

  it('begin with a threshold of two figures', () => {
    expect([rounded(1234), rounded(0.0567), rounded(-17.4), rounded(0), rounded(3)]).toEqual([1200, 0.057, -17, 0, 3]);
  });
});
