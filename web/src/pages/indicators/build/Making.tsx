// What is made of the facts, how far back, put against what, and what silence means.

import { AutoComplete, InputNumber, Radio, Select, Switch } from 'antd';
import { useSegments } from '../../../api/segments';
import { Field, Section, type Complaint } from '../../../parts/Field';
import { useSay } from '../../../words/say';
import { windowWords } from '../measured';
import {
  BASES, MEASURES, NAMED_WINDOWS, TRAILING, chosen, comparedWith, isCourse, isTrailing, manners, others, settled, takesBasis, takesNumber, takesOffset, takesProperty, takesSince, takesWorking,
  takesZero, WITHIN, type Comparison, type Draft, type Within,
} from './draft';
import { Selecting } from './Selecting';

export interface MakingProps { draft: Draft; set: (change: Partial<Draft>) => void; wrong: Complaint[]; properties: [string, string][] }

export function Measuring({ draft, set, wrong, properties }: MakingProps) {
  const { t } = useSay();
  const change = (next: Partial<Draft>) => set(settled({ ...draft, ...next }));
  return (
    <Section part="measure" title={t('build.measure')} wrong={wrong}>
      <Field label={t('build.how')} about={t(`build.measure_means.${draft.measure}`, { defaultValue: '' })}>
        <Select
          aria-label={t('build.how')} value={draft.measure} style={{ width: '100%' }} listHeight={400} showSearch={{ optionFilterProp: ['label', 'value'] }}
          onChange={(measure: string) => change({ measure, property: '', worse: measure.startsWith('days_since') || measure.startsWith('gap_') || measure.endsWith('_without') ? 'higher' : 'lower', whenAbsent: takesZero({ ...draft, measure }) ? draft.whenAbsent : 'unknown' })}
          options={Object.entries(MEASURES).map(([sort, list]) => ({ label: t(`build.sorts.${sort}`), options: list.map((one) => ({ value: one, label: t(`build.measures.${one}`) })) }))}
        />
      </Field>
      {takesBasis(draft.measure) && <Field label={t('build.basis')}><Select aria-label={t('build.basis')} value={draft.basis} style={{ width: '100%' }} onChange={(basis: string) => change({ basis })} options={BASES.map((one) => ({ value: one, label: t(`build.bases.${one}`) }))} /></Field>}
      {takesProperty(draft.measure) && (
        <Field label={t(draft.measure === 'days_until' ? 'build.date_property' : 'build.property')}>
          <AutoComplete aria-label={t('build.property')} value={draft.property} style={{ width: '100%' }} onChange={(property: string) => change({ property })}
            options={properties.filter(([, sort]) => draft.measure !== 'days_until' || sort === 'date').map(([name]) => ({ value: name, label: t(`trait.${name}`, { defaultValue: name }) }))} />
        </Field>
      )}
      {takesNumber(draft.measure) && (
        <Field label={t('build.number_of')}>
          <AutoComplete aria-label={t('build.number_of')} placeholder={t('build.own_value')} value={draft.property} style={{ width: '100%' }} onChange={(property: string) => change({ property })}
            options={properties.filter(([, sort]) => sort === 'number').map(([name]) => ({ value: name, label: t(`trait.${name}`, { defaultValue: name }) }))} />
        </Field>
      )}
      {draft.measure === 'slope' && <Field label={t('build.step')}><Span value={draft.step} set={(step) => change({ step })} units={['d']} label={t('build.step')} /></Field>}
      {draft.measure === 'value_at' && <Field label={t('build.at')}><Span value={draft.at} set={(at) => change({ at })} label={t('build.at')} /></Field>}
      {draft.measure === 'share' && (
        <div className="build-inner">
          <span className="small soft">{t('build.part')}</span>
          <Selecting value={draft.part} set={(part) => change({ part })} label={t('build.part')} />
        </div>
      )}
    </Section>
  );
}

export function Reaching({ draft, set, wrong }: MakingProps) {
  const say = useSay();
  const { t } = say;
  const change = (next: Partial<Draft>) => set(settled({ ...draft, ...next }));
  const own = isTrailing(draft.window) && !(TRAILING as readonly string[]).includes(draft.window);
  const onlyDays = draft.measure === 'slope';
  const options = [
    { label: t('build.trailing'), options: [...TRAILING.map((one) => ({ value: one as string, label: windowWords(one, say) })), { value: 'own', label: own ? windowWords(draft.window, say) : t('build.own_window') }] },
    ...(onlyDays ? [] : [{ label: t('build.calendar'), options: NAMED_WINDOWS.map((one) => ({ value: one as string, label: windowWords(one, say) })) }, { label: t('build.no_window'), options: [{ value: '', label: windowWords('', say) }] }]),
  ];
  return (
    <Section part="window" title={t('build.window')} wrong={wrong}>
      <Field label={t('build.reach')}>
        <div className="line">
          <Select aria-label={t('build.reach')} value={own ? 'own' : draft.window} style={{ flex: 1, minWidth: 0 }} options={options} listHeight={400} onChange={(window: string) => change({ window: window === 'own' ? '45d' : window })} />
          {own && <Span value={draft.window} set={(window) => change({ window })} units={onlyDays ? ['d'] : undefined} label={t('build.reach')} />}
        </div>
      </Field>
      {takesSince(draft) && (
        <Field label={t('build.since')}>
          <Select aria-label={t('build.since')} value={draft.since} style={{ width: '100%' }} onChange={(since: Draft['since']) => change({ since, sinceOf: since === 'last_of' ? draft.sinceOf : chosen() })} options={(['none', 'start', 'last_of'] as const).map((one) => ({ value: one, label: t(`build.sinces.${one}`) }))} />
        </Field>
      )}
      {draft.since === 'last_of' && <div className="build-inner"><span className="small soft">{t('build.since_which')}</span><Selecting value={draft.sinceOf} set={(sinceOf) => change({ sinceOf })} label={t('build.since_which')} /></div>}
      {takesOffset(draft) && (
        <Field label={t('build.offset')}>
          <div className="line">
            <Select aria-label={t('build.offset')} value={draft.offset ? 'back' : ''} style={{ flex: 1 }} onChange={(next: string) => change({ offset: next ? '30d' : '' })} options={[{ value: '', label: t('build.until_now') }, { value: 'back', label: t('build.until_before') }]} />
            {draft.offset && <Span value={draft.offset} set={(offset) => change({ offset })} label={t('build.offset')} />}
          </div>
        </Field>
      )}
      {takesWorking(draft) && <Field label={t('build.working')} about={draft.working ? t('build.working_about') : undefined}><div className="build-switch"><Switch checked={draft.working} aria-label={t('build.working')} onChange={(working) => change({ working })} /></div></Field>}
    </Section>
  );
}

/** `45d` as a number and its unit. */
function Span({ value, set, units = ['d', 'cd', 'w', 'mo'], label }: { value: string; set: (next: string) => void; units?: string[]; label: string }) {
  const { t } = useSay();
  const told = /^(\d+)(d|cd|w|mo)$/.exec(value);
  const [number, unit] = [Number(told?.[1] ?? 30), told?.[2] ?? 'd'];
  return (
    <span className="line span">
      <InputNumber min={1} max={3650} precision={0} controls={false} value={number} aria-label={`${label} ${t('build.number')}`} style={{ width: 64 }} onChange={(next) => next && set(`${next}${unit}`)} />
      <Select value={unit} aria-label={`${label} ${t('explain.unit')}`} popupMatchSelectWidth={false} style={{ width: 92 }} options={units.map((one) => ({ value: one, label: t(`build.spans.${one}`) }))} onChange={(next: string) => set(`${number}${next}`)} />
    </span>
  );
}

export function Comparing({ draft, set, wrong }: MakingProps) {
  const { t } = useSay();
  const change = (next: Partial<Draft>) => set(settled({ ...draft, ...next }));
  const { compare } = draft;
  const list = others(draft);
  return (
    <Section part="compare" title={t('build.compare')} wrong={wrong}>
      <Field label={t('build.against')} about={compare ? t(`build.others_means.${compare.with}`) : undefined}>
        <Select aria-label={t('build.against')} value={compare?.with ?? ''} style={{ width: '100%' }} onChange={(next: string) => change({ compare: next ? comparedWith(draft, next) : null })}
          options={[{ value: '', label: t('build.others.none') }, ...list.map((one) => ({ value: one, label: t(`build.others.${one}`) }))]} />
      </Field>
      {compare && (
        <Field label={t('build.as')} about={t(`build.manners_means.${compare.as}`)}>
          <Select aria-label={t('build.as')} value={compare.as} style={{ width: '100%' }} onChange={(as: string) => change({ compare: { ...compare, as } })} options={manners(draft, compare.with).map((one) => ({ value: one, label: t(`build.manners.${one}`) }))} />
        </Field>
      )}
      {compare?.with.startsWith('own_') && <Field label={t('build.windows')}><InputNumber min={isCourse(compare) ? 12 : 2} max={400} precision={0} value={compare.windows} aria-label={t('build.windows')} onChange={(windows) => windows && change({ compare: { ...compare, windows } })} /></Field>}
      {compare?.with === 'last_year' && <Field label={t('build.align')}><Select aria-label={t('build.align')} value={compare.align} style={{ width: '100%' }} onChange={(align: 'spring_festival' | 'solar') => change({ compare: { ...compare, align } })} options={(['spring_festival', 'solar'] as const).map((one) => ({ value: one, label: t(`build.aligns.${one}`) }))} /></Field>}
      {compare?.with === 'peers' && <Peers compare={compare} set={(next) => change({ compare: { ...compare, ...next } })} />}
    </Section>
  );
}

/** Everybody, or those who have something in common: a trait, a segment, the tier of value. */
function Peers({ compare, set }: { compare: Comparison; set: (next: Partial<Comparison>) => void }) {
  const { t } = useSay();
  const traits = ['industry', 'plan', 'region', 'city'];
  const { within, by, segments, least } = compare;
  return (
    <>
      <Field label={t('build.within')} about={t(`build.withins_means.${within}`)}>
        <Select aria-label={t('build.within')} value={within} style={{ width: '100%' }} onChange={(next: Within) => set({ within: next })} options={WITHIN.map((one) => ({ value: one, label: t(`build.withins.${one}`) }))} />
      </Field>
      {within === 'trait' && (
        <Field label={t('build.peers_by')}>
          <AutoComplete aria-label={t('build.peers_by')} value={by} style={{ width: '100%' }} onChange={(next: string) => set({ by: next })} options={traits.map((one) => ({ value: one, label: t(`trait.${one}`) }))} />
        </Field>
      )}
      {within === 'segments' && <Segments value={segments} set={(next) => set({ segments: next })} />}
      {within !== 'everybody' && <Field label={t('build.least')} about={t('build.least_means')}><InputNumber min={2} max={1_000_000} precision={0} value={least} aria-label={t('build.least')} onChange={(next) => next && set({ least: next })} /></Field>}
    </>
  );
}

function Segments({ value, set }: { value: string[]; set: (next: string[]) => void }) {
  const { t, say } = useSay();
  const { data } = useSegments();
  return (
    <Field label={t('build.peers_segments')}>
      <Select mode="multiple" aria-label={t('build.peers_segments')} value={value} style={{ width: '100%' }} onChange={set} options={(data?.segments ?? []).map((one) => ({ value: one.id, label: say(one.name) }))} />
    </Field>
  );
}

export function Silence({ draft, set, wrong }: MakingProps) {
  const { t } = useSay();
  if (!takesZero(draft)) return null;
  return (
    <Section part="absent" title={t('build.absent')} wrong={wrong}>
      <Radio.Group value={draft.whenAbsent} aria-label={t('build.absent')} onChange={(event) => set({ whenAbsent: event.target.value as Draft['whenAbsent'] })}>
        <div className="stack" style={{ gap: 8 }}>
          {(['zero', 'unknown'] as const).map((one) => <Radio key={one} value={one}>{t(`build.absents.${one}`)} <span className="small quiet">{t(`build.absents_means.${one}`)}</span></Radio>)}
        </div>
      </Radio.Group>
    </Section>
  );
}
