// Rules found in history: what each says, how sure it is on customers that had no say in finding it, what it would have seen
// of the last year, and one step that makes a draft of it. Nothing is switched on here.

import { App, Button } from 'antd';
import { Link } from 'react-router';
import { useDiscovery, type FoundRule, type FoundRules } from '../../api/learning';
import { useRules, useRuleWork, type RuleValue } from '../../api/rules';
import { useMoment, withMoment } from '../../frame/moment';
import { Learning } from '../../parts/Learning';
import { useRefused } from '../../parts/refused';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { useMayChange } from './may';

export function Found() {
  const { t } = useSay();
  const may = useMayChange();
  const refused = useRefused();
  const { page, start, stop } = useDiscovery();
  if (page.error && !page.data) return <Fault error={page.error} what={t('found.title')} again={() => void page.refetch()} />;
  if (!page.data) return <BoneRows rows={4} tall />;
  const run = page.data.run ?? null;
  const button = may && <Button type={run?.answer ? 'default' : 'primary'} loading={start.isPending} disabled={run?.state === 'running'} onClick={() => start.mutate({}, { onError: refused })}>{t(run ? 'found.again' : 'found.look')}</Button>;
  if (!run) return <div className="card"><Empty title={t('found.none_yet')} acts={button}>{t('found.about')}</Empty></div>;
  return (
    <section className="stack" aria-label={t('found.title')}>
      <div className="line wide"><p className="soft" style={{ flex: 1 }}>{t('found.about')}</p>{button}</div>
      <Learning run={run} running={t('found.running')} refused={t('found.refused')} may={may} busy={stop.isPending} stop={() => stop.mutate(undefined, { onError: refused })} />
      {run.answer && <Answer answer={run.answer} days={run.horizon_days} may={may} />}
    </section>
  );
}

function Answer({ answer, days, may }: { answer: FoundRules; days: number; may: boolean }) {
  const { t, say, count, share, day } = useSay();
  const { looked } = answer;
  return (
    <>
      <p className="small soft">{t('found.looked', { first: day(looked.first), last: day(looked.last), customers: count(looked.customers), leavers: count(looked.leavers), tested: count(answer.tested), base: share(answer.base, 1), days })}</p>
      {answer.leaks.length > 0 && <p className="small quiet">{t('found.leaks', { list: answer.leaks.map(say).join(t('punctuation.list')) })}</p>}
      {answer.rules.length === 0
        ? <div className="card"><Empty title={t('found.nothing')} scene={false}>{t('found.nothing_text')}</Empty></div>
        : <ul className="card rule-list found-list">{answer.rules.map((one) => <Item key={one.id} one={one} days={days} may={may} />)}</ul>}
      {answer.rules.some((one) => one.replay) && <p className="small quiet">{t('found.flatters')}</p>}
    </>
  );
}

function Item({ one, days, may }: { one: FoundRule; days: number; may: boolean }) {
  const { t, say, sentence, count, share } = useSay();
  const { asOf } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const { data: rules } = useRules();
  const { draft } = useRuleWork();
  const { confirmed, precision, replay } = one;
  const known = rules?.find((rule) => rule.id === one.id);
  const make = () => draft.mutate(
    { id: one.id, asked: { rule: one.rule as RuleValue }, note: t('found.note'), version: null },
    { onSuccess: () => void message.success(t('found.made')), onError: refused },
  );
  const figures: [string, string, string?][] = [
    ['confirmed', t('found.left_of', { left: count(confirmed.left), rows: count(confirmed.rows) }), t('found.interval', { share: share(precision.share, 0), low: share(precision.low, 0), high: share(precision.high, 0) })],
    ['lift', t('found.times', { times: count(one.lift, 1) }), t('found.recall', { share: share(one.recall, 0) })],
    ['found', t('found.left_of', { left: count(one.found.left), rows: count(one.found.rows) }), t('found.people', { count: one.found.customers, shown: count(one.found.customers) })],
    ...(replay ? [['replay', t('rules.proof.counts', { caught: count(replay.counts.caught), leavers: count(replay.counts.leavers), wrong: count(replay.counts.false_alarms) })] as [string, string]] : []),
  ];
  return (
    <li className="found-item">
      <div className="found-words"><h2>{sentence(one.sentence)}</h2>{replay && <p className="small soft">{say(replay.headline)}</p>}</div>
      <dl className="found-figures small">
        {figures.map(([key, told, more]) => <div key={key}><dt>{t(`found.figures.${key}`, { days })}</dt><dd className="number">{told}{more && <span className="quiet"> {more}</span>}</dd></div>)}
      </dl>
      <div className="found-act">
        {known
          ? <Link className="chip" to={withMoment(`/rules/${encodeURIComponent(one.id)}`, asOf)}>{t('found.see')}</Link>
          : may && <Button size="small" loading={draft.isPending} onClick={make} aria-label={t('found.make_of', { rule: say(one.sentence) })}>{t('found.make')}</Button>}
      </div>
    </li>
  );
}
