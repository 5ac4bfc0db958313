// Beside the customer: what is open, who follows it up, what is known of it.

import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router';
import type { AlertRow, CaseRow, CustomerPage } from '../../api/types';
import { useGo, useMoment, withMoment } from '../../frame/moment';
import { Clock } from '../../parts/CaseWork';
import { Severity } from '../../parts/Severity';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';
import { caseAddress } from '../cases/address';
import { FollowUps } from './FollowUps';
import { Identity } from './Identity';
import { Judgements } from './Judgements';
import { NextRenewal } from './NextRenewal';
import { Owners } from './Owners';
import { Tags } from './Tags';
import { Unmask } from './Unmask';

const NewCase = lazy(() => import('../cases/NewCase').then((come) => ({ default: come.NewCase })));

export function Rail({ page }: { page: CustomerPage }) {
  const { t } = useSay();
  return (
    <aside className="rail stack">
      <section className="card part">
        <h2 className="part-title">{t('customer.alerts')}</h2>
        {page.alerts.length === 0 ? <p className="quiet small">{t('customer.no_alerts')}</p> : <ul className="rail-list">{page.alerts.slice(0, 8).map((one) => <Alert key={one.id} alert={one} now={page.as_of} />)}</ul>}
      </section>
      <Cases page={page} />
      <NextRenewal customer={page.row.id} />
      <FollowUps id={page.row.id} name={page.row.name} now={page.as_of} />
      <Judgements page={page} />
      <Tags page={page} />
      <Owners id={page.row.id} />
      <section className="card part">
        <h2 className="part-title">{t('customer.traits')}</h2>
        {page.traits.length === 0 ? <p className="quiet small">{t('customer.no_traits')}</p> : <Traits page={page} />}
        <Unmask id={page.row.id} />
      </section>
      <Identity id={page.row.id} />
    </aside>
  );
}

function Alert({ alert, now }: { alert: AlertRow; now: string }) {
  const { say, sentence, near, t, dayTime } = useSay();
  const resolved = alert.state === 'resolved';
  return (
    <li className={resolved ? 'quiet' : undefined}>
      <div className="line small"><Severity severity={alert.severity} faded={resolved} /><span className="clip">{say(alert.rule_name)}</span>
        <Hint className="push quiet nowrap" say={() => dayTime(alert.opened_at)}>{near(alert.opened_at, now)}</Hint></div>
      <p className="rail-words">{sentence(alert.sentence)}</p>
      {resolved && <div className="small quiet">{t(`resolution.${alert.resolution ?? 'cleared'}`)} · {alert.resolved_at ? near(alert.resolved_at, now) : ''}</div>}
    </li>
  );
}

function Cases({ page }: { page: CustomerPage }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const go = useGo();
  const [opening, setOpening] = useState(false);
  const mayOpen = canAct && page.cases.every((one) => one.state === 'closed');
  if (page.cases.length === 0 && !mayOpen) return null;
  return (
    <section className="card part">
      <div className="line part-title"><h2>{t('customer.cases')}</h2><span className="push" />{mayOpen && <Button size="small" onClick={() => setOpening(true)}>{t('cases.open')}</Button>}</div>
      {page.cases.length === 0 && <p className="quiet small">{t('cases.none_of')}</p>}
      {page.cases.length > 0 && <ul className="rail-list">{page.cases.slice(0, 6).map((one) => <Case key={one.id} one={one} now={page.as_of} />)}</ul>}
      {opening && <Suspense fallback={null}><NewCase customer={{ id: page.row.id, name: page.row.name }} leave={() => setOpening(false)} opened={(id) => go(caseAddress(id))} /></Suspense>}
    </section>
  );
}

function Case({ one, now }: { one: CaseRow; now: string }) {
  const { t, say, near, dayTime } = useSay();
  const { asOf } = useMoment();
  return (
    <li>
      <div className="line small">
        <Link className="strong link" to={withMoment(caseAddress(one.id), asOf)}>{t(`case_state.${one.state}`)}</Link>
        {one.outcome_name && <span className="tag">{say(one.outcome_name)}</span>}
        <span className="push">{one.state === 'closed' ? <span className="quiet">{one.closed_at ? near(one.closed_at, now) : ''}</span> : <Clock due={one.state === 'new' ? one.accept_by : one.act_by} now={now} />}</span>
      </div>
      {one.note && <p className="rail-words">{one.note}</p>}
      <ol className="steps">
        {one.steps.map((step) => (
          <li key={step.what + step.at} title={dayTime(step.at)}><span>{t(`case_step.${step.what}`)}</span> <span className="quiet">{step.actor === 'liuke' ? t('case.by_liuke') : step.actor} · {near(step.at, now)}</span></li>
        ))}
      </ol>
    </li>
  );
}

function Traits({ page }: { page: CustomerPage }) {
  const { t, day } = useSay();
  return (
    <dl className="traits">
      {page.traits.map((trait) => (
        <div key={trait.key}>
          <dt title={trait.key}>{t(`trait.${trait.key}`, { defaultValue: trait.key })}</dt>
          <dd><Hint say={() => t('customer.trait_since', { when: day(trait.since) })}><span>{trait.value}</span></Hint></dd>
        </div>
      ))}
    </dl>
  );
}
