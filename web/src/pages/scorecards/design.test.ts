import { describe, expect, it } from 'vitest';
import { added, corners, firstCurve, moved, percents, pointsAt, rebalanced, removed, shares, stepFor, withAdded, withWeights, withoutMeasure, type Corner, type Tree } from './design';
import { written } from './toml';

const tree: Tree = {
  id: 'card', name: { en: 'Card', zh: '卡' }, about: { zh: '关于', en: 'About' }, base: 70, min_coverage: 0.3, bands: { high: 30, low: { means: { zh: '好', en: 'fine' }, from: 70 }, medium: 50 }, for: { of: 'orders_90d', is: '>=', than: 3 },
  dimension: [
    { id: 'use', name: { zh: '使用', en: 'Use' }, weight: 60, measure: [{ indicator: 'a', weight: 3, curve: [[0, 0], [10, 100]] }, { indicator: 'b', weight: 1, curve: { steps: [[0, 10], [5, 60]] } }], group: [{ id: 'deep', name: { zh: '深', en: 'Deep' }, weight: 4, measure: [{ pulse: 'mood', name: { zh: '心情', en: 'Mood' }, weight: 1, curve: [[1, 0], [5, 100]] }] }] },
    { id: 'pay', name: { zh: '付款', en: 'Payment' }, weight: 40, measure: [{ indicator: 'c', weight: 1, curve: { best: [8, 12], worst: [2, 30] } }] },
  ],
};
const sum = (list: number[]) => list.reduce((all, one) => all + one, 0);

describe('weights', () => {
  it('sum to 100 whatever is moved, and none falls to nothing', () => {
    let weights = [26, 20, 24, 22, 8];
    for (const [at, percent] of [[0, 90], [4, 100], [2, 0], [1, 33.4], [3, 61], [0, -5]] as const) {
      weights = rebalanced(weights, at, percent);
      expect(sum(weights), `${at} to ${percent}: ${weights}`).toBe(100);
      expect(weights.every((one) => one >= 1 && Number.isInteger(one)), String(weights)).toBe(true);
    }
  });

  it('give way in proportion, so that what weighed twice as much still does', () => {
    expect(rebalanced([50, 20, 10, 20], 0, 20)).toEqual([20, 32, 16, 32]);
    expect(rebalanced([7], 0, 30)).toEqual([100]);
  });

  it('are shown as whole percents of any proportions', () => {
    expect(percents([3, 2, 1])).toEqual([50, 33, 17]);
    expect(sum(percents([1, 1, 1]))).toBe(100);
    expect(percents([])).toEqual([]);
    expect(percents([1, 98, 1]), 'what is whole already stays').toEqual([1, 98, 1]);
    expect(percents([1000, 1, 1])).toEqual([98, 1, 1]);
  });

  it('make shares of the whole that sum to 1, through groups within groups', () => {
    const all = shares(tree);
    expect(sum([...all.values()])).toBeCloseTo(1, 12);
    expect(all.get('a')).toBeCloseTo(0.6 * (3 / 8), 12);
    expect(all.get('mood')).toBeCloseTo(0.6 * (4 / 8), 12);
    expect(shares(withWeights(tree, [], rebalanced([60, 40], 1, 70))).get('c')).toBeCloseTo(0.7, 12);
  });

  it('make room for a measure that is added, and take it back when it goes', () => {
    const more = withAdded(tree, [0], { indicator: 'd', curve: [[0, 0], [1, 100]] });
    const group = more.dimension[0]!;
    expect([...group.measure!.map((one) => one.weight), ...group.group!.map((one) => one.weight)]).toEqual([28, 9, 25, 38]);
    const less = withoutMeasure(more, [0], 2).dimension[0]!;
    expect(sum([...less.measure!.map((one) => one.weight), ...less.group!.map((one) => one.weight)])).toBe(100);
    expect(withoutMeasure(tree, [1], 0)).toBe(tree);
  });
});

describe('curves', () => {
  const points: Corner[] = [[0, 100], [10, 50], [30, 0]];

  it('earn what the server says they earn', () => {
    expect([-5, 0, 5, 10, 20, 30, 99].map((x) => pointsAt('straight', points, x))).toEqual([100, 100, 75, 50, 25, 0, 0]);
    expect([-1, 4.9, 5, 99].map((x) => pointsAt('steps', [[0, 10], [5, 60], [20, 100]], x))).toEqual([10, 10, 60, 100]);
  });

  it('are drawn by their corners whatever way they are written', () => {
    expect(corners({ best: [8, 12], worst: [2, 30] }).points).toEqual([[2, 0], [8, 100], [12, 100], [30, 0]]);
    expect(corners({ linear: [[0, 40], [10, 60]] }).points).toEqual([[-20, 0], [30, 100]]);
    expect(corners({ linear: [[10, 60], [20, 40]], least: 20, most: 90 }).points).toEqual([[-5, 90], [30, 20]]);
    expect(corners({ steps: [[0, 1]] }).shape).toBe('steps');
  });

  it('never let a corner pass its neighbour or leave 0 to 100', () => {
    expect(moved(points, 1, 40, 200, 1)).toEqual([[0, 100], [29, 100], [30, 0]]);
    expect(moved(points, 1, -40, -3, 1)).toEqual([[0, 100], [1, 0], [30, 0]]);
    expect(moved(points, 2, 31.26, 4.4, 0.5)).toEqual([[0, 100], [10, 50], [31.5, 4]]);
    expect(moved([[0, 0], [1, 50], [2, 100]], 1, 1, 60, 5)).toEqual([[0, 0], [1, 60], [2, 100]]);
  });

  it('take a corner on the line and give one up, but keep two', () => {
    expect(added('straight', points, 20.2, 1)).toEqual([[0, 100], [10, 50], [20, 25], [30, 0]]);
    expect(added('straight', points, 10.3, 1)).toBe(points);
    expect(removed(points, 0)).toEqual([[10, 50], [30, 0]]);
    expect(removed([[0, 0], [1, 1]], 0)).toHaveLength(2);
  });

  it('begin where customers stand, the right way up', () => {
    expect(firstCurve([1, 2, 2, 5, 9], 'higher').map((corner) => corner[0])).toEqual([1, 2, 5, 9]);
    const worse = firstCurve([1, 2, 3, 5, 9], 'higher').map((corner) => corner[1]);
    expect(worse).toEqual([...worse].sort((a, b) => b - a));
    expect(firstCurve([4, 4, 4, 4, 4], 'lower')).toEqual([[4, 30], [5, 80]]);
  });

  it('move in steps that suit what is measured', () => {
    expect([stepFor(30), stepFor(365), stepFor(1), stepFor(0)]).toEqual([0.2, 5, 0.01, 1]);
  });
});

describe('the definition', () => {
  it('is written as people read it, with nothing lost', () => {
    const text = written(tree, '# why this card\n# and for whom\n\nid = "card"\n');
    expect(text.startsWith('# why this card\n# and for whom\n\nid ')).toBe(true);
    for (const piece of [
      'bands        = { low = { from = 70, means = { zh = "好", en = "fine" } }, medium = 50, high = 30 }', 'for          = { of = "orders_90d", is = ">=", than = 3 }', '[[dimension]]\nid     = "use"', '  [[dimension.measure]]\n  indicator = "a"',
      'curve     = { steps = [[0, 10], [5, 60]] }', '[[dimension.group]]', '[[dimension.group.measure]]', 'pulse  = "mood"', 'curve     = { best = [8, 12], worst = [2, 30] }',
    ]) expect(text).toContain(piece);
    expect(text.indexOf('"deep"')).toBeLessThan(text.indexOf('"pay"'));
  });
});
