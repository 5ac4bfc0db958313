// Step three: what would happen, before anything does.

import type { FindingRow, ImportPreview } from '../../api/types';
import { Sheet, type Column } from '../../parts/Sheet';
import { useSay } from '../../words/say';

export function Tally({ counts }: { counts: { received: number; accepted: number; duplicates: number; rejected: number } }) {
  const { t, count } = useSay();
  return (
    <dl className="tally">
      {(['received', 'accepted', 'duplicates', 'rejected'] as const).map((one) => (
        <div key={one}><dt>{t(`import.${one}`)}</dt><dd className="number">{count(counts[one])}</dd></div>
      ))}
    </dl>
  );
}

export function Findings({ rows }: { rows: FindingRow[] }) {
  const { t, say, count } = useSay();
  const columns: Column<FindingRow>[] = [
    { key: 'where', title: t('import.where'), width: 'minmax(120px, 0.8fr)', cell: (row) => <span className="soft clip" style={{ display: 'block' }}>{row.row != null && t('import.row', { row: count(row.row) })} {row.field}</span> },
    { key: 'what', title: t('import.finding'), width: 'minmax(140px, 1.4fr)', cell: (row) => <span className="clip-2">{say(row.detail)}</span> },
    { key: 'hint', title: t('import.hint'), width: 'minmax(140px, 1.2fr)', cell: (row) => <span className="soft clip-2">{say(row.hint)}</span> },
  ];
  return (
    <Sheet label={t('import.findings')} columns={columns} rows={rows.slice(0, 50)} rowKey={(row) => `${row.code}-${row.row}-${row.field}`} rowHeight={44} keys={false}
      card={(row) => <div><div className="small quiet">{row.row != null && t('import.row', { row: count(row.row) })} {row.field}</div><div>{say(row.detail)}</div><div className="small soft">{say(row.hint)}</div></div>} />
  );
}

export function CheckStep({ preview, busy }: { preview: ImportPreview; busy: boolean }) {
  const { t, say, count } = useSay();
  return (
    <div className="card wizard-body" aria-busy={busy} style={busy ? { opacity: 0.6 } : undefined}>
      <h1>{busy ? t('import.reading') : preview.accepted === 0 ? t('import.will_none') : t('import.will', { accepted: count(preview.accepted), facts: count(preview.facts) })}</h1>
      <Tally counts={{ received: preview.row_count, accepted: preview.accepted, duplicates: preview.duplicates, rejected: preview.rejected }} />
      {preview.blocking.length > 0 && <div className="missing" role="alert"><div className="strong">{t('import.blocking')}</div>{preview.blocking.map((one) => <div key={one.code + (one.field ?? '')}>{say(one.detail)} <span className="quiet">{say(one.hint)}</span></div>)}</div>}
      {preview.findings.length === 0 ? <p className="soft">{t('import.no_findings')}</p> : (
        <section className="stack" style={{ gap: 10 }}>
          <div className="line wrap"><h2>{t('import.findings')}</h2><span className="small quiet">{t('import.findings_text')}</span></div>
          <Findings rows={preview.findings} />
          {preview.rejected > preview.findings.length && <p className="small quiet">{t('import.more_findings', { count: Math.min(50, preview.findings.length) })}</p>}
        </section>
      )}
    </div>
  );
}
