// What a fact, or a customer, has to say: tests of properties beside each other, all of them or any of them, within each
// other as deep as wanted.

import { AutoComplete, Button, Input, Select } from 'antd';
import { useSay } from '../words/say';
import './build.css';
import { Icon } from './Icon';
import { isGroup, type Condition, type Group, type Op, type Test } from './filter';

const TEXT_OPS: Op[] = ['is', 'is_not', 'matches', 'known', 'unknown'];
const NUMBER_OPS: Op[] = ['<', '<=', '>', '>=', '=', '!=', 'is', 'is_not', 'known', 'unknown'];
/** A fact's own number and words. */
const OWN: [string, string][] = [['_value', 'number'], ['_text', 'text']];
const isSign = (op: Op) => /^[<>=!]/.test(op);

interface PropertiesProps {
  value: Group;
  set: (next: Group) => void;
  /** Names with what sort of value they have. */
  properties: [string, string][];
  label: string;
  remove?: () => void;
  /** Whether what is asked is a fact, which has a number and words of its own. */
  ofFacts?: boolean;
  /** Values that were seen of a property. */
  seen?: (property: string) => string[];
}

export function Properties({ value, set, properties, label, remove, ofFacts = true, seen }: PropertiesProps) {
  const { t } = useSay();
  const put = (index: number, next: Condition) => set({ ...value, items: value.items.map((one, at) => (at === index ? next : one)) });
  const drop = (index: number) => set({ ...value, items: value.items.filter((_, at) => at !== index) });
  const many = value.items.length > 1;
  return (
    <div className={remove ? 'conditions conditions-inner' : 'conditions'}>
      {(many || remove || value.not) && (
        <div className="line small">
          <Select size="small" aria-label={`${label} ${t('build.join')}`} value={`${value.join}${value.not ? '_not' : ''}`} style={{ width: 148 }} onChange={(next: string) => set({ ...value, join: next.startsWith('any') ? 'any' : 'all', not: next.endsWith('_not') })}
            options={['all', 'any', 'all_not', 'any_not'].map((one) => ({ value: one, label: t(`build.joined.${one}`) }))} />
          {remove && <Button type="text" size="small" className="push" icon={<Icon name="close" size={14} />} aria-label={t('build.remove_group')} onClick={remove} />}
        </div>
      )}
      {value.items.map((one, index) => (isGroup(one)
        ? <Properties key={index} value={one} set={(next) => put(index, next)} properties={properties} label={label} remove={() => drop(index)} ofFacts={ofFacts} seen={seen} />
        : <TestRow key={index} value={one} set={(next) => put(index, next)} known={ofFacts ? [...OWN, ...properties] : properties} seen={seen} remove={() => drop(index)} />))}
      <div className="line">
        <Button type="text" size="small" icon={<Icon name="plus" size={14} />} onClick={() => set({ ...value, items: [...value.items, { property: '', op: 'is', values: [] }] })}>{t('build.add_test')}</Button>
        {value.items.length > 0 && <Button type="text" size="small" icon={<Icon name="plus" size={14} />} onClick={() => set({ ...value, items: [...value.items, { join: 'any', not: false, items: [{ property: '', op: 'is', values: [] }] }] })}>{t('build.add_group')}</Button>}
      </div>
    </div>
  );
}

interface TestRowProps { value: Test; set: (next: Test) => void; known: [string, string][]; seen?: (property: string) => string[]; remove: () => void }

function TestRow({ value, set, known, seen, remove }: TestRowProps) {
  const { t } = useSay();
  const values = seen?.(value.property) ?? [];
  const isNumber = known.some(([name, sort]) => name === value.property && sort === 'number');
  const ops = isNumber || isSign(value.op) ? NUMBER_OPS : TEXT_OPS;
  const words = (name: string) => (name.startsWith('_') ? t(`build.own.${name.slice(1)}`) : t(`trait.${name}`, { defaultValue: name }));
  return (
    <div className="test">
      <AutoComplete
        aria-label={t('build.property')} placeholder={t('build.property')} value={value.property} showSearch={{ filterOption: (typed, option) => `${option?.label} ${option?.value}`.toLowerCase().includes(typed.toLowerCase()) }} popupMatchSelectWidth={200}
        onChange={(property: string) => {
          const numeric = known.some(([name, sort]) => name === property && sort === 'number');
          const keeps = numeric ? NUMBER_OPS.includes(value.op) && value.op !== 'is' : TEXT_OPS.includes(value.op);
          set({ ...value, property, op: keeps ? value.op : numeric ? '>=' : 'is', values: keeps ? value.values : [] });
        }}
        options={known.map(([name]) => ({ value: name, label: words(name) }))}
      />
      <Select aria-label={t('build.op')} value={value.op} options={ops.map((op) => ({ value: op, label: isSign(op) ? SIGNS[op] : t(`build.ops.${op}`) }))} popupMatchSelectWidth={false}
        onChange={(op: Op) => set({ ...value, op, values: op === 'known' || op === 'unknown' ? [] : isSign(op) === isSign(value.op) ? value.values : value.values.slice(0, 1) })} />
      {value.op === 'is' || value.op === 'is_not'
        ? <Select mode="tags" open={values.length === 0 ? false : undefined} suffixIcon={null} options={values.map((one) => ({ value: one, label: one }))} aria-label={t('build.value')} placeholder={t('build.values_hint')} value={value.values} onChange={(values: string[]) => set({ ...value, values })} />
        : value.op === 'known' || value.op === 'unknown' ? <span />
          : <Input aria-label={t('build.value')} inputMode={isSign(value.op) ? 'decimal' : undefined} placeholder={t(isSign(value.op) ? 'build.number' : 'build.pattern')} value={value.values[0] ?? ''} onChange={(event) => set({ ...value, values: [event.target.value] })} />}
      <Button type="text" size="small" icon={<Icon name="close" size={14} />} aria-label={t('build.remove_test')} onClick={remove} />
    </div>
  );
}

const SIGNS: Partial<Record<Op, string>> = { '<': '<', '<=': '≤', '>': '>', '>=': '≥', '=': '=', '!=': '≠' };
