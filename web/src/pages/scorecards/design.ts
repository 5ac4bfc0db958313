// A scorecard in the making: the tree of its definition, what goes together in it, and how one piece of it is changed.
// How it is written is `toml.ts`'s business; whether it is right, the server's.

export interface Words { zh: string; en: string }
export type Corner = [number, number];
export type Curve =
  | Corner[]
  | { steps: Corner[] }
  | { linear: [Corner, Corner]; least?: number; most?: number }
  | { best: Corner; worst: Corner };
export interface Stale { by?: string; after: number; then: 'fade' | 'leave_out' | 'poor'; over?: number }
export interface Measure {
  indicator?: string;
  pulse?: string;
  name?: Words;
  weight: number;
  curve: Curve;
  own?: { usual: string; by: string };
  missing?: 'leave_out' | 'poor' | 'neutral';
  stale?: Stale;
  reason?: Words;
}
export interface Group { id: string; name: Words; weight: number; measure?: Measure[]; group?: Group[] }
export type BandFrom = number | { from: number; means?: Words };
export interface Tree {
  id: string;
  name: Words;
  about: Words;
  base: number;
  min_coverage: number;
  firm_coverage?: number;
  value?: string;
  bands: { low: BandFrom; medium: BandFrom; high: BandFrom; critical?: { means: Words } };
  dimension: Group[];
  [more: string]: unknown;
}

/** The steps to a group: its place among the dimensions, then among the groups within. */
export type Path = number[];

export const idOf = (measure: Measure): string => measure.indicator ?? measure.pulse ?? '';

/** Measures and groups within a group, in the order in which they are weighed: measures first. */
export const within = (group: Group): (Measure | Group)[] => [...(group.measure ?? []), ...(group.group ?? [])];

export function groupAt(tree: Tree, path: Path): Group {
  const [first, ...rest] = path;
  return rest.reduce((group, place) => group.group![place]!, tree.dimension[first!]!);
}

function changeGroup(groups: Group[], [first, ...rest]: Path, change: (group: Group) => Group): Group[] {
  return groups.map((group, place) => {
    if (place !== first) return group;
    return rest.length === 0 ? change(group) : { ...group, group: changeGroup(group.group ?? [], rest, change) };
  });
}

export const withGroup = (tree: Tree, path: Path, change: (group: Group) => Group): Tree => ({ ...tree, dimension: changeGroup(tree.dimension, path, change) });

export const withMeasure = (tree: Tree, path: Path, place: number, change: (measure: Measure) => Measure): Tree =>
  withGroup(tree, path, (group) => ({ ...group, measure: (group.measure ?? []).map((one, at) => (at === place ? change(one) : one)) }));

/** Weights of sisters set anew; an empty path means the dimensions. */
export function withWeights(tree: Tree, path: Path, weights: number[]): Tree {
  if (path.length === 0) return { ...tree, dimension: tree.dimension.map((one, at) => ({ ...one, weight: weights[at]! })) };
  return withGroup(tree, path, (group) => {
    const measures = group.measure ?? [];
    return {
      ...group,
      ...(group.measure ? { measure: measures.map((one, at) => ({ ...one, weight: weights[at]! })) } : {}),
      ...(group.group ? { group: group.group.map((one, at) => ({ ...one, weight: weights[measures.length + at]! })) } : {}),
    };
  });
}

/** Puts a measure in; the sisters make room for a fair share of it. */
export function withAdded(tree: Tree, path: Path, measure: Omit<Measure, 'weight'>): Tree {
  const sisters = within(groupAt(tree, path));
  const fair = Math.max(1, Math.round(100 / (sisters.length + 1)));
  const measures = groupAt(tree, path).measure ?? [];
  const added = withGroup(tree, path, (group) => ({ ...group, measure: [...(group.measure ?? []), { ...measure, weight: 1 }] }));
  const weights = sisters.map((one) => one.weight);
  weights.splice(measures.length, 0, 0.0001);
  return withWeights(added, path, rebalanced(weights, measures.length, fair));
}

/** Takes a measure out; a group is never left empty. */
export function withoutMeasure(tree: Tree, path: Path, place: number): Tree {
  const group = groupAt(tree, path);
  if (within(group).length < 2) return tree;
  const left = withGroup(tree, path, (one) => ({ ...one, measure: (one.measure ?? []).filter((_, at) => at !== place) }));
  return withWeights(left, path, percents(within(groupAt(left, path)).map((one) => one.weight)));
}

/** Every measure with its share of the whole weight; the shares sum to 1. */
export function shares(tree: Tree): Map<string, number> {
  const found = new Map<string, number>();
  const walk = (group: Group, share: number) => {
    const whole = within(group).reduce((sum, one) => sum + one.weight, 0);
    for (const measure of group.measure ?? []) found.set(idOf(measure), share * (measure.weight / whole));
    for (const inner of group.group ?? []) walk(inner, share * (inner.weight / whole));
  };
  const whole = tree.dimension.reduce((sum, one) => sum + one.weight, 0);
  for (const one of tree.dimension) walk(one, one.weight / whole);
  return found;
}

/** Measures weigh their shares of the whole, in tenths of a per cent, and groups what is within them; a measure without a
 * share keeps the one it has. */
export function withShares(tree: Tree, told: Map<string, number>): Tree {
  const present = shares(tree);
  const tenths = (share: number) => Math.max(0.1, Math.round(share * 1000) / 10);
  const sum = (list: { weight: number }[]) => Math.round(list.reduce((all, one) => all + one.weight, 0) * 10) / 10;
  const weighed = (group: Group): Group => {
    const measure = group.measure?.map((one) => ({ ...one, weight: tenths(told.get(idOf(one)) ?? present.get(idOf(one)) ?? 0) }));
    const inner = group.group?.map(weighed);
    return { ...group, ...(measure ? { measure } : {}), ...(inner ? { group: inner } : {}), weight: sum([...(measure ?? []), ...(inner ?? [])]) };
  };
  return { ...tree, dimension: tree.dimension.map(weighed) };
}

/** Whole percents that sum to 100, in proportion to the weights, none below 1. */
export function percents(weights: number[]): number[] {
  if (weights.length === 0) return [];
  const whole = weights.reduce((sum, one) => sum + one, 0);
  return portions(100, weights.map((one) => (whole > 0 ? one : 1)));
}

/** `total` handed out in whole numbers in proportion to the weights, at least 1 each, by largest remainder: whole weights
 * that make up the total already stay as they are. */
function portions(total: number, weights: number[]): number[] {
  const whole = weights.reduce((sum, one) => sum + one, 0) || 1;
  const exact = weights.map((one) => (total * one) / whole);
  const told = exact.map((one) => Math.max(1, Math.floor(one + 1e-9)));
  const rest = () => total - told.reduce((sum, one) => sum + one, 0);
  const by = exact.map((one, at) => ({ at, part: one - told[at]! })).sort((a, b) => b.part - a.part || a.at - b.at);
  for (const { at } of by) if (rest() > 0) told[at]! += 1;
  // What was lifted to 1 is taken from whoever has most.
  while (rest() < 0) told[told.indexOf(Math.max(...told))]! -= 1;
  return told;
}

/** One weight is moved; the others keep their proportions and the sum stays 100. */
export function rebalanced(weights: number[], at: number, percent: number): number[] {
  if (weights.length < 2) return weights.map(() => 100);
  const told = Math.round(Math.min(100 - (weights.length - 1), Math.max(1, percent)));
  const others = portions(100 - told, weights.filter((_, place) => place !== at));
  others.splice(at, 0, told);
  return others;
}

// Curves. Whatever way a curve is written, it is drawn and dragged by its corners.

export type Shape = 'straight' | 'steps';

export function corners(curve: Curve): { shape: Shape; points: Corner[] } {
  if (Array.isArray(curve)) return { shape: 'straight', points: curve };
  if ('steps' in curve) return { shape: 'steps', points: curve.steps };
  if ('best' in curve) {
    const { best, worst } = curve;
    const top: Corner[] = best[0] === best[1] ? [[best[0], 100]] : [[best[0], 100], [best[1], 100]];
    return { shape: 'straight', points: [[worst[0], 0], ...top, [worst[1], 0]] };
  }
  const [one, other] = curve.linear[0][0] <= curve.linear[1][0] ? curve.linear : [curve.linear[1], curve.linear[0]];
  const slope = (other[1] - one[1]) / (other[0] - one[0]);
  const at = (points: number): Corner => [one[0] + (points - one[1]) / slope, points];
  const [least, most] = [curve.least ?? 0, curve.most ?? 100];
  return { shape: 'straight', points: slope > 0 ? [at(least), at(most)] : [at(most), at(least)] };
}

export const curveOf = (shape: Shape, points: Corner[]): Curve => (shape === 'steps' ? { steps: points } : points);

/** Points of a number, as the server gives them. */
export function pointsAt(shape: Shape, points: Corner[], x: number): number {
  const after = points.findIndex((corner) => corner[0] > x);
  if (after === 0) return points[0]![1];
  const before = points[after < 0 ? points.length - 1 : after - 1]!;
  if (after < 0 || shape === 'steps') return before[1];
  const next = points[after]!;
  return before[1] + (next[1] - before[1]) * ((x - before[0]) / (next[0] - before[0]));
}

/** A step that suits a span: 1, 2 or 5 of a power of ten, about a hundredth of it. */
export function stepFor(span: number): number {
  if (!(span > 0)) return 1;
  const rough = span / 100;
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = rough / power;
  return (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10) * power;
}

const tidy = (value: number, step: number) => Number((Math.round(value / step) * step).toPrecision(12));

/** A corner moved; it stays between its neighbours and within 0 to 100. */
export function moved(points: Corner[], at: number, x: number, y: number, step: number): Corner[] {
  const low = at === 0 ? -Infinity : points[at - 1]![0] + step;
  const high = at === points.length - 1 ? Infinity : points[at + 1]![0] - step;
  const place = low > high ? points[at]![0] : tidy(Math.min(high, Math.max(low, x)), step);
  const beyond = (at > 0 && place <= points[at - 1]![0]) || (at < points.length - 1 && place >= points[at + 1]![0]);
  const height = Math.round(Math.min(100, Math.max(0, y)));
  return points.map((corner, index) => (index === at ? [beyond ? corner[0] : place, height] : corner));
}

/** A corner put on the curve; none where one stands already. */
export function added(shape: Shape, points: Corner[], x: number, step: number): Corner[] {
  const place = tidy(x, step);
  if (points.some((corner) => Math.abs(corner[0] - place) < step / 2)) return points;
  return [...points, [place, Math.round(pointsAt(shape, points, place))] as Corner].sort((a, b) => a[0] - b[0]);
}

/** A corner taken away; two stay. */
export const removed = (points: Corner[], at: number): Corner[] => (points.length <= 2 ? points : points.filter((_, index) => index !== at));

/** A first curve for a number, by how it lies: what half the customers have earns a typical health. */
export function firstCurve(quantiles: number[], worse: string): Corner[] {
  const heights = worse === 'higher' ? [100, 88, 70, 40, 5] : [5, 40, 70, 88, 100];
  const told = quantiles.map((at, index): Corner => [Number(at.toPrecision(4)), heights[index]!]);
  const rising = told.filter((corner, index) => index === 0 || corner[0] > told[index - 1]![0]);
  if (rising.length >= 2) return rising;
  const at = rising[0]?.[0] ?? 0;
  return worse === 'higher' ? [[at, 80], [at + 1, 30]] : [[at, 30], [at + 1, 80]];
}

export const floorOf = (band: BandFrom): number => (typeof band === 'number' ? band : band.from);
export const withFloor = (band: BandFrom, from: number): BandFrom => (typeof band === 'number' ? from : { ...band, from });
