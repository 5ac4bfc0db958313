// Step two: what the table is, and what each of its columns becomes.

import { Input, Select, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { useMappings } from '../../api/intake';
import type { ImportPreview, PreviewColumn } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { useSay } from '../../words/say';
import type { Draft } from './draft';

type Request = Draft['request'];
interface MapStepProps { preview: ImportPreview; request: Request; busy: boolean; change: (request: Request) => void }

const PROPERTY = 'property';
const LEAVE_OUT = '-';
const EQUAL_ROWS = ['each', 'once'];
/** In these a row says how somebody is, so that the same again says nothing new. */
const STATES = ['customers', 'snapshot', 'ledger'];

export function MapStep({ preview, request, busy, change }: MapStepProps) {
  const say = useSay();
  const { t } = say;
  const [source, setSource] = useState(request.source ?? '');
  useEffect(() => {
    if (source === (request.source ?? '')) return undefined;
    const wait = setTimeout(() => change({ ...request, source: source.trim() || null }), 400);
    return () => clearTimeout(wait);
  }, [source]);
  const taken = new Set(preview.columns.map((column) => column.field).filter(Boolean));
  const missing = preview.fields.filter((field) => field.required && !taken.has(field.id));
  const pick = (header: string, value: string) => change({ ...request, mapping: { ...request.mapping, [header]: value === PROPERTY ? null : value } });
  const chooser = (column: PreviewColumn) => (
    <Select
      style={{ width: '100%' }} aria-label={`${t('import.becomes')} ${column.header}`} showSearch={{ optionFilterProp: 'label' }}
      value={request.mapping?.[column.header] === LEAVE_OUT ? LEAVE_OUT : (column.field ?? PROPERTY)} onChange={(value: string) => pick(column.header, value)}
      options={[
        { value: PROPERTY, label: t('import.property') },
        { value: LEAVE_OUT, label: t('import.leave_out') },
        ...preview.fields.map((field) => ({ value: field.id, label: say.say(field.name) + (field.required ? ` · ${t('import.required')}` : ''), disabled: taken.has(field.id) && column.field !== field.id })),
      ]}
    />
  );
  const how = (column: PreviewColumn) => (column.chosen ? t('import.chosen') : column.field ? t('import.guessed') : '');
  const columns: Column<PreviewColumn>[] = [
    { key: 'header', title: t('import.column'), width: 'minmax(120px, 1fr)', cell: (column) => <span className="strong clip" style={{ display: 'block' }} title={column.header}>{column.header}</span> },
    { key: 'samples', title: t('import.samples'), width: 'minmax(160px, 2fr)', cell: (column) => <div className="map-samples">{column.samples.slice(0, 3).map((sample, index) => <span key={index} className="tag clip" title={sample}>{sample || '·'}</span>)}</div> },
    { key: 'becomes', title: t('import.becomes'), width: '220px', cell: chooser },
    { key: 'how', title: '', width: '72px', cell: (column) => <span className="small quiet">{how(column)}</span> },
  ];
  return (
    <div className="card wizard-body">
      <div className="line wrap small quiet">
        <Icon name="file" size={16} /><span className="strong" style={{ color: 'var(--ink)' }}>{preview.file_name}</span>
        <span>{say.fileSize(preview.size)}</span>{preview.row_count > 0 && <span>{t('import.rows', { count: preview.row_count, shown: say.count(preview.row_count) })}</span>}
        {preview.encoding && <span>{t('import.encoding', { encoding: preview.encoding.toUpperCase() })}</span>}
      </div>
      {preview.saved_mapping && <div className="line wrap small saved-mapping"><Icon name="check" size={16} /><span>{t('import.used_mapping', { name: preview.saved_mapping })}</span><button type="button" className="as-link" onClick={() => change({ ...request, saved_mapping: '', mapping: {} })}>{t('import.without_mapping')}</button></div>}
      {!preview.saved_mapping && <Saved request={request} change={change} />}
      <div className="map-top">
        <label className="map-field"><span className="small soft">{t('import.kind')}</span>
          <Select aria-label={t('import.kind')} value={preview.kind || undefined} placeholder={t('import.choose_kind')} status={preview.kind ? undefined : 'warning'} onChange={(kind: string) => change({ ...request, kind, mapping: {} })} options={preview.kinds.map((kind) => ({ value: kind, label: t(`table_kind.${kind}`, { defaultValue: kind }) }))} /></label>
        {preview.sheets.length > 1 && <label className="map-field"><span className="small soft">{t('import.sheet')}</span>
          <Select aria-label={t('import.sheet')} value={preview.sheet} onChange={(sheet: string) => change({ ...request, sheet, mapping: {} })} options={preview.sheets.map((sheet) => ({ value: sheet, label: sheet }))} /></label>}
        <label className="map-field"><span className="small soft">{t('import.source')}</span>
          <Input value={source} placeholder={preview.kind} onChange={(event) => setSource(event.target.value)} /><span className="small quiet">{t('import.source_hint')}</span></label>
        {preview.kind === 'customers' && <label className="map-field"><span className="small soft">{t('import.observed_on')}</span>
          <DatePicker aria-label={t('import.observed_on')} value={request.observed_on ? dayjs(request.observed_on) : null} maxDate={dayjs()} onChange={(day) => change({ ...request, observed_on: day?.format('YYYY-MM-DD') ?? null })} /><span className="small quiet">{t('import.observed_hint')}</span></label>}
        {preview.kind && !STATES.includes(preview.kind) && <label className="map-field"><span className="small soft">{t('import.equal_rows')}</span>
          <Select aria-label={t('import.equal_rows')} value={request.equal_rows ?? preview.equal_rows} onChange={(equal_rows: string) => change({ ...request, equal_rows })} options={EQUAL_ROWS.map((one) => ({ value: one, label: t(`import.equal.${one}`) }))} /><span className="small quiet">{t('import.equal_hint')}</span></label>}
      </div>
      {(missing.length > 0 || preview.blocking.length > 0) && (
        <div className="missing" role="alert">
          {missing.length > 0 && <div className="strong">{t('import.missing', { list: missing.map((field) => say.say(field.name)).join(say.lang === 'zh' ? '、' : ', ') })}</div>}
          {preview.blocking.map((one) => <div key={one.code + (one.field ?? '')}><div>{say.say(one.detail)}</div><div className="small quiet">{one.code === 'unknown_kind' ? t('import.kind_hint') : say.say(one.hint)}</div></div>)}
        </div>
      )}
      <Sheet
        label={t('import.steps.map')} columns={columns} rows={preview.columns} rowKey={(column) => column.header} rowHeight={52} keys={false} stale={busy}
        card={(column) => <div style={{ display: 'grid', gap: 6 }}><div className="line"><span className="strong clip">{column.header}</span><span className="push small quiet">{how(column)}</span></div><div className="map-samples">{column.samples.slice(0, 2).map((sample, index) => <span key={index} className="tag clip">{sample || '·'}</span>)}</div>{chooser(column)}</div>}
      />
    </div>
  );
}

/** Another saved mapping than the one that fits by itself. */
function Saved({ request, change }: Pick<MapStepProps, 'request' | 'change'>) {
  const { t } = useSay();
  const { data } = useMappings();
  if (!data || data.length === 0) return null;
  return (
    <label className="line wrap small"><span className="soft">{t('import.use_mapping')}</span>
      <Select size="small" style={{ minWidth: 180 }} aria-label={t('import.use_mapping')} placeholder={t('import.no_mapping')} value={request.saved_mapping || undefined} onChange={(name: string) => change({ ...request, saved_mapping: name, mapping: {}, kind: null })}
        options={data.map((one) => ({ value: one.name, label: `${one.name} · ${t(`table_kind.${one.kind}`, { defaultValue: one.kind })}` }))} /></label>
  );
}
