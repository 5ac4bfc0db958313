// How severe an alert is. Its scale is ink, not the risk colours: those belong to the band.

import { useSay } from '../words/say';

const LEVEL: Record<string, number> = { info: 1, warning: 2, urgent: 3 };

export function Severity({ severity, word = false, faded = false }: { severity: string; word?: boolean; faded?: boolean }) {
  const { t } = useSay();
  const level = LEVEL[severity] ?? 1;
  return (
    <span className="line nowrap" style={{ gap: 6, opacity: faded ? 0.5 : 1 }} title={t(`severity.${severity}`)}>
      <svg width="13" height="12" viewBox="0 0 13 12" aria-hidden="true" style={{ flex: 'none' }}>
        {[1, 2, 3].map((bar) => <rect key={bar} x={(bar - 1) * 5} y={12 - bar * 4} width="3" height={bar * 4} rx="1" fill={bar <= level ? 'var(--ink)' : 'var(--line-strong)'} />)}
      </svg>
      <span className={word ? 'small' : 'hidden'}>{t(`severity.${severity}`)}</span>
    </span>
  );
}
