// One customer: who, how it stands, why, what happened, what to do.

import { Link, useParams } from 'react-router';
import { useCustomer } from '../../api/reading';
import { useCustomerRisk } from '../../api/risk';
import type { CaseRow, CustomerPage as Page } from '../../api/types';
import { Problem } from '../../api/client';
import { Value } from '../../parts/Amount';
import { Band, Change } from '../../parts/Band';
import { CaseButton, Clock } from '../../parts/CaseWork';
import { Contributions } from '../../parts/Contributions';
import { AdviceButton, RecordButton } from '../../parts/FollowUp';
import { Head } from '../../parts/Head';
import { Bone, BoneBlock, Empty, Fault } from '../../parts/States';
import { useMoment } from '../../frame/moment';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';
import './customer.css';
import { HealthLine } from './HealthLine';
import { Indicators } from './Indicators';
import { Ledger } from './Ledger';
import { OtherHealths } from './OtherHealths';
import { Proven } from './Proven';
import { Rail } from './Rail';
import { Rhythm } from './Rhythm';
import { Risk, RiskFigure } from './Risk';
import { Timeline } from './Timeline';

export default function CustomerPage() {
  const { id = '' } = useParams();
  const { t } = useSay();
  const { data, error, refetch } = useCustomer(id);
  if (error && !data) {
    return (
      <div className="page"><Head title={t('nav.customers')} />
        {error instanceof Problem && error.status === 404
          ? <div className="card"><Empty title={t('customer.missing')}>{t('customer.missing_text', { id })}</Empty></div>
          : <Fault error={error} what={id} again={() => void refetch()} />}
      </div>
    );
  }
  if (!data) return <div className="page"><BoneBlock height={48} /><BoneBlock height={220} /><BoneBlock height={320} /></div>;
  return <View key={id} page={data} />;
}

function View({ page }: { page: Page }) {
  const { t } = useSay();
  const bare = page.health_history.every((point) => point.value == null);
  return (
    <div className="page customer">
      <Top page={page} />
      <div className="customer-columns">
        <div className="stack customer-main">
          <section className="card part" aria-label={t('health.title')}>
            <HealthPart page={page} bare={bare} />
          </section>
          <section className="card part" aria-label={t('customer.why')}>
            <div className="section-title part-title"><h2>{t('customer.why')}</h2><Scorecard page={page} /></div>
            <Contributions rows={page.contributions} base={page.base} health={page.row.verdict.health} asOf={page.as_of} />
          </section>
          <Risk id={page.row.id} />
          <Changed page={page} />
          <Ledger page={page} />
          {page.rhythm && <Rhythm rhythm={page.rhythm} />}
          <Indicators page={page} />
          <Timeline page={page} />
        </div>
        <Rail page={page} />
      </div>
    </div>
  );
}

const openCase = (page: Page): CaseRow | undefined => page.cases.find((one) => one.state !== 'closed');

function Top({ page }: { page: Page }) {
  const say = useSay();
  const { t } = say;
  const { row } = page;
  const open = openCase(page);
  return (
    <div className="customer-top">
      <Head
        title={row.name}
        sub={
          <>
            <span>{t('col.owner')} <b>{row.owner ?? t('owner.none')}</b></span>
            <span>{t('col.value')} <b><Value figure={row.value} asOf={page.as_of} /></b></span>
            {row.contract_end_on && <span>{t('customer.contract_end')} <b title={say.day(row.contract_end_on)}>{say.near(row.contract_end_on, page.as_of)}</b></span>}
            {row.standing.first_seen_at && <span>{t('customer.since')} <b>{say.day(row.standing.first_seen_at)}</b></span>}
            {row.standing.won_back && <WonBack {...row.standing.won_back} />}
            {row.standing.last_seen_at && <Hint say={() => say.dayTime(row.standing.last_seen_at ?? '')}><span>{t('customer.last_seen')} <b>{say.near(row.standing.last_seen_at, page.as_of)}</b></span></Hint>}
            <span className="clip">{t('customer.id')} <b>{row.id}</b></span>
          </>
        }
        acts={
          <div className="line wrap">
            <AdviceButton about={row} />
            <RecordButton about={row} />
            {open && <span className="customer-clock"><Clock due={open.state === 'new' ? open.accept_by : open.act_by} now={page.as_of} /></span>}
            {open && <CaseButton work={{ id: open.id, version: open.version, state: open.state, customer: row.name }} size="middle" primary />}
          </div>
        }
      />
    </div>
  );
}

/** One verdict leads: by the model in service, without one by the health, whose reasons and line stand below as evidence. */
function HealthPart({ page, bare }: { page: Page; bare: boolean }) {
  const say = useSay();
  const { t } = say;
  const { verdict, standing, health_change_30d: change } = page.row;
  const { data: risk, isPending } = useCustomerRisk(page.row.id);
  const lead = risk?.verdict ?? null;
  const held = verdict.health == null ? verdict.unknown_because : page.reasons[0];
  const more = lead === null ? page.reasons.slice(1) : verdict.health == null ? [verdict.unknown_because] : page.reasons;
  return (
    <>
      <div className="verdict">
        <div className="verdict-band">
          <Band verdict={verdict} strong />
          <p className="verdict-sentence">
            {standing.state === 'gone' ? <>{t('customer.gone', { when: standing.gone_at ? say.day(standing.gone_at) : '' })} <PostMortemLink id={page.row.id} /></>
              : isPending ? <Bone w="60%" h={16} />
                : lead ? say.sentence(lead) : held ? say.sentence(held) : t('customer.fine')}
          </p>
          {more.length > 0 && <ul className="verdict-more">{more.map((one) => one && <li key={one.zh}>{say.sentence(one)}</li>)}</ul>}
        </div>
        <dl className="verdict-figures">
          <div>
            <dt>{t('health.title')}</dt>
            <dd className="figure">{verdict.health == null ? <span className="quiet">—</span> : <Hint focusable say={() => t('health.means')}><span>{say.count(verdict.health, 0)}</span></Hint>}</dd>
          </div>
          <RiskFigure id={page.row.id} />
          <div><dt>{t('health.in_30d')}</dt><dd><Change points={change} /></dd></div>
          <div><dt>{t('health.coverage_title')}</dt><dd><Hint focusable say={() => t('health.coverage_means')}><span className="number">{say.share(verdict.coverage, 0)}</span></Hint>{verdict.health != null && verdict.firmness === 'thin' && <span className="small quiet"> {t('health.thin')}</span>}</dd></div>
        </dl>
      </div>
      <OtherHealths page={page} />
      <Proven page={page} />
      {bare ? <p className="quiet part-empty">{t('customer.no_health')}</p>
        : <HealthLine points={page.health_history} floors={page.band_floors} height={220} label={t('customer.health_line', { health: verdict.health == null ? '—' : say.count(verdict.health, 0) })} />}
    </>
  );
}

/** It had left and is there again: the facts say so, not by whose doing. */
function WonBack({ gone_at: gone, back_at: back }: { gone_at: string; back_at: string }) {
  const { t, day } = useSay();
  return <Hint focusable say={() => t('customer.won_back_means', { gone: day(gone), back: day(back) })}><span>{t('customer.won_back')} <b>{day(back)}</b></span></Hint>;
}

function PostMortemLink({ id }: { id: string }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  return asOf ? null : <Link className="link small" to={`/customers/${encodeURIComponent(id)}/post-mortem`}>{t('mortem.see')}</Link>;
}

function Scorecard({ page }: { page: Page }) {
  const { t, say } = useSay();
  return <Hint say={() => t('customer.scorecard_means')}><span className="small quiet">{t('customer.by', { scorecard: say(page.scorecard) })}</span></Hint>;
}

/** What changed since last week, as a ledger. */
function Changed({ page }: { page: Page }) {
  const say = useSay();
  const { t } = say;
  const now = page.row.verdict.health;
  const { before, moved } = page.change;
  if (before == null || now == null) return null;
  return (
    <section className="card part" aria-label={t('customer.changed')}>
      <div className="section-title part-title">
        <h2>{t('customer.changed')}</h2>
        <span className="small quiet">{moved.length === 0 ? t('customer.unchanged') : t('customer.changed_sum', { before: say.count(before, 0), after: say.count(now, 0), change: say.signed(Math.round(now) - Math.round(before), 0) })}</span>
      </div>
      {moved.length > 0 && (
        <ul className="ledger">
          {moved.map((row) => (
            <li key={row.indicator}>
              <span className={`number ${row.points < 0 ? 'strong' : 'accent'}`}>{say.points(row.points)}</span>
              <span>{say.say(row.name)}</span>
              <span className="soft clip" title={say.say(row.sentence)}>{say.sentence(row.sentence)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

