// The draft on one customer: its number, and its facts along time with those that counted set apart.

import { Select, Switch } from 'antd';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearch } from '../../../api/reading';
import type { Previewed, TestedFact } from '../../../api/types';
import { CustomerName } from '../../../parts/CustomerName';
import { Hint } from '../../../parts/Hint';
import { Bone } from '../../../parts/States';
import { useSay } from '../../../words/say';
import { amongWords, shown, whyNot } from '../measured';

interface OneCustomerProps { one: Previewed; unit: string; window: string; asOf: string; customer: string | null; pick: (id: string) => void; formula: boolean }

export function OneCustomer({ one, unit, window, asOf, customer, pick, formula }: OneCustomerProps) {
  const say = useSay();
  const { t, count } = say;
  const [onlyCounted, setOnly] = useState(false);
  const test = one.customer;
  const facts = test?.facts ?? [];
  const counted = facts.filter((fact) => fact.counted).length;
  const name = one.examples.find((each) => each.id === customer)?.name;
  return (
    <div className="stack">
      <Who one={one} customer={customer} pick={pick} />
      {!customer && <p className="quiet">{t('build.pick_customer')}</p>}
      {customer && !test && <div className="stack"><Bone w="40%" h={20} /><Bone w="100%" h={72} /></div>}
      {customer && test && (
        <>
          <div className="tested">
            <div className="tested-figure">{test.figure.value == null ? <span className="quiet">—</span> : shown(test.figure.value, unit, say)}</div>
            <div style={{ minWidth: 0 }}>
              <CustomerName id={customer} name={name ?? customer} />
              {test.peers && <div className="small soft">{amongWords(test.peers, say)}</div>}
              <div className="small soft">{test.figure.value == null ? whyNot(test.figure, say) : formula ? t('build.formula_counts') : t('build.counted', { count: counted, shown: count(counted), all: count(facts.length) })}</div>
            </div>
          </div>
          {facts.length > 0 && !formula && <Strip facts={facts} window={window} asOf={asOf} />}
          {facts.length > 0 && (
            <>
              {!formula && <label className="line small"><Switch size="small" checked={onlyCounted} onChange={setOnly} aria-label={t('build.only_counted')} />{t('build.only_counted')}</label>}
              <Facts facts={onlyCounted ? facts.filter((fact) => fact.counted) : facts} />
            </>
          )}
          {facts.length === 0 && <p className="quiet">{t('timeline.none')}</p>}
        </>
      )}
    </div>
  );
}

/** Anybody, found by name; the highest of the moment are offered first. */
function Who({ one, customer, pick }: { one: Previewed; customer: string | null; pick: (id: string) => void }) {
  const { t } = useSay();
  const [typed, setTyped] = useState('');
  const hits = useSearch(useDeferredValue(typed));
  const options = useMemo(() => {
    const found = typed.trim() ? (hits.data ?? []).map((hit) => ({ value: hit.customer_id, label: hit.name })) : one.examples.map((each) => ({ value: each.id, label: each.name }));
    const has = customer === null || found.some((option) => option.value === customer);
    return has ? found : [{ value: customer!, label: customer! }, ...found];
  }, [typed, hits.data, one.examples, customer]);
  return <Select aria-label={t('build.customer')} placeholder={t('customers.search')} value={customer} style={{ width: '100%' }} options={options} onChange={(id: string) => pick(id)} showSearch={{ searchValue: typed, onSearch: setTyped, filterOption: false }} />;
}

const DAY_MS = 86_400_000;

/** Facts on a line of time: above, filled, what counted; below what did not. The window is shaded where it is one of days. */
function Strip({ facts, window, asOf }: { facts: TestedFact[]; window: string; asOf: string }) {
  const { t, day, dayTime } = useSay();
  const end = Date.parse(asOf);
  const days = /^(\d+)d$/.exec(window);
  const begin = days ? end - Number(days[1]) * DAY_MS : null;
  const first = Math.min(...facts.map((fact) => Date.parse(fact.occurred_at)), begin ?? end);
  const start = first - (end - first) * 0.02;
  const x = (at: number) => ((at - start) / Math.max(1, end - start)) * 100;
  return (
    <div className="strip" role="img" aria-label={t('build.strip_label', { from: day(new Date(first).toISOString()), to: day(asOf), counted: facts.filter((fact) => fact.counted).length })}>
      <div className="strip-band">
        {begin !== null && <span className="strip-window" style={{ left: `${x(begin)}%` }} />}
        {facts.map((fact, index) => (
          <Hint key={index} className="strip-place" say={() => <>{t(`event.${fact.name}`, { defaultValue: fact.name })}<br />{dayTime(fact.occurred_at)}<br /><b>{t(fact.counted ? 'build.did_count' : 'build.did_not_count')}</b></>}>
            <span className={fact.counted ? 'strip-fact strip-counted' : 'strip-fact'} style={{ left: `${x(Date.parse(fact.occurred_at))}%` }} />
          </Hint>
        ))}
      </div>
      <div className="strip-ends small quiet"><span>{day(new Date(first).toISOString())}</span>{begin !== null && x(begin) > 18 && x(begin) < 82 && <span className="strip-begin" style={{ left: `${x(begin)}%` }}>{day(new Date(begin).toISOString())}</span>}<span>{day(asOf)}</span></div>
    </div>
  );
}

function Facts({ facts }: { facts: TestedFact[] }) {
  const { t, count, dayTime } = useSay();
  if (facts.length === 0) return <p className="quiet small">{t('build.none_counted')}</p>;
  return (
    <ol className="tested-facts" tabIndex={0} aria-label={t('build.facts')}>
      {facts.map((fact, index) => (
        <li key={index} data-counted={fact.counted || undefined}>
          <span className={fact.counted ? 'strip-fact strip-counted' : 'strip-fact'} aria-hidden="true" />
          <span className="clip">{t(`event.${fact.name}`, { defaultValue: fact.name || t(`kind.${fact.kind}`, { defaultValue: fact.kind }) })}</span>
          <span className="number soft right">{fact.value == null ? '' : count(fact.value, 2)}</span>
          <span className="number small quiet right">{dayTime(fact.occurred_at)}</span>
          <span className="small right">{fact.counted ? <span className="link">{t('build.did_count')}</span> : ''}</span>
        </li>
      ))}
    </ol>
  );
}
