// Which facts: kinds, names, and what they have to say. What the sources deliver is offered; anything else may be typed.

import { Select } from 'antd';
import { useMemo, useState } from 'react';
import { useIndicatorVocabulary } from '../../../api/indicators';
import type { SelectableName } from '../../../api/types';
import { Field } from '../../../parts/Field';
import { Properties } from '../../../parts/Properties';
import { useSay } from '../../../words/say';
import { KINDS, type Chosen } from './draft';

interface SelectingProps { value: Chosen; set: (next: Chosen) => void; label: string }

const among = (name: SelectableName, { kinds, names }: Chosen) => (kinds.length === 0 || kinds.includes(name.kind)) && (names.length === 0 || names.includes(name.name));

export function Selecting({ value, set, label }: SelectingProps) {
  const { t, count } = useSay();
  const { data } = useIndicatorVocabulary();
  const all = useMemo(() => data?.names ?? [], [data]);
  const [typed, setTyped] = useState('');
  const kinds = useMemo(() => {
    const came = new Map<string, number>();
    for (const one of all) came.set(one.kind, (came.get(one.kind) ?? 0) + one.facts);
    // What comes in stands first; the rest may be connected later.
    return [...KINDS].sort((a, b) => Number(came.has(b)) - Number(came.has(a))).map((kind) => ({ value: kind, label: t(`kind.${kind}`), find: kind, facts: came.get(kind) }));
  }, [all, t]);
  const names = useMemo(() => {
    const found = new Map<string, number>();
    for (const one of all) if (value.kinds.length === 0 || value.kinds.includes(one.kind)) found.set(one.name, (found.get(one.name) ?? 0) + one.facts);
    const option = (name: string, facts?: number) => ({ value: name, label: t(`event.${name}`, { defaultValue: name }), find: name, facts });
    return [...[...found].sort((a, b) => b[1] - a[1]).map(([name, facts]) => option(name, facts)), ...value.names.filter((name) => !found.has(name)).map((name) => option(name))];
  }, [all, value.kinds, value.names, t]);
  // A name that nothing delivers yet is taken as it is typed, and only then.
  const isNew = typed.trim() !== '' && !names.some((one) => `${one.label}\n${one.value}`.toLowerCase().includes(typed.trim().toLowerCase()));
  const offered = isNew ? [...names, { value: typed.trim(), label: t('build.take_name', { name: typed.trim() }), find: typed, facts: undefined }] : names;
  const properties = useMemo(() => {
    const found = new Map<string, string>();
    for (const one of all.filter((each) => among(each, value))) for (const property of one.properties) found.set(property.name, property.sort);
    return [...found].sort((a, b) => a[0].localeCompare(b[0]));
  }, [all, value]);
  const facts = (option: { data: { label: string; facts?: number } }) => <span className="line"><span className="clip">{option.data.label}</span>{option.data.facts !== undefined && <span className="push small quiet number">{count(option.data.facts)}</span>}</span>;
  return (
    <>
      <Field label={t('build.kind')}>
        <Select
          mode="multiple" aria-label={`${label} ${t('build.kind')}`} value={value.kinds} options={kinds} optionRender={facts as never} showSearch={{ optionFilterProp: ['label', 'find'] }} placeholder={t('build.kind_hint')} style={{ width: '100%' }}
          onChange={(next: string[]) => set({ ...value, kinds: next, names: value.names.filter((name) => next.length === 0 || !all.some((one) => one.name === name) || all.some((one) => one.name === name && next.includes(one.kind))) })}
        />
      </Field>
      <Field label={t('build.name_of')}>
        <Select
          mode="multiple" aria-label={`${label} ${t('build.name_of')}`} value={value.names} options={offered} optionRender={facts as never} showSearch={{ optionFilterProp: ['label', 'find'], onSearch: setTyped }} placeholder={t('build.any_name')} style={{ width: '100%' }}
          onChange={(next: string[]) => {
            setTyped('');
            // A name chosen first says of which kind it is.
            const kind = value.kinds.length === 0 ? all.find((one) => next.includes(one.name))?.kind : undefined;
            set({ ...value, names: next, kinds: kind ? [kind] : value.kinds });
          }}
        />
      </Field>
      <Field label={t('build.where')} wide>
        <Properties value={value.where} set={(where) => set({ ...value, where })} properties={properties} label={label} />
      </Field>
    </>
  );
}
