// One case: whom it is about, why it was opened, which clock runs, what may be done now, what was done; and the next one.

import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link, useParams } from 'react-router';
import { useCase } from '../../api/cases';
import { Problem } from '../../api/client';
import { useCustomer } from '../../api/reading';
import type { CaseWork } from '../../api/types';
import { useMoment, usePageState } from '../../frame/moment';
import { Value } from '../../parts/Amount';
import { Band, Change, Health } from '../../parts/Band';
import { Strongest } from '../../parts/Contributions';
import { customerAddress } from '../../parts/CustomerName';
import { Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Moving } from '../../parts/Moving';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useNow, useSay } from '../../words/say';
import { listAddress } from '../cases/address';
import { Marks } from '../cases/CaseCard';
import '../cases/cases.css';
import '../customer/customer.css';
import './case.css';
import { Clocks } from './Clocks';
import { Comments } from './Comments';
import { Moves, PhoneMoves } from './Moves';
import { Neighbours } from './Neighbours';
import { Reasons } from './Reasons';
import { Steps } from './Steps';
import { Tasks } from './Tasks';

export default function CasePage() {
  const { id = '' } = useParams();
  const { t } = useSay();
  const { asOf } = useMoment();
  const [, set] = usePageState();
  const number = /^\d+$/.test(id) ? Number(id) : null;
  const { data, error, refetch } = useCase(asOf === null ? number : null);
  const missing = number === null || (error instanceof Problem && error.status === 404);
  if (asOf !== null) {
    return <div className="page"><Head title={t('cases.title', { id })} /><div className="card"><Empty title={t('cases.now_only')} acts={<Button type="primary" onClick={() => set({ as_of: null }, true)}>{t('as_of.back')}</Button>}>{t('cases.now_only_text')}</Empty></div></div>;
  }
  if (missing || (error && !data)) {
    return (
      <div className="page"><Head title={t('cases.title', { id })} />
        {missing
          ? <div className="card"><Empty title={t('cases.missing')} acts={<Link to="/cases"><Button>{t('cases.to_list')}</Button></Link>}>{t('cases.missing_text', { id })}</Empty></div>
          : <Fault error={error} what={t('cases.title', { id })} again={() => void refetch()} />}
      </div>
    );
  }
  if (!data) return <div className="page"><BoneBlock height={48} /><BoneBlock height={160} /><BoneBlock height={220} /></div>;
  return <Moving key={id}><View work={data} /></Moving>;
}

function View({ work }: { work: CaseWork }) {
  const { t } = useSay();
  const now = useNow(30_000);
  return (
    <div className="page customer case">
      <Top work={work} />
      <div className="customer-columns">
        <div className="stack customer-main">
          <section className="card part" aria-label={t('cases.why_opened')}>
            <h2 className="part-title">{t('cases.why_opened')}</h2>
            <Reasons row={work.case} now={now} />
          </section>
          <Tasks work={work} now={now} />
          <Comments work={work} now={now} />
          <section className="card part" aria-label={t('cases.history')}>
            <h2 className="part-title">{t('cases.history')}</h2>
            <Steps steps={work.case.steps} now={now} />
          </section>
        </div>
        <aside className="rail stack case-rail">
          <Moves work={work} />
          <section className="card part" aria-label={t('cases.clocks')}>
            <h2 className="part-title">{t('cases.clocks')}</h2>
            <Clocks row={work.case} now={now} />
          </section>
          <CustomerPart work={work} />
        </aside>
      </div>
      <PhoneMoves work={work} />
    </div>
  );
}

function Top({ work }: { work: CaseWork }) {
  const say = useSay();
  const { t } = say;
  const [query] = usePageState();
  const row = work.case;
  const { data: customer } = useCustomer(row.customer_id);
  return (
    <div className="customer-top case-top">
      <Link className="back small soft" to={listAddress(query)}><Icon name="left" size={14} />{t('nav.cases')}</Link>
      <Head
        title={t('cases.title_of', { id: row.id, name: row.customer_name })}
        sentence={<Link to={customerAddress(row.customer_id)} className="case-name">{row.customer_name}</Link>}
        sub={
          <>
            <span className="case-stage">{say.say(row.stage_name)}</span>
            <span>{say.say(row.type_name)} <b>{t('cases.number', { id: row.id })}</b></span>
            <span>{t('cases.holder')} <b>{row.assigned_name ?? row.assigned_to ?? t('cases.nobody')}</b></span>
            <span>{t('col.owner')} <b>{row.owner ?? t('owner.none')}</b></span>
            {customer && <Band verdict={customer.row.verdict} />}
            {customer && <span>{t('health.title')} <b><Health verdict={customer.row.verdict} asOf={customer.as_of} /></b></span>}
            {customer && <span>{t('col.value')} <b><Value figure={customer.row.value} asOf={customer.as_of} /></b></span>}
            <Marks row={row} />
          </>
        }
        acts={<Neighbours id={row.id} query={query} />}
      />
    </div>
  );
}

/** How the customer stands, with the strongest reasons; the whole of it is one click away. */
function CustomerPart({ work }: { work: CaseWork }) {
  const say = useSay();
  const { t } = say;
  const client = useQueryClient();
  const { customer_id: id, customer_name: name } = work.case;
  const { data: page, error } = useCustomer(id);
  return (
    <section className="card part" aria-label={t('nav.customers')}>
      <h2 className="part-title">{t('nav.customers')}</h2>
      {error && !page && <Fault error={error} what={name} again={() => void client.invalidateQueries({ queryKey: ['customer', id] })} />}
      {!page && !error && <BoneBlock height={96} />}
      {page && (
        <>
          <dl className="traits">
            <div><dt>{t('health.title')}</dt><dd><Health verdict={page.row.verdict} asOf={page.as_of} /> <span className="small quiet">{t('health.in_30d')} <Change points={page.row.health_change_30d} /></span></dd></div>
            <div><dt>{t('col.value')}</dt><dd><Value figure={page.row.value} asOf={page.as_of} />{page.row.tier && <span className="small quiet"> {t(`tier.${page.row.tier}`)}</span>}</dd></div>
            {page.row.contract_end_on && <div><dt>{t('customer.contract_end')}</dt><dd title={say.day(page.row.contract_end_on)}>{say.near(page.row.contract_end_on, page.as_of)}</dd></div>}
            {page.row.standing.last_seen_at && <div><dt>{t('customer.last_seen')}</dt><dd title={say.dayTime(page.row.standing.last_seen_at)}>{say.near(page.row.standing.last_seen_at, page.as_of)}</dd></div>}
          </dl>
          {page.contributions.length > 0 && <div className="case-strongest"><h3 className="small soft">{t('customer.why')}</h3><Strongest rows={page.contributions} asOf={page.as_of} /></div>}
          <Link className="link small case-all" to={customerAddress(id)}>{t('customer.all')}</Link>
        </>
      )}
    </section>
  );
}
