// One question of a condition, as a row or two of controls.

import { Select } from 'antd';
import { useMemo } from 'react';
import type { RuleQuantity } from '../../../api/types';
import { Properties } from '../../../parts/Properties';
import { inline } from '../../../parts/toml';
import { useSay, type Say } from '../../../words/say';
import { AmountInput } from './Amounts';
import { firstThreshold, useAround } from './around';
import { SIGNS, type Amount, type Lasting, type Question, type Sign, type Sorting } from './condition';

const SIGN_WORDS: Record<Sign, string> = { '<': '<', '<=': '≤', '>': '>', '>=': '≥', '=': '=', '!=': '≠' };
export const MOST_DAYS = 366;

interface AskingProps<Q extends Question> { asks: Q; set: (next: Q) => void }
type Of<S extends Question['sort']> = Extract<Question, { sort: S }>;

export function Asking({ asks, set }: AskingProps<Question>) {
  switch (asks.sort) {
    case 'number': return <AboutNumber asks={asks} set={set} />;
    case 'count': return <AboutFacts asks={asks} set={set} />;
    case 'traits': return <AboutTraits asks={asks} set={set} />;
    case 'other': return <code className="rule-other">{inline(asks.value)}</code>;
    default: return <AboutBelonging asks={asks} set={set} />;
  }
}

function Signs({ value, set }: { value: Sign; set: (next: Sign) => void }) {
  const { t } = useSay();
  return <Select aria-label={t('rules.sign')} value={value} style={{ width: 62 }} options={SIGNS.map((one) => ({ value: one, label: SIGN_WORDS[one] }))} onChange={set} />;
}

function AboutNumber({ asks, set }: AskingProps<Of<'number'>>) {
  const say = useSay();
  const { t } = say;
  const { vocabulary } = useAround();
  const known = vocabulary?.quantities.find((one) => one.id === asks.of);
  const isRatio = asks.way === 'ratio';
  const isFine = known !== undefined && (known.quartiles[4] ?? 0) - (known.quartiles[0] ?? 0) < 5;
  const pick = (of: string) => {
    const one = vocabulary?.quantities.find((each) => each.id === of);
    set({ ...asks, of, ...(one ? firstThreshold(one, asks.way) : {}) });
  };
  return (
    <>
      <Quantities value={asks.of} pick={pick} />
      {asks.of !== '' && (
        <div className="rule-row">
          <Select
            aria-label={t('rules.way')} value={asks.way} popupMatchSelectWidth={false} style={{ width: 118 }} options={(['now', 'change', 'ratio'] as const).map((one) => ({ value: one, label: t(`rules.ways.${one}`) }))}
            onChange={(way: 'now' | 'change' | 'ratio') => set({ ...asks, way, days: asks.days ?? 30, ...(known ? firstThreshold(known, way) : {}) })}
          />
          {asks.way !== 'now' && <Days words="rules.over_days" value={asks.days} set={(days) => set({ ...asks, days })} />}
          <span className="line">
            <Signs value={asks.is} set={(is) => set({ ...asks, is })} />
            <AmountInput label={t('rules.threshold')} value={asks.than} set={(than) => set({ ...asks, than })} step={isRatio || isFine ? 0.1 : 1} width={88} />
            <span className="soft nowrap">{isRatio ? t('rules.fold') : known ? say.say(known.unit_word) : ''}</span>
          </span>
        </div>
      )}
      {known && asks.way === 'now' && <Range one={known} say={say} />}
    </>
  );
}

/** How the number lies now, for whoever looks for a threshold. */
function Range({ one, say }: { one: RuleQuantity; say: Say }) {
  const { t, count } = say;
  const [, low, middle, high] = one.quartiles;
  if (low === undefined || middle === undefined || high === undefined) return <p className="small quiet">{t('rules.nobody_known')}</p>;
  const digits = Math.abs(high) < 5 ? 2 : Math.abs(high) < 50 ? 1 : 0;
  return <p className="small quiet">{low === high ? t('rules.range_same', { middle: count(middle, digits) }) : t('rules.range', { low: count(low, digits), middle: count(middle, digits), high: count(high, digits) })}</p>;
}

function Quantities({ value, pick }: { value: string; pick: (id: string) => void }) {
  const { t, say, count } = useSay();
  const { vocabulary } = useAround();
  const options = useMemo(() => {
    const groups = new Map<string, { value: string; label: string; find: string; known: number }[]>();
    const list = vocabulary?.quantities ?? [];
    // Health first, then what is known of most.
    for (const one of [...list].sort((a, b) => Number(b.category === 'health') - Number(a.category === 'health') || b.known - a.known)) {
      const option = { value: one.id, label: say(one.name), find: `${one.id} ${one.name.zh} ${one.name.en} ${one.question.zh} ${one.question.en}`, known: one.known };
      groups.set(one.category, [...(groups.get(one.category) ?? []), option]);
    }
    const known = list.some((one) => one.id === value) || value === '' ? [] : [{ label: '', options: [{ value, label: value, find: value, known: 0 }] }];
    return [...known, ...[...groups].map(([category, of]) => ({ label: t(category === 'health' ? 'health.title' : `category.${category}`, { defaultValue: category }), options: of }))];
  }, [vocabulary, say, t, value]);
  const row = (option: { data: { label: string; known?: number } }) => <span className="line"><span className="clip">{option.data.label}</span>{option.data.known !== undefined && <span className="push small quiet number">{option.data.known === 0 ? t('unknown.title') : t('rules.known', { count: option.data.known, shown: count(option.data.known) })}</span>}</span>;
  return (
    <Select
      aria-label={t('rules.number')} placeholder={t('rules.number_hint')} value={value || null} options={options} optionRender={row as never} style={{ width: '100%' }} listHeight={400}
      showSearch={{ optionFilterProp: ['label', 'find'] }} onChange={(id: string | null) => id && pick(id)}
    />
  );
}

/** “与 30 天前比”, “近 30 天”: words around a number of days. */
function Days({ words, value, set }: { words: string; value: Of<'count'>['days']; set: (next: Of<'count'>['days']) => void }) {
  const { t } = useSay();
  const [before = '', after = ''] = t(words, { days: '#' }).split('#');
  return (
    <span className="line rule-days soft">
      {before && <span>{before.trim()}</span>}
      <AmountInput label={t('rules.days')} value={value} set={set} least={1} most={MOST_DAYS} whole width={56} />
      {after && <span>{after.trim()}</span>}
    </span>
  );
}

const JOINT = '\u0000';

function AboutFacts({ asks, set }: AskingProps<Of<'count'>>) {
  const { t, count } = useSay();
  const { vocabulary } = useAround();
  const options = useMemo(() => {
    const kinds = new Map<string, { value: string; label: string; find: string; facts?: number }[]>();
    for (const one of vocabulary?.events ?? []) {
      const kind = t(`kind.${one.kind}`, { defaultValue: one.kind });
      const list = kinds.get(one.kind) ?? [{ value: one.kind + JOINT, label: t('rules.any_of_kind', { kind }), find: `${kind} ${one.kind}` }];
      kinds.set(one.kind, [...list, { value: one.kind + JOINT + one.name, label: t(`event.${one.name}`, { defaultValue: one.name }), find: `${one.name} ${kind}`, facts: one.facts }]);
    }
    const value = asks.kind + JOINT + asks.name;
    const isKnown = asks.kind === '' || [...kinds.values()].some((list) => list.some((one) => one.value === value));
    const own = isKnown ? [] : [{ label: '', options: [{ value, label: asks.name || t(`kind.${asks.kind}`, { defaultValue: asks.kind }), find: value }] }];
    return [...own, ...[...kinds].map(([kind, list]) => ({ label: t(`kind.${kind}`, { defaultValue: kind }), options: list }))];
  }, [vocabulary, t, asks.kind, asks.name]);
  const row = (option: { data: { label: string; facts?: number } }) => <span className="line"><span className="clip">{option.data.label}</span>{option.data.facts !== undefined && <span className="push small quiet number">{count(option.data.facts)}</span>}</span>;
  return (
    <>
      <Select
        aria-label={t('rules.fact')} placeholder={t('rules.fact_hint')} value={asks.kind ? asks.kind + JOINT + asks.name : null} options={options} optionRender={row as never} style={{ width: '100%' }} listHeight={400} showSearch={{ optionFilterProp: ['label', 'find'] }}
        onChange={(next: string | null) => {
          const [kind = '', name = ''] = (next ?? '').split(JOINT);
          set({ ...asks, kind, name });
        }}
      />
      {asks.kind !== '' && (
        <div className="rule-row">
          <Days words="rules.within_days" value={asks.days} set={(days) => set({ ...asks, days })} />
          <span className="line">
            <Signs value={asks.is} set={(is) => set({ ...asks, is })} />
            <AmountInput label={t('rules.threshold')} value={asks.than} set={(than) => set({ ...asks, than })} least={0} whole width={72} />
            <span className="soft nowrap">{t('rules.times')}</span>
          </span>
        </div>
      )}
    </>
  );
}

function AboutBelonging({ asks, set }: AskingProps<Of<Sorting>>) {
  const { t, say } = useSay();
  const { vocabulary } = useAround();
  const options = useMemo(() => {
    if (!vocabulary) return [];
    const lists: Record<Sorting, { value: string; label: string }[]> = {
      band: vocabulary.bands.map((one) => ({ value: one.id, label: say(one.name) })),
      segment: vocabulary.segments.map((one) => ({ value: one.id, label: say(one.name) })),
      tag: vocabulary.tags.map((one) => ({ value: one, label: one })),
      tier: vocabulary.tiers.map((one) => ({ value: one.id, label: say(one.name) })),
      rfm: vocabulary.rfm.map((one) => ({ value: one.id, label: say(one.name) })),
    };
    return lists[asks.sort];
  }, [vocabulary, asks.sort, say]);
  return (
    <div className="rule-row">
      <span className="soft nowrap">{t('rules.is_one_of', { what: t(`rules.sorts.${asks.sort}`) })}</span>
      <Select mode={asks.sort === 'tag' ? 'tags' : 'multiple'} aria-label={t(`rules.sorts.${asks.sort}`)} placeholder={t('rules.choose')} value={asks.names} options={options} style={{ flex: 1, minWidth: 160 }} showSearch={{ optionFilterProp: 'label' }} onChange={(names: string[]) => set({ ...asks, names })} />
    </div>
  );
}

function AboutTraits({ asks, set }: AskingProps<Of<'traits'>>) {
  const { t } = useSay();
  const { vocabulary } = useAround();
  const traits = vocabulary?.traits ?? [];
  const isNumber = (values: string[]) => values.length > 0 && values.every((value) => /^-?\d+(\.\d+)?$/.test(value.trim()));
  return (
    <Properties
      value={asks.where} set={(where) => set({ ...asks, where })} label={t('rules.sorts.traits')} ofFacts={false}
      properties={traits.map((one) => [one.key, isNumber(one.values) ? 'number' : 'text'])} seen={(key) => traits.find((one) => one.key === key)?.values ?? []}
    />
  );
}

/** How long, or how often, it must be so. */
export function Lasts({ value, set }: { value: Lasting; set: (next: Lasting) => void }) {
  const { t } = useSay();
  if (value.daily) return <div className="rule-row soft"><Words words="rules.for_days">{() => <AmountInput label={t('rules.days')} value={value.times} set={(times) => set({ ...value, times })} least={2} most={MOST_DAYS} whole width={56} />}</Words></div>;
  return (
    <div className="rule-row soft">
      <Words words="rules.in_a_row">
        {(place) => (place === 0
          ? <AmountInput label={t('rules.every_days')} value={value.everyDays} set={(everyDays) => set({ ...value, everyDays })} least={1} most={MOST_DAYS} whole width={56} />
          : <AmountInput label={t('rules.times_in_a_row')} value={value.times} set={(times) => set({ ...value, times })} least={2} most={MOST_DAYS} whole width={56} />)}
      </Words>
    </div>
  );
}

/** A sentence with controls where `#` stands. */
function Words({ words, children }: { words: string; children: (place: number) => React.ReactNode }) {
  const { t } = useSay();
  const parts = t(words, { n: '#', m: '#' }).split('#');
  return <>{parts.map((part, place) => <span key={place} className="line">{part.trim() && <span>{part.trim()}</span>}{place < parts.length - 1 && children(place)}</span>)}</>;
}

/** So many of them at least. */
export function Least({ value, most, set }: { value: Amount; most: number; set: (next: Amount) => void }) {
  const { t } = useSay();
  return <AmountInput label={t('rules.least')} value={value} set={set} least={1} most={Math.max(1, most)} whole width={48} small />;
}
