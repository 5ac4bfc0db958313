// The customer beside the list: enough to decide and act without leaving it.

import { Link } from 'react-router';
import { useCustomer } from '../../api/reading';
import type { TodayRow } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Value } from '../../parts/Amount';
import { Band, Change } from '../../parts/Band';
import { CaseButton, Clock } from '../../parts/CaseWork';
import { Strongest } from '../../parts/Contributions';
import { AdviceButton, RecordButton } from '../../parts/FollowUp';
import { customerAddress } from '../../parts/CustomerName';
import { Icon } from '../../parts/Icon';
import { Bone, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { HealthLine } from '../customer/HealthLine';
import { work } from './Today';

export function CustomerPanel({ row, asOf: now }: { row: TodayRow; asOf: string }) {
  const say = useSay();
  const { t } = say;
  const { asOf } = useMoment();
  const { customer } = row;
  const { data, error, refetch } = useCustomer(customer.id);
  const health = customer.verdict.health;
  return (
    <aside className="panel card" aria-label={customer.name}>
      <div className="panel-top">
        <div className="line"><Band verdict={customer.verdict} strong /><span className="push" />
          <Link className="link small nowrap" to={withMoment(customerAddress(customer.id), asOf)}>{t('customer.open')}</Link></div>
        <h2 className="panel-name">{customer.name}</h2>
        <div className="small quiet line wrap">
          <span>{t('col.owner')} {customer.owner ?? t('owner.none')}</span>
          <span>{t('col.value')} <Value figure={customer.value} asOf={now} /></span>
          {customer.contract_end_on && <span>{t('customer.contract_end')} {say.day(customer.contract_end_on)}</span>}
        </div>
      </div>

      <div className="panel-next">
        <div className="small quiet line"><span>{t('today.next_step')}</span><span className="push" /><Clock due={row.due_at} clock={row.clock} now={now} /></div>
        <p className="panel-step">{say.say(row.next_step)}</p>
        <CaseButton work={work(row)} size="middle" block primary />
        <div className="line panel-acts"><AdviceButton about={customer} block /><RecordButton about={customer} block /></div>
      </div>

      <div className="panel-part">
        <h3 className="small soft">{t('customer.reasons')}</h3>
        <ul className="panel-reasons">{row.sentences.map((one) => <li key={one.zh}>{say.sentence(one)}</li>)}</ul>
      </div>

      {error && !data ? <Fault error={error} what={customer.name} again={() => void refetch()} /> : (
        <>
          <div className="panel-part">
            <h3 className="small soft line"><span>{t('health.title')}</span><span className="push" />
              <span className="number strong ink">{health == null ? '—' : say.count(health, 0)}</span>
              <span className="quiet">{t('health.in_30d')} <Change points={customer.health_change_30d} /></span></h3>
            {data ? <HealthLine points={data.health_history} floors={data.band_floors} height={120} label={t('health.title')} compact /> : <Bone w="100%" h={112} />}
          </div>
          <div className="panel-part">
            <h3 className="small soft">{t('customer.why')}</h3>
            {data ? <Strongest rows={data.contributions} asOf={now} /> : <Bone w="100%" h={120} />}
          </div>
        </>
      )}
      <Link className="panel-more" to={withMoment(customerAddress(customer.id), asOf)}><span>{t('customer.all')}</span><Icon name="right" size={16} /></Link>
    </aside>
  );
}
