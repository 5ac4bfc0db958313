// A figure of a customer. Unknown is a dash with its reason, never a zero.

import type { Figure } from '../api/types';
import { useSay, useSession, type Say } from '../words/say';
import { Explain, type Meaning } from './Explain';
import { Hint } from './Hint';

/** A dash that says why. */
export function Dash({ because }: { because?: string }) {
  const { t } = useSay();
  const why = because || t('unknown.no_reason');
  return (
    <Hint className="dash" say={() => <><b>{t('unknown.title')}</b><br />{why}</>}>
      <span aria-hidden="true">—</span><span className="hidden">{t('unknown.title')}: {why}</span>
    </Hint>
  );
}

/** What value is measured by here, in a sentence. */
export function useValueMeans(): string {
  const { t, say } = useSay();
  const name = useSession()?.value_name;
  return name ? t('value.means_of', { what: say(name) }) : t('value.means');
}

/** Value of the customer by the firm's own measure. */
export function Value({ figure, asOf }: { figure: Figure; asOf?: string }) {
  const say = useSay();
  const means = useValueMeans();
  if (figure.value == null) return <Dash because={say.sentence(figure.unknown_because)} />;
  return (
    <Explain title={say.t('value.title')} means={means} exact={say.moneyWhole(figure.value)} asOf={asOf}>
      <span className="number">{say.money(figure.value)}</span>
    </Explain>
  );
}

/** An indicator's figure with its unit, as text. */
export function inUnit(value: number, unit: string, say: Say): string {
  if (unit === 'money' || unit === 'currency' || unit === 'amount') return say.money(value);
  if (unit === 'percent' || unit === 'share') return say.share(value);
  if (unit === 'ratio') return `×${say.count(value, 2)}`;
  const number = say.count(value, Math.abs(value) < 10 ? 2 : 1);
  const name = say.t(`unit.${unit}`, { count: value, defaultValue: '' });
  return name ? `${number} ${name}` : number;
}

export function InUnit({ figure, unit, ...meaning }: { figure: Figure; unit: string } & Meaning) {
  const say = useSay();
  if (figure.value == null) return <Dash because={say.sentence(figure.unknown_because)} />;
  return (
    <Explain {...meaning} exact={say.count(figure.value, 4)} focusable>
      <span className="number">{inUnit(figure.value, unit, say)}</span>
    </Explain>
  );
}
