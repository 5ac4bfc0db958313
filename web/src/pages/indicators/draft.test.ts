import { describe, expect, it } from 'vitest';
import { blank, chosen, comparedWith, copied, lacks, manners, others, settled, unitOf, type Draft } from './build/draft';
import { complaints, idOf, written } from './build/toml';

const UNTITLED = { zh: '新指标', en: 'New indicator' };
const logins = (more: Partial<Draft> = {}): Draft => ({ ...blank(), of: { ...chosen(), kinds: ['event'], names: ['Logged In'] }, ...more });
const line = (draft: Draft, key: string) => written(draft, UNTITLED).text.split('\n').find((one) => new RegExp(`^${key}\\s*=`).test(one))?.replace(/\s+=\s/, ' = ');

describe('a draft as a definition', () => {
  it('is written whole, one key a line, with a name even before somebody gave one', () => {
    expect(written(logins({ measure: 'distinct_days', nameEn: 'Login days, 45 days', window: '45d' }), UNTITLED).text).toBe(`[[indicator]]
id          = "login_days_45_days"
name        = { zh = "Login days, 45 days", en = "Login days, 45 days" }
question    = { zh = "Login days, 45 days", en = "Login days, 45 days" }
category    = "behaviour"
of          = { kind = "event", name = "Logged In" }
measure     = "distinct_days"
window      = "45d"
unit        = "day"
worse       = "lower"
when_absent = "zero"
`);
    expect(idOf(blank())).toBe('draft');
    expect(line(blank(), 'name')).toBe('name = { zh = "新指标", en = "New indicator" }');
  });

  it('writes conditions as the language has them', () => {
    const where = (items: Draft['of']['where']['items'], join: 'all' | 'any' = 'all', not = false) => line(logins({ of: { kinds: ['event'], names: [], where: { join, not, items } } }), 'of');
    expect(where([{ property: 'plan', op: 'is', values: ['pro', 'max'] }, { property: 'seats', op: '>=', values: ['5'] }])).toBe('of = { kind = "event", where = { plan = ["pro", "max"], seats = { is = ">=", than = 5 } } }');
    expect(where([{ property: 'plan', op: 'is', values: ['pro'] }, { property: 'plan', op: 'is', values: ['max'] }], 'any')).toBe('of = { kind = "event", where = { any = [{ plan = "pro" }, { plan = "max" }] } }');
    expect(where([{ property: 'plan', op: 'is_not', values: ['pro'] }, { property: 'city', op: 'is_not', values: ['上海'] }])).toBe('of = { kind = "event", where = { not = { plan = "pro" }, not = { city = "上海" } } }'.replace('not = { plan = "pro" }, not = { city = "上海" }', 'all = [{ not = { plan = "pro" } }, { not = { city = "上海" } }]'));
    expect(where([{ property: 'coupon code', op: 'unknown', values: [] }, { property: '_text', op: 'matches', values: ['不续|"quit"'] }])).toBe('of = { kind = "event", where = { "coupon code" = { known = false }, _text = { matches = "不续|\\"quit\\"" } } }');
    expect(where([{ property: 'a', op: 'is', values: ['1'] }, { join: 'any', not: true, items: [{ property: 'b', op: 'is', values: ['2'] }, { property: 'c', op: 'known', values: [] }] }])).toBe('of = { kind = "event", where = { all = [{ a = "1" }, { not = { any = [{ b = "2" }, { c = { known = true } }] } }] } }');
    // What has not been filled in yet says nothing.
    expect(where([{ property: '', op: 'is', values: [] }])).toBe('of = { kind = "event" }');
  });

  it('comes back from a definition as it was', () => {
    const definition = {
      id: 'complaint_share_90d', name: { zh: '投诉占比', en: 'Share of complaints' }, question: { zh: '投诉多吗？', en: 'Many complaints?' }, category: 'service', census: ['IND-52'],
      of: { kind: ['ticket', 'survey_response'], where: { any: [{ type: ['complaint', '投诉'] }, { sentiment: { is: '<', than: 0 } }, { not: { channel: 'bot' } }] } },
      measure: 'share', part: { kind: 'ticket', name: 'Ticket Opened', where: { late: { known: false } } }, compares: 'distinct_days', window: '90d', offset: '30d', unit: 'ratio', worse: 'higher', when_absent: 'unknown',
      reason: { zh: '投诉占 {complaint_share_90d}', en: 'complaints are {complaint_share_90d}' },
    };
    const text = written(copied(definition), UNTITLED).text.replace(/ +=/g, ' =');
    for (const expected of [
      'id = "complaint_share_90d_draft"', 'census = ["IND-52"]', 'of = { kind = ["ticket", "survey_response"], where = { any = [{ type = ["complaint", "投诉"] }, { sentiment = { is = "<", than = 0 } }, { not = { channel = "bot" } }] } }',
      'compares = "distinct_days"', 'part = { kind = "ticket", name = "Ticket Opened", where = { late = { known = false } } }', 'window = "90d"', 'offset = "30d"', 'worse = "higher"', 'when_absent = "unknown"',
      'reason = { zh = "投诉占 {complaint_share_90d_draft}", en = "complaints are {complaint_share_90d_draft}" }',
    ]) expect(text).toContain(`${expected}\n`);
  });

  it('says the short form of a ratio to the window before in full', () => {
    const draft = copied({ id: 'r', name: { zh: 'r', en: 'r' }, of: { kind: 'order' }, measure: 'ratio_to_previous', compares: 'sum', window: '30d', unit: 'ratio', worse: 'lower', when_absent: 'zero' });
    expect([draft.measure, draft.compare?.with, draft.compare?.as]).toEqual(['sum', 'previous', 'ratio']);
    expect(line(draft, 'compare')).toBe('compare = { with = "previous", as = "ratio" }');
  });

  it('becomes a formula and carries nothing of facts', () => {
    const text = written({ ...logins({ compare: comparedWith(logins(), 'previous') }), way: 'formula', formula: 'a / b' }, UNTITLED).text;
    expect(text).toContain('formula  = "a / b"');
    expect(text).not.toMatch(/^(of|measure|window|compare|when_absent)\b/m);
  });
});

describe('what goes together', () => {
  it('does not compare a number of days with the past, nor what has no past', () => {
    expect(others(logins({ measure: 'days_since_last' }))).toEqual(['peers']);
    expect(others(logins({ window: '' }))).toEqual(['peers']);
    expect(others(logins({ since: 'start' }))).toEqual(['peers']);
    expect(others(logins())).toContain('own_and_peers');
    expect(others(logins({ measure: 'sum' }))).not.toContain('own_and_peers');
    expect(manners(logins(), 'previous')).not.toContain('z');
    expect(manners(logins({ window: 'this_month' }), 'own_history')).not.toContain('ewma');
    expect(manners(logins({ window: '7d' }), 'own_and_peers')).toContain('fall');
    expect(manners(logins({ window: '30d' }), 'own_and_peers')).not.toContain('fall');
    expect(manners(logins({ window: '7d' }), 'own_history')).not.toContain('fall');
  });

  it('drops a comparison, an offset and a zero that have stopped making sense', () => {
    const before = logins({ compare: comparedWith(logins(), 'previous'), offset: '30d', whenAbsent: 'zero' });
    const after = settled({ ...before, measure: 'days_since_last' });
    expect([after.compare, after.offset, after.whenAbsent]).toEqual([null, '', 'unknown']);
  });

  it('gives a slope a window of whole steps', () => {
    expect(settled(logins({ measure: 'slope', step: '7d', window: '90d' })).window).toBe('91d');
    expect(settled(logins({ measure: 'slope', step: '30d', window: '30d' })).window).toBe('90d');
  });

  it('knows the unit of what is made', () => {
    expect(unitOf(logins({ measure: 'distinct_days' }))).toBe('day');
    expect(unitOf(logins({ compare: comparedWith(logins(), 'own_history') }))).toBe('sigma');
    expect(unitOf({ ...logins(), of: { ...chosen(), kinds: ['order'] }, measure: 'sum' })).toBe('money');
    expect(unitOf({ ...logins(), of: { ...chosen(), kinds: ['order'] } })).toBe('order');
    expect(unitOf(logins({ unit: 'item' }))).toBe('item');
  });

  it('says what is still lacking', () => {
    expect(lacks(blank())).toBe('facts');
    expect(lacks(logins({ measure: 'distinct_values' }))).toBe('property');
    expect(lacks(logins({ measure: 'share' }))).toBe('part');
    expect(lacks({ ...blank(), way: 'formula' })).toBe('formula');
    expect(lacks(logins())).toBeNull();
  });
});

describe('what is wrong', () => {
  const { parts } = written(logins(), UNTITLED);

  it('is led back to the control that made the line, in both languages', () => {
    const measure = parts.indexOf('measure') + 1;
    expect(complaints(`definition.toml 第 ${measure} 行第 15 列：不认识“cuont”（是否想写“count”？）`, parts)).toEqual([{ line: measure, column: 15, words: '不认识“cuont”', hint: '是否想写“count”？', part: 'measure' }]);
    expect(complaints(`definition.toml line ${measure}, column 15: unknown word "cuont" (did you mean "count"?)\nsomething else`, parts)).toEqual([
      { line: measure, column: 15, words: 'unknown word "cuont"', hint: 'did you mean "count"?', part: 'measure' },
      { line: null, column: null, words: 'something else', hint: '', part: null },
    ]);
  });
});

describe('peers, and the number that counts', () => {
  it('says among whom, and how many of them there must be', () => {
    const peers = (more: Partial<NonNullable<Draft['compare']>>) => line(logins({ compare: { ...comparedWith(logins(), 'peers'), ...more } }), 'compare');
    expect(peers({})).toBe('compare = { with = "peers", as = "percentile" }');
    expect(peers({ within: 'trait', by: 'plan' })).toBe('compare = { with = "peers", as = "percentile", within = { trait = "plan" } }');
    expect(peers({ within: 'segments', segments: ['large', 'new'], least: 5 })).toBe('compare = { with = "peers", as = "percentile", within = { segments = ["large", "new"] }, least = 5 }');
    expect(peers({ within: 'tier' })).toBe('compare = { with = "peers", as = "percentile", within = "tier" }');
    expect(lacks(logins({ compare: { ...comparedWith(logins(), 'peers'), within: 'trait' } }))).toBe('peers');
    const definition = (compare: object) => copied({ id: 'p', name: { zh: 'p', en: 'p' }, of: { kind: 'order' }, measure: 'count', window: '30d', unit: 'ratio', worse: 'lower', when_absent: 'zero', compare: { with: 'peers', as: 'z', ...compare } }).compare;
    expect(definition({ within: { segments: ['large'] }, least: 7 })).toMatchObject({ within: 'segments', segments: ['large'], least: 7 });
    expect(definition({ by: 'city' })).toMatchObject({ within: 'trait', by: 'city', least: 2 });
  });

  it('takes the number of a property for the value only where there is a value', () => {
    expect(line(logins({ measure: 'sum', property: 'cost' }), 'property')).toBe('property = "cost"');
    expect(line(logins({ measure: 'sum' }), 'property')).toBeUndefined();
    expect(settled(logins({ measure: 'count', property: 'cost' })).property).toBe('');
  });
});
