// Step three: what would happen, before anything does.

import { Checkbox, Input } from 'antd';
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

/** How many rows have nothing against them, how many come in with a remark, how many cannot. */
function Verdicts({ preview }: { preview: ImportPreview }) {
  const { t, count, share } = useSay();
  const all = preview.good + preview.warned + preview.bad;
  if (all === 0) return null;
  const parts = (['good', 'warned', 'bad'] as const).filter((one) => preview[one] > 0);
  return (
    <div className="verdicts">
      <div className="verdict-bar" role="img" aria-label={parts.map((one) => `${t(`import.${one}`)} ${count(preview[one])}`).join(t('punctuation.comma'))}>
        {parts.map((one) => <span key={one} className={`verdict-${one}`} style={{ flexGrow: preview[one] }} />)}
      </div>
      <ul className="line wide wrap small">{parts.map((one) => <li key={one} className="line" style={{ gap: 6 }}><span className={`verdict-dot verdict-${one}`} aria-hidden="true" /><span>{t(`import.${one}`)}</span><b className="number">{count(preview[one])}</b><span className="quiet number">{share(preview[one] / all, preview[one] / all < 0.01 ? 1 : 0)}</span></li>)}</ul>
    </div>
  );
}

export function CheckStep({ preview, busy, saveAs, changeName }: { preview: ImportPreview; busy: boolean; saveAs: string | null; changeName: (name: string | null) => void }) {
  const { t, say, count } = useSay();
  return (
    <div className="card wizard-body" aria-busy={busy} style={busy ? { opacity: 0.6 } : undefined}>
      <h1>{busy ? t('import.reading') : preview.accepted === 0 ? t('import.will_none') : t('import.will', { accepted: count(preview.accepted), facts: count(preview.facts) })}</h1>
      <Verdicts preview={preview} />
      <Tally counts={{ received: preview.row_count, accepted: preview.accepted, duplicates: preview.duplicates, rejected: preview.rejected }} />
      {preview.blocking.length > 0 && <div className="missing" role="alert"><div className="strong">{t('import.blocking')}</div>{preview.blocking.map((one) => <div key={one.code + (one.field ?? '')}>{say(one.detail)} <span className="quiet">{say(one.hint)}</span></div>)}</div>}
      {preview.findings.length === 0 ? <p className="soft">{t('import.no_findings')}</p> : (
        <section className="stack" style={{ gap: 10 }}>
          <div className="line wrap"><h2>{t('import.findings')}</h2><span className="small quiet">{t('import.findings_text')}</span></div>
          <Findings rows={preview.findings} />
          {preview.rejected > preview.findings.length && <p className="small quiet">{t('import.more_findings', { count: Math.min(50, preview.findings.length) })}</p>}
        </section>
      )}
      <SaveAs name={saveAs} from={preview} change={changeName} />
    </div>
  );
}

/** The next file with these headers then needs no questions. */
function SaveAs({ name, from, change }: { name: string | null; from: ImportPreview; change: (name: string | null) => void }) {
  const { t } = useSay();
  const proposed = from.saved_mapping ?? from.file_name.replace(/\.\w+$/, '').replace(/[\d._-]+/g, ' ').trim();
  return (
    <div className="line wrap save-as">
      <Checkbox checked={name !== null} onChange={(event) => change(event.target.checked ? proposed || t(`table_kind.${from.kind}`, { defaultValue: from.kind }) : null)}>{t('import.save_mapping')}</Checkbox>
      {name !== null && <Input size="small" value={name} onChange={(event) => change(event.target.value)} maxLength={100} aria-label={t('import.mapping_name')} style={{ width: 220 }} />}
      <span className="small quiet">{t('import.save_mapping_hint')}</span>
    </div>
  );
}
