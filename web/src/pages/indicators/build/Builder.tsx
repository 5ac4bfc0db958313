// An indicator is made without writing a line: left what it is, right what it gives for real customers, now and over the
// last year, for one of them with its facts, and the definition that all of it comes from.

import { Button, Input, Segmented, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { Problem } from '../../../api/client';
import { useIndicator, useIndicatorCatalog, useIndicatorVocabulary, usePreview } from '../../../api/indicators';
import { useGo, useMoment, usePageState, withMoment } from '../../../frame/moment';
import { useNarrow } from '../../../frame/narrow';
import { Field, Section, type Complaint } from '../../../parts/Field';
import { Head } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { useRested } from '../../../parts/rested';
import { BoneBlock, Empty } from '../../../parts/States';
import { useSay } from '../../../words/say';
import '../indicators.css';
import './build.css';
import { Consequence } from './Consequence';
import { blank, copied, forget, keep, kept, lacks, settled, type Draft } from './draft';
import { Comparing, Measuring, Reaching, Silence } from './Making';
import { Naming } from './Naming';
import { Selecting } from './Selecting';
import { complaints, written, type Written } from './toml';

export default function BuilderPage() {
  const { t } = useSay();
  const narrow = useNarrow();
  const [query, setPage] = usePageState();
  const from = narrow ? null : query.get('from');
  const source = useIndicator(from);
  const { asOf } = useMoment();
  const definition = source.data?.definition as Record<string, unknown> | undefined;
  // A copy becomes the draft of this visit at once, so that reading the page again keeps what was changed in it.
  useEffect(() => {
    if (!from || !definition) return;
    keep(copied(definition));
    setPage({ from: null });
  }, [from, definition, setPage]);
  if (narrow) {
    return <div className="page"><Head title={t('build.title')} /><div className="card"><Empty title={t('build.wider')} acts={<Link className="chip" to={withMoment('/indicators', asOf)}>{t('indicators.all')}</Link>}>{t('build.wider_text')}</Empty></div></div>;
  }
  if (from && !source.error) return <div className="page"><Head title={t('build.title')} /><div className="build"><BoneBlock height={480} /><BoneBlock height={480} /></div></div>;
  return <Building begun={kept() ?? blank()} />;
}

function Building({ begun }: { begun: Draft }) {
  const { t } = useSay();
  const go = useGo();
  const [draft, setDraft] = useState(begun);
  const [customer, setCustomer] = useState<string | null>(null);
  const set = (change: Partial<Draft>) => setDraft((before) => settled({ ...before, ...change }));
  useEffect(() => keep(draft), [draft]);

  const definition = useMemo(() => written(draft, { zh: '新指标', en: 'New indicator' }), [draft]);
  const missing = lacks(draft);
  const rested = useRested(missing ? null : definition.text);
  const preview = usePreview(rested, customer);
  const wrong = useWrong(preview.error, rested === definition.text ? definition.parts : []);
  // What was last worked out stays in sight, dimmed, while the draft is wrong.
  const good = useRef(preview.data);
  if (preview.data) good.current = preview.data;
  const afresh = () => {
    forget();
    good.current = undefined;
    setDraft(blank());
    setCustomer(null);
  };
  return (
    <div className="page">
      <Head
        title={t('build.title')} sub={<span>{t(draft.from ? 'build.copied_about' : 'build.about', { from: draft.from })}</span>}
        acts={(
          <>
            <Begin />
            <Button onClick={afresh}>{t('build.afresh')}</Button>
            {missing === null && <Button icon={<Icon name="compare" size={16} />} onClick={() => go(`/indicators/compare?left=draft${draft.from ? `&right=${encodeURIComponent(draft.from)}` : ''}`)}>{t('build.compare_with')}</Button>}
          </>
        )}
      />
      <div className="build">
        <div className="card build-left"><Left draft={draft} set={set} wrong={wrong} /></div>
        <Consequence draft={draft} definition={definition} missing={missing} preview={good.current ?? null} failure={preview.error} busy={preview.isFetching || (rested !== definition.text && missing === null)} wrong={wrong} customer={customer} setCustomer={setCustomer} />
      </div>
    </div>
  );
}

/** What the reader of definitions finds wrong with what was sent. */
function useWrong(error: unknown, parts: Written['parts']): Complaint[] {
  return useMemo(() => (error instanceof Problem && error.code === 'bad_definition' ? complaints(error.detail, parts) : []), [error, parts]);
}

/** Begin with a copy of one that is there. */
function Begin() {
  const { t, say } = useSay();
  const { data } = useIndicatorCatalog();
  const go = useGo();
  const options = useMemo(() => (data?.indicators ?? []).map((one) => ({ value: one.id, label: say(one.name), find: `${one.id} ${one.name.zh} ${one.name.en}` })), [data, say]);
  return <Select aria-label={t('build.begin')} placeholder={t('build.begin')} value={null} style={{ width: 196 }} showSearch={{ optionFilterProp: ['label', 'find'] }} popupMatchSelectWidth={320} options={options} onChange={(id: string | null) => id && go(`/indicators/new?from=${encodeURIComponent(id)}`)} />;
}

function Left({ draft, set, wrong }: { draft: Draft; set: (change: Partial<Draft>) => void; wrong: Complaint[] }) {
  const { t } = useSay();
  const { data } = useIndicatorVocabulary();
  const properties = useMemo(() => {
    const found = new Map<string, string>();
    for (const name of data?.names ?? []) if (draft.of.kinds.includes(name.kind) && (draft.of.names.length === 0 || draft.of.names.includes(name.name))) for (const one of name.properties) found.set(one.name, one.sort);
    return [...found];
  }, [data, draft.of]);
  const making = { draft, set, wrong, properties };
  return (
    <>
      <div className="build-way"><Segmented value={draft.way} aria-label={t('build.way')} onChange={(way) => set({ way: way as Draft['way'] })} options={(['facts', 'formula'] as const).map((one) => ({ value: one, label: t(`build.ways.${one}`) }))} /></div>
      {draft.way === 'facts' ? (
        <>
          <Section part="facts" title={t('build.facts')} wrong={wrong}><Selecting value={draft.of} set={(of) => set({ of })} label={t('build.facts')} /></Section>
          <Measuring {...making} />
          <Reaching {...making} />
          <Comparing {...making} />
          <Silence {...making} />
        </>
      ) : <Formula draft={draft} set={set} wrong={wrong} />}
      <Naming draft={draft} set={set} wrong={wrong} />
    </>
  );
}

function Formula({ draft, set, wrong }: { draft: Draft; set: (change: Partial<Draft>) => void; wrong: Complaint[] }) {
  const { t, say } = useSay();
  const { data } = useIndicatorCatalog();
  const options = useMemo(() => (data?.indicators ?? []).map((one) => ({ value: one.id, label: say(one.name), find: `${one.id} ${one.name.zh} ${one.name.en}` })), [data, say]);
  return (
    <Section part="formula" title={t('build.formula')} about={t('build.formula_about')} wrong={wrong}>
      <Field label={t('build.formula')} wide>
        <Input.TextArea className="build-formula" value={draft.formula} rows={3} maxLength={2000} aria-label={t('build.formula')} placeholder="feature_days_30d / max(activity_days_30d, 1)" spellCheck={false} onChange={(event) => set({ formula: event.target.value })} />
      </Field>
      <Field label={t('build.put_in')}>
        <Select aria-label={t('build.put_in')} placeholder={t('build.put_in_hint')} value={null} style={{ width: '100%' }} showSearch={{ optionFilterProp: ['label', 'find'] }} options={options} onChange={(id: string | null) => id && set({ formula: `${draft.formula}${draft.formula && !/[\s(]$/.test(draft.formula) ? ' ' : ''}${id}` })} />
      </Field>
    </Section>
  );
}
