// How many came, one bar per stretch of time. Nothing is a low mark, so that silence is seen.

interface BeatsProps { values: number[]; width?: number; height?: number; label: string; colour?: string }

export function Beats({ values, width = 96, height = 24, label, colour = 'var(--accent)' }: BeatsProps) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  const bar = Math.max(1, step - Math.min(2, step * 0.3));
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} preserveAspectRatio="none" style={{ display: 'block', flex: 'none', maxWidth: '100%' }}>
      {values.map((value, at) => {
        const tall = value === 0 ? 1.5 : Math.max(3, (value / most) * height);
        return <rect key={at} x={at * step} y={height - tall} width={bar} height={tall} rx={Math.min(1, bar / 2)} fill={value === 0 ? 'var(--line-strong)' : colour} opacity={value === 0 ? 1 : 0.85} />;
      })}
    </svg>
  );
}
