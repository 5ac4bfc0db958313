// 流失复盘: how a customer was lost, week by week; the first thing that could have been seen; what was done about the
// alerts; and what to change so that the next one is seen, put to the firm's own past.

import { Button } from 'antd';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';
import { Problem } from '../../api/client';
import { useCustomer } from '../../api/reading';
import { usePostMortem, useProposing, type BacktestCounts, type PostMortem, type PostMortemSign, type RuleProposal } from '../../api/scorecards';
import { useMoment } from '../../frame/moment';
import { Dash } from '../../parts/Amount';
import { Chart } from '../../parts/Chart';
import { Code } from '../../parts/Code';
import { CustomerName } from '../../parts/CustomerName';
import { Head } from '../../parts/Head';
import { useRefused } from '../../parts/refused';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useMode } from '../../theme/mode';
import { bandColour, palettes } from '../../theme/tokens';
import { useSay, useSession } from '../../words/say';
import '../customer/customer.css';
import { Timeline } from '../customer/Timeline';
import '../indicators/build/build.css';
import './postmortem.css';

export default function PostMortemPage() {
  const { id = '' } = useParams();
  const { t } = useSay();
  const { data, error, refetch } = usePostMortem(id);
  if (error && !data) {
    const there = error instanceof Problem && error.code === 'not_lost';
    return (
      <div className="page"><Head title={t('mortem.title')} />
        {there ? <div className="card"><Empty title={t('mortem.not_lost')} acts={<CustomerName id={id} name={t('customer.open')} />}>{t('mortem.not_lost_text')}</Empty></div>
          : error instanceof Problem && error.status === 404 ? <div className="card"><Empty title={t('customer.missing')}>{t('customer.missing_text', { id })}</Empty></div>
            : <Fault error={error} what={t('mortem.title')} again={() => void refetch()} />}
      </div>
    );
  }
  if (!data) return <div className="page"><Head title={t('mortem.title')} /><BoneBlock height={220} /><BoneBlock height={160} /></div>;
  return <View page={data} />;
}

function View({ page }: { page: PostMortem }) {
  const { t, say, day, money } = useSay();
  return (
    <div className="page">
      <Head
        title={`${t('mortem.title')} · ${page.name}`} sentence={say(page.sentence)}
        sub={<><span><CustomerName id={page.customer} name={page.name} /></span><span>{t('col.owner')} <b>{page.owner ?? t('owner.none')}</b></span><span>{t('churn.gone_at')} <b>{day(page.left_at)}</b></span>{page.last_seen_at && <span>{t('col.last_seen')} <b>{day(page.last_seen_at)}</b></span>}<span>{t('col.value')} <b>{page.value.value == null ? <Dash because={say(page.value.unknown_because)} /> : money(page.value.value)}</b></span></>}
      />
      <section className="card part" aria-label={t('mortem.line')}>
        <div className="section-title part-title"><h2>{t('mortem.line')}</h2><span className="small quiet">{t('mortem.line_about')}</span></div>
        <Line page={page} />
      </section>
      <Signs page={page} />
      <Alerts page={page} />
      <Proposal page={page} />
      <Happened id={page.customer} />
    </div>
  );
}

/** Health week by week with the bands, the first signs, the alerts and the leaving on it. */
function Line({ page }: { page: PostMortem }) {
  const { t, day, count, say, lang } = useSay();
  const mode = useMode();
  const option = useMemo(() => {
    const p = palettes[mode];
    const sorted = [...page.band_floors].sort((a, b) => a.from - b.from);
    const zones = sorted.map((floor, index) => [{ yAxis: floor.from, itemStyle: { color: bandColour(p, floor.band), opacity: mode === 'dark' ? 0.13 : 0.09 } }, { yAxis: sorted[index + 1]?.from ?? 100 }]);
    const first = page.signs.find((sign) => sign.is_active) ?? page.signs[0];
    // Alerts say their word lower down: one often stands where the first sign does.
    const mark = (at: string, word: string, colour: string, isAlert: boolean) => ({ xAxis: at, lineStyle: { color: colour, type: isAlert ? 'dashed' : 'solid', width: 1.5 }, label: { formatter: word, color: p.ink2, fontSize: 12, position: isAlert ? 'insideStartTop' as const : 'insideEndTop' as const, rotate: 0 } });
    const week = (at: string) => page.health.findLast((point) => point.at <= at)?.at ?? page.health[0]!.at;
    return {
      grid: { left: 32, right: 24, top: 24, bottom: 24 },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const point = page.health[items[0]?.dataIndex ?? 0];
          if (!point) return '';
          const here = page.signs.filter((sign) => week(sign.at) === point.at).map((sign) => `<br/>${say(sign.name)}`).join('');
          return `${day(point.at)}<br/><b>${t('health.title')} ${point.health == null ? '—' : count(point.health, 0)}</b>${here}`;
        },
      },
      xAxis: { type: 'category', data: page.health.map((point) => point.at), boundaryGap: false, axisLabel: { formatter: (at: string) => (lang === 'zh' ? at.slice(5, 10) : day(at).replace(/ \d{4}$/, '')), interval: 4, hideOverlap: true } },
      yAxis: { type: 'value', min: 0, max: 100, splitLine: { show: false }, interval: 25 },
      series: [{
        type: 'line', connectNulls: false, lineStyle: { color: p.ink, width: 2 }, itemStyle: { color: p.ink }, symbol: 'none',
        data: page.health.map((point) => point.health ?? null), markArea: { silent: true, data: zones },
        markLine: {
          silent: true, symbol: 'none',
          data: [...(first ? [mark(week(first.at), t('mortem.first'), p.accent, false)] : []), ...page.alerts.slice(0, 3).map((alert) => mark(week(alert.opened_at), t('mortem.alert'), p.ink3, true)), mark(page.health.at(-1)!.at, t('mortem.left'), p.high, false)],
        },
      }],
    };
  }, [page, mode, t, day, count, say, lang]);
  const words = page.health.filter((point) => point.health != null).map((point) => `${day(point.at)} ${count(point.health!, 0)}`).join(t('punctuation.comma'));
  if (!words) return <p className="quiet part-empty">{t('customer.no_health')}</p>;
  return <Chart option={option} height={240} label={t('mortem.line_label', { list: words })} />;
}

function Signs({ page }: { page: PostMortem }) {
  const { t } = useSay();
  const [on, off] = [page.signs.filter((sign) => sign.is_active), page.signs.filter((sign) => !sign.is_active)];
  return (
    <section className="card part" aria-label={t('mortem.signs')}>
      <div className="section-title part-title"><h2>{t('mortem.signs')}</h2><span className="small quiet">{t('mortem.signs_about', { days: page.lead_days })}</span></div>
      {page.signs.length === 0 && <p className="quiet">{t('mortem.no_signs')}</p>}
      {on.length > 0 && <List rows={on} />}
      {off.length > 0 && <><h3 className="small soft mortem-heading">{t('mortem.off')}</h3><List rows={off} /></>}
    </section>
  );
}

function List({ rows }: { rows: PostMortemSign[] }) {
  const { t, say, sentence, day, count } = useSay();
  return (
    <ol className="mortem-signs">
      {rows.map((sign) => (
        <li key={sign.rule ?? 'band'}>
          <span className="number">{sign.is_before ? t('mortem.before', { day: day(sign.at) }) : day(sign.at)}</span>
          <span className={sign.is_in_time ? 'number accent' : 'number quiet'}>{t(sign.is_in_time ? 'mortem.ahead' : 'mortem.too_late', { count: sign.lead_days, shown: count(sign.lead_days, 0) })}</span>
          <span className="mortem-words">
            <span className="strong">{say(sign.name)}</span> <span>{sentence(sign.sentence)}</span>
            {sign.fact && <span className="small quiet">{t('mortem.fact')} <span className="tag">{t(`event.${sign.fact.name}`, { defaultValue: sign.fact.name || t(`kind.${sign.fact.kind}`, { defaultValue: sign.fact.kind }) })} {day(sign.fact.occurred_at)}</span></span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Alerts({ page }: { page: PostMortem }) {
  const { t, say, sentence, day, count } = useSay();
  return (
    <section className="card part" aria-label={t('mortem.alerts')}>
      <div className="section-title part-title"><h2>{t('mortem.alerts')}</h2><span className="small quiet">{say(page.alerts_sentence)}</span></div>
      {page.alerts.length > 0 && (
        <ol className="mortem-signs">
          {page.alerts.map((alert) => (
            <li key={alert.id}>
              <span className="number">{day(alert.opened_at)}</span>
              <span className="number soft">{t('mortem.ahead', { count: alert.lead_days, shown: count(alert.lead_days, 0) })}</span>
              <span className="mortem-words"><span className="strong">{t(`mortem.fate.${alert.fate}`, { who: alert.accepted_by ?? '' })}</span> <span>{say(alert.rule_name)}{t('punctuation.comma')}{sentence(alert.sentence)}</span>{alert.outcome_name && <span className="tag">{say(alert.outcome_name)}</span>}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Proposal({ page }: { page: PostMortem }) {
  const { t, say, share } = useSay();
  const { canAct } = useMoment();
  const seesAll = useSession()?.staff?.role !== 'owner';
  const refused = useRefused();
  const work = useProposing(page.customer);
  const { state, progress, failure, proposal, because } = page.proposal;
  if (!seesAll) return null;
  const ask = canAct && state !== 'running' && <Button type={state === 'none' ? 'primary' : 'default'} loading={work.isPending} onClick={() => work.mutate(undefined, { onError: refused })}>{t(state === 'none' ? 'mortem.propose' : 'mortem.propose_again')}</Button>;
  return (
    <section className="card part" aria-label={t('mortem.proposal')}>
      <div className="line wide part-title"><div style={{ flex: 1 }}><h2>{t('mortem.proposal')}</h2><p className="small quiet">{t('mortem.proposal_about', { days: page.lead_days })}</p></div>{ask}</div>
      {state === 'running' && <div className="mortem-wait" role="status"><p>{t('mortem.working', { part: share(progress ?? 0) })}</p><div className="progress"><span style={{ width: `${(progress ?? 0) * 100}%` }} /></div></div>}
      {state === 'failed' && <p role="alert">{say(failure)}</p>}
      {state === 'done' && !proposal && <p>{say(because)}</p>}
      {proposal && <Proposed of={proposal} />}
    </section>
  );
}

function Proposed({ of }: { of: RuleProposal }) {
  const say = useSay();
  const { t, day, count } = say;
  return (
    <div className="stack">
      <p className="mortem-proposed">{say.say(of.sentence)}</p>
      {of.warned_at && <p className="soft">{t('mortem.would_warn', { day: day(of.warned_at), count: of.lead_days ?? 0, shown: count(of.lead_days ?? 0, 0) })}</p>}
      <p>{say.say(of.headline)}</p>
      <Beside of={of} />
      {of.tried.length > 0 && <p className="small quiet">{t('mortem.tried')} {of.tried.map((one) => t('mortem.tried_each', { what: say.say(one.sentence), caught: count(one.caught), alerts: count(one.alerts), wrong: count(one.false_alarms) })).join(t('punctuation.list'))}</p>}
      <details className="mortem-toml"><summary className="small link">{t('mortem.definition')}</summary><p className="small soft">{t('mortem.definition_about')}</p><Code text={of.definition} label={t('mortem.definition')} /></details>
    </div>
  );
}

/** Beside what the rules in force would have found with as many alerts in each week. */
function Beside({ of }: { of: RuleProposal }) {
  const { t, count, share } = useSay();
  const sides: [string, BacktestCounts][] = [[t('mortem.this_rule'), of.counts], ...(of.present ? [[t('mortem.rules_in_force'), of.present] as [string, BacktestCounts]] : [])];
  const within = (one: BacktestCounts['recall']) => (one ? `${share(one.share, 0)} (${share(one.low, 0)}–${share(one.high, 0)})` : '—');
  const rows: [string, (one: BacktestCounts) => string][] = [
    ['alerts', (one) => count(one.alerts)], ['caught', (one) => `${count(one.caught)} / ${count(one.leavers)}`], ['false_alarms', (one) => count(one.false_alarms)],
    ...(of.is_few ? [] : [['recall', (one: BacktestCounts) => within(one.recall)], ['precision', (one: BacktestCounts) => within(one.precision)]] as [string, (one: BacktestCounts) => string][]),
  ];
  return (
    <div className="mortem-table">
      <table className="moments small" aria-label={t('mortem.proposal')}>
        <thead><tr><th scope="col"><span className="hidden">{t('card.figure')}</span></th>{sides.map(([name]) => <th key={name} scope="col" className="right">{name}</th>)}</tr></thead>
        <tbody>{rows.map(([key, told]) => <tr key={key}><th scope="row">{t(`card.replayed.${key}`)}</th>{sides.map(([name, one]) => <td key={name} className="number right">{told(one)}</td>)}</tr>)}</tbody>
      </table>
      {of.is_few && <p className="small quiet">{t('mortem.few')}</p>}
    </div>
  );
}

/** What happened, as on the customer's own page. */
function Happened({ id }: { id: string }) {
  const { data } = useCustomer(id);
  const { t } = useSay();
  const { asOf } = useMoment();
  if (!data) return null;
  return <><Timeline page={data} />{asOf === null && <p className="small quiet"><Link className="link" to={`/customers/${encodeURIComponent(id)}`}>{t('mortem.back')}</Link></p>}</>;
}
