// A small line of weeks. Gaps stay gaps: what is unknown is not joined up.

interface SparkProps {
  values: (number | null | undefined)[];
  width?: number;
  height?: number;
  /** Least span of the scale, so that small wobbles stay small. */
  span?: number;
  colour?: string;
  label: string;
}

export function Spark({ values, width = 88, height = 24, span = 0, colour = 'var(--ink3)', label }: SparkProps) {
  const known = values.filter((value): value is number => value != null);
  if (known.length === 0) return <span className="dash" role="img" aria-label={label}>—</span>;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const spare = Math.max(0, span - (most - least)) / 2;
  const [low, high] = [least - spare, most + spare];
  const pad = 3;
  const x = (index: number) => pad + (index / Math.max(1, values.length - 1)) * (width - 2 * pad);
  const y = (value: number) => (high === low ? height / 2 : height - pad - ((value - low) / (high - low)) * (height - 2 * pad));
  let path = '';
  let pen = false;
  values.forEach((value, index) => {
    if (value == null) {
      pen = false;
      return;
    }
    path += `${pen ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = true;
  });
  const last = values.findLastIndex((value) => value != null);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} style={{ display: 'block', flex: 'none' }}>
      <path d={path} fill="none" stroke={colour} strokeWidth="1.4" strokeLinejoin="round" strokeLinecap="round" opacity="0.85" />
      <circle cx={x(last)} cy={y(values[last]!)} r="2.4" fill={colour} />
    </svg>
  );
}
