// The tracks of a table's grid, as `Sheet` writes them.

/** Between two columns; beside the first and the last stands as much. */
const GAP = 20;

/** What columns of these widths need at least: `96px` its own, `minmax(200px, 2fr)` the lesser, any other nothing. */
export function leastWidth(widths: string[]): number {
  const least = widths.map((width) => Number(/^(?:minmax\()?(\d+)px/.exec(width)?.[1] ?? 0));
  return least.reduce((sum, one) => sum + one, GAP * (widths.length + 1));
}
