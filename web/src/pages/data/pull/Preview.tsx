// The first rows of a source and what each column becomes: the same choices as for a file, kept with the source.

import { Button, Select } from 'antd';
import { useState } from 'react';
import type { SourceColumn, SourcePreview } from '../../../api/types';
import { Sheet, type Column } from '../../../parts/Sheet';
import { useSay } from '../../../words/say';
import { Findings, Tally } from '../CheckStep';
import type { RowMapping } from './settings';

const PROPERTY = 'property';
const LEAVE_OUT = '-';

interface Chosen { mapping: RowMapping; watermark: string | null }
interface Props { preview: SourcePreview; mapping: RowMapping; busy: boolean; keep: (chosen: Chosen) => void; may: boolean }

export function Preview({ preview, mapping, busy, keep, may }: Props) {
  const say = useSay();
  const { t } = say;
  const [chosen, choose] = useState<Chosen>({ mapping, watermark: preview.watermark });
  const set = (change: RowMapping) => choose({ ...chosen, mapping: { ...chosen.mapping, ...change } });
  const kind = chosen.mapping.kind ?? preview.kind;
  const key = chosen.mapping.key?.length ? chosen.mapping.key : preview.key;
  const headers = preview.columns.map((column) => ({ value: column.header, label: column.header }));
  const fieldOf = (column: SourceColumn) => (column.header in (chosen.mapping.columns ?? {}) ? chosen.mapping.columns![column.header] ?? PROPERTY : (column.field ?? PROPERTY));
  const taken = new Set(preview.columns.map(fieldOf));
  const pick = (header: string, value: string) => set({ columns: { ...chosen.mapping.columns, [header]: value === PROPERTY ? null : value } });
  const chooser = (column: SourceColumn) => (
    <Select style={{ width: '100%' }} disabled={!may} aria-label={`${t('import.becomes')} ${column.header}`} showSearch={{ optionFilterProp: 'label' }} value={fieldOf(column)} onChange={(value: string) => pick(column.header, value)}
      options={[{ value: PROPERTY, label: t('import.property') }, { value: LEAVE_OUT, label: t('import.leave_out') },
        ...preview.fields.map((field) => ({ value: field.id, label: say.say(field.name) + (field.required ? ` · ${t('import.required')}` : ''), disabled: taken.has(field.id) && fieldOf(column) !== field.id }))]} />
  );
  const samples = (column: SourceColumn, most: number) => <div className="map-samples">{column.samples.slice(0, most).map((sample, at) => <span key={at} className="tag clip" title={sample}>{sample || '·'}</span>)}</div>;
  const columns: Column<SourceColumn>[] = [
    { key: 'header', title: t('pull.column'), width: 'minmax(120px, 1fr)', cell: (column) => <span className="strong clip" style={{ display: 'block' }} title={column.header}>{column.header}</span> },
    { key: 'samples', title: t('import.samples'), width: 'minmax(160px, 2fr)', cell: (column) => samples(column, 3) },
    { key: 'becomes', title: t('import.becomes'), width: '220px', cell: chooser },
  ];
  return (
    <div className="stack" aria-busy={busy} style={busy ? { opacity: 0.6 } : undefined}>
      <div className="map-top">
        <label className="map-field"><span className="small soft">{t('import.kind')}</span>
          <Select aria-label={t('import.kind')} disabled={!may} value={kind ?? undefined} placeholder={t('import.choose_kind')} status={kind ? undefined : 'warning'} onChange={(one: string) => set({ kind: one, columns: {} })} options={preview.kinds.map((one) => ({ value: one, label: t(`table_kind.${one}`, { defaultValue: one }) }))} /></label>
        <label className="map-field"><span className="small soft">{t('pull.key')}</span>
          <Select mode="multiple" aria-label={t('pull.key')} disabled={!may} value={key} onChange={(one: string[]) => set({ key: one })} options={headers} /><span className="small quiet">{t('pull.key_hint')}</span></label>
        <label className="map-field"><span className="small soft">{t('pull.watermark')}</span>
          <Select allowClear aria-label={t('pull.watermark')} disabled={!may} value={chosen.watermark} placeholder={t('pull.no_watermark')} onChange={(one: string | undefined) => choose({ ...chosen, watermark: one ?? null })} options={headers} /><span className="small quiet">{t('pull.watermark_hint')}</span></label>
      </div>
      {preview.blocking.length > 0 && <div className="missing" role="alert">{preview.blocking.map((one) => <div key={one.code + (one.field ?? '')}>{say.say(one.detail)} <span className="quiet">{say.say(one.hint)}</span></div>)}</div>}
      <Tally counts={preview} />
      <Sheet label={t('import.steps.map')} columns={columns} rows={preview.columns} rowKey={(column) => column.header} rowHeight={52} keys={false}
        card={(column) => <div style={{ display: 'grid', gap: 6 }}><span className="strong clip">{column.header}</span>{samples(column, 2)}{chooser(column)}</div>} />
      {preview.findings.length > 0 && <Findings rows={preview.findings} />}
      {may && <div className="wizard-foot"><Button type="primary" loading={busy} disabled={!kind} onClick={() => keep({ mapping: { ...chosen.mapping, kind, key }, watermark: chosen.watermark })}>{t('pull.keep_mapping')}</Button></div>}
    </div>
  );
}
