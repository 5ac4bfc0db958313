// What a rule would do: whom it would catch now with their figures, and what it would have done in the last half year.

import type { RuleExample, RulePreview } from '../../api/types';
import { Dash } from '../../parts/Amount';
import { BandWord } from '../../parts/Band';
import { CustomerName } from '../../parts/CustomerName';
import { Hint } from '../../parts/Hint';
import { Said } from '../../parts/Said';
import { useSay } from '../../words/say';
import { perWeek, Weeks } from './Weeks';

/** Beyond this share of the customers a list helps nobody. */
const TOO_MANY = 0.3;

/** The one line above: whom it would catch now. */
export function Caught({ told }: { told: RulePreview }) {
  const { t, count, share } = useSay();
  const part = told.customers === 0 ? 0 : told.caught / told.customers;
  if (told.customers === 0) return <>{t('rules.nobody_here')}</>;
  if (told.caught === 0) return <>{t('rules.caught_none', { all: count(told.customers) })}</>;
  return <Said words="rules.caught" count={told.caught} shown={count(told.caught)} all={count(told.customers)} share={share(part, part > 0 && part < 0.01 ? 1 : 0)} />;
}

/** What the last half year says, with a picture. */
export function HalfYear({ told, before, height }: { told: RulePreview; before?: RulePreview | null; height?: number }) {
  const { t, say, count, signed } = useSay();
  const weekly = perWeek(told.opened, told.weeks.length);
  return (
    <section className="stack rule-half" aria-label={t('rules.half_year')}>
      <p>{told.opened === 0 ? t('rules.half_none') : <Said words="rules.half" count={told.opened} shown={count(told.opened)} weekly={count(weekly, 1)} customers={count(told.opened_customers)} />}{told.opened > 0 && <Said words="rules.half_left" count={told.left} shown={count(told.left)} all={count(told.left_in_all)} />}</p>
      <Weeks weeks={told.weeks} height={height} />
      {before && (
        <p className="small soft">
          {t('rules.in_use_now', { caught: count(before.caught), weekly: count(perWeek(before.opened, before.weeks.length), 1), left: count(before.left) })}
          {before.caught !== told.caught && <> {t('rules.difference', { caught: signed(told.caught - before.caught, 0) })}</>}
        </p>
      )}
      {told.unknown > 0 && <p className="small quiet">{t('rules.untold', { count: told.unknown, shown: count(told.unknown) })}</p>}
      {told.left_out && <p className="small quiet">{t('rules.left_out', { what: say(told.left_out) })}</p>}
      {told.sample != null && <p className="small quiet">{t('rules.sample', { shown: count(told.sample) })}</p>}
    </section>
  );
}

/** What stands in the way of a good list, said before it is switched on. */
export function Advice({ told }: { told: RulePreview }) {
  const { t } = useSay();
  const part = told.customers === 0 ? 0 : told.caught / told.customers;
  return part > TOO_MANY ? <p className="small rule-advice">{t('rules.too_many')}</p> : null;
}

/** Of more than are shown, which. */
export function useFirst(told: RulePreview | undefined): string {
  const { t, count } = useSay();
  return told && told.caught > told.examples.length ? t('rules.who_first', { shown: count(told.examples.length), all: count(told.caught) }) : '';
}

export function Examples({ told }: { told: RulePreview }) {
  const { t } = useSay();
  const first = useFirst(told);
  if (told.examples.length === 0) return null;
  return (
    <section aria-label={t('rules.who')}>
      <div className="section-title rule-who"><h3>{t('rules.who')}</h3>{first && <span className="small quiet">{first}</span>}</div>
      <Names told={told} />
    </section>
  );
}

export const Names = ({ told }: { told: RulePreview }) => <ul className="rule-examples">{told.examples.map((one) => <Example key={one.id} one={one} />)}</ul>;

function Example({ one }: { one: RuleExample }) {
  const { t, say, count, money, sentence } = useSay();
  return (
    <li>
      <div className="rule-example-name">
        <CustomerName id={one.id} name={one.name} />
        <BandWord band={one.band ?? null} />
      </div>
      <div className="rule-example-say soft small clip-2" title={say(one.sentence)}>{sentence(one.sentence)}</div>
      <span className="rule-example-value number right">{one.value.value == null ? <Dash because={say(one.value.unknown_because)} /> : money(one.value.value)}</span>
      <div className="rule-figures small">
        {one.figures.map((figure) => (
          <Hint key={figure.of} className="rule-figure" say={() => <>{say(figure.name)}{figure.value.value != null && <><br />{t('explain.exact')} {count(figure.value.value, 4)}</>}</>}>
            <span className="quiet">{say(figure.name)}</span> <span className="number">{figure.value.value == null ? '—' : say(figure.shown)}</span>
          </Hint>
        ))}
      </div>
    </li>
  );
}
