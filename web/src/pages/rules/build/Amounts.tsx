// A number of a rule: typed as it is, or the value of a parameter that has a name.

import { InputNumber } from 'antd';
import { Hint } from '../../../parts/Hint';
import { isTable } from '../../../parts/filter';
import { useSay } from '../../../words/say';
import { useAround } from './around';
import { parameterOf, type Amount } from './condition';
import { valueOf } from './draft';

/** A number without the zeros that a fine step would put behind it. */
export const plainly = (value: string | number | undefined, { userTyping, input }: { userTyping: boolean; input: string }): string => (userTyping ? input : value === undefined || value === '' ? '' : String(Number(value)));

interface AmountInputProps { value: Amount; set: (next: Amount) => void; label: string; least?: number; most?: number; whole?: boolean; width?: number; step?: number; small?: boolean }

export function AmountInput({ value, set, label, least, most, whole = false, width = 76, step, small = false }: AmountInputProps) {
  const { t, say } = useSay();
  const { parameters, setParameter } = useAround();
  const id = parameterOf(value);
  const parameter = id === null ? undefined : parameters[id];
  const name = parameter && isTable(parameter.rest.name) ? say(parameter.rest.name as unknown as { zh: string; en: string }) : id;
  const bound = (key: 'least' | 'most', otherwise: number | undefined) => (typeof parameter?.rest[key] === 'number' ? parameter.rest[key] : otherwise);
  const input = (
    <InputNumber
      size={small ? 'small' : undefined} aria-label={label} value={valueOf(value, parameters)} min={bound('least', least)} max={bound('most', most)} precision={whole ? 0 : undefined} step={step ?? 1} controls={false} formatter={plainly} style={{ width }}
      onChange={(next) => {
        if (id !== null && next !== null) setParameter(id, next);
        else if (id === null) set(next);
      }}
    />
  );
  if (id === null) return input;
  return <Hint className="rule-named" say={() => <><b>{name}</b><br />{t('rules.named_means')}</>}>{input}</Hint>;
}
