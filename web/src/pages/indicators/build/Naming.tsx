// What it is called, where lists put it, what it is counted in and which way is bad.

import { Input, Select } from 'antd';
import { Field, Section, type Complaint } from '../../../parts/Field';
import { useSay } from '../../../words/say';
import { CATEGORIES, DIRECTIONS, UNITS, unitOf, type Draft } from './draft';
import { idOf } from './toml';

export function Naming({ draft, set, wrong }: { draft: Draft; set: (change: Partial<Draft>) => void; wrong: Complaint[] }) {
  const { t, lang } = useSay();
  const own = lang === 'zh' ? (['nameZh', 'questionZh'] as const) : (['nameEn', 'questionEn'] as const);
  const other = lang === 'zh' ? (['nameEn', 'questionEn'] as const) : (['nameZh', 'questionZh'] as const);
  const unit = (one: string) => t(`build.units.${one}`);
  return (
    <Section part="naming" title={t('build.naming')} wrong={wrong}>
      <Field label={t('build.called')}><Input value={draft[own[0]]} maxLength={60} aria-label={t('build.called')} placeholder={t('build.called_hint')} onChange={(event) => set({ [own[0]]: event.target.value })} /></Field>
      <Field label={t('build.called_also')}><Input value={draft[other[0]]} maxLength={60} aria-label={t('build.called_also')} placeholder={t('build.optional')} onChange={(event) => set({ [other[0]]: event.target.value })} /></Field>
      <Field label={t('build.question')}><Input value={draft[own[1]]} maxLength={120} aria-label={t('build.question')} placeholder={t('build.question_hint')} onChange={(event) => set({ [own[1]]: event.target.value })} /></Field>
      <Field label={t('build.id')}><Input value={draft.id} maxLength={60} aria-label={t('build.id')} placeholder={idOf({ ...draft, id: '' })} onChange={(event) => set({ id: event.target.value })} /></Field>
      <Field label={t('indicators.worse_of')}><Select aria-label={t('indicators.worse_of')} value={draft.worse} style={{ width: '100%' }} onChange={(worse: string) => set({ worse })} options={DIRECTIONS.map((one) => ({ value: one, label: t(`indicators.worse.${one}`) }))} /></Field>
      <Field label={t('explain.unit')}><Select aria-label={t('explain.unit')} value={draft.unit} style={{ width: '100%' }} onChange={(next: string) => set({ unit: next })} options={[{ value: '', label: t('build.unit_auto', { unit: unit(unitOf({ ...draft, unit: '' })) }) }, ...UNITS.map((one) => ({ value: one as string, label: unit(one) }))]} /></Field>
      <Field label={t('indicators.category_of')}><Select aria-label={t('indicators.category_of')} value={draft.category} style={{ width: '100%' }} onChange={(category: string) => set({ category })} options={[...new Set([draft.category, ...CATEGORIES])].map((one) => ({ value: one, label: t(`category.${one}`, { defaultValue: one }) }))} /></Field>
    </Section>
  );
}
