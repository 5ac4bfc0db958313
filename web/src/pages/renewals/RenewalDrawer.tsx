// One renewal: the contract, the three intentions beside each other, what comes next, what became of it, who said what.

import { App, Button, Drawer } from 'antd';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { useCustomerRenewals, useSayRenewal } from '../../api/renewals';
import type { RenewalRow, RenewalStep } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Band } from '../../parts/Band';
import { customerAddress } from '../../parts/CustomerName';
import { AdviceButton, RecordButton } from '../../parts/FollowUp';
import { useRefused } from '../../parts/refused';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useNow, useSay } from '../../words/say';
import { isSeen, type Seen } from './address';
import { Due, Money, Outcome, useModelWords } from './Pieces';
import { SayAsk, type What } from './SayAsk';

export const STAGES = ['not_started', 'contacted', 'negotiating', 'signing'];

export function RenewalDrawer({ seen, close }: { seen: Seen | null; close: () => void }) {
  const { t } = useSay();
  const narrow = useNarrow();
  const { data, error, refetch } = useCustomerRenewals(seen?.customer ?? null);
  const row = seen && data?.rows.find((one) => isSeen(one, seen));
  return (
    <Drawer open={seen !== null} onClose={close} size={narrow ? '100%' : 640} title={row ? row.customer_name : t('nav.renewals')} destroyOnHidden>
      {error && !data && <Fault error={error} what={t('nav.renewals')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={5} />}
      {data && !row && <Empty title={t('renewal.missing')}>{t('renewal.missing_text')}</Empty>}
      {data && row && <Renewal row={row} steps={data.steps.filter((one) => one.due_on === row.due_on && (one.contract ?? null) === (row.contract ?? null))} />}
    </Drawer>
  );
}

function Renewal({ row, steps }: { row: RenewalRow; steps: RenewalStep[] }) {
  const { t, sentence, near, day } = useSay();
  const { asOf, canAct } = useMoment();
  const now = useNow(60_000);
  const [asked, ask] = useState<What | null>(null);
  const about = { id: row.customer_id, name: row.customer_name };
  return (
    <div className="stack renewal">
      <dl className="renewal-facts">
        <div><dt>{t('renewal.due_on')}</dt><dd><Due row={row} /></dd></div>
        <div><dt>{t('renewal.amount')}</dt><dd><Money amount={row.amount} />{row.contract && <div className="small quiet clip">{t('renewal.contract', { number: row.contract })}</div>}</dd></div>
        <div><dt>{t('col.band')}</dt><dd><Band verdict={row.verdict} /></dd></div>
        <div><dt>{t('col.owner')}</dt><dd className="clip">{row.owner ?? t('owner.none')}</dd></div>
      </dl>
      {row.reason && <p className="soft">{sentence(row.reason)}</p>}
      <div className="line wrap"><Link className="link" to={withMoment(customerAddress(row.customer_id), asOf)}>{t('customer.all')}</Link><span className="push" /><AdviceButton about={about} /><RecordButton about={about} /></div>
      <Intentions row={row} ask={ask} />
      <Became row={row} ask={ask} />
      {!row.outcome && <Stage row={row} />}
      {!row.outcome && (
        <section>
          <h3>{t('renewal.next')}</h3>
          <div className="line wrap"><span>{row.next_step ?? <span className="quiet">—</span>}{row.next_on && <span className="quiet small"> {day(row.next_on)}</span>}</span><span className="push" />{canAct && <Button size="small" onClick={() => ask('next')}>{t('renewal.set_next')}</Button>}</div>
        </section>
      )}
      <section>
        <h3>{t('renewal.history')}</h3>
        {steps.length === 0 ? <p className="quiet small">{t('renewal.history_none')}</p> : (
          <ol className="renewal-steps small">{steps.map((step) => <li key={step.at + step.what}><span><Step step={step} /></span><span className="quiet nowrap">{t('renewal.by', { who: step.by, when: near(step.at, now) })}</span></li>)}</ol>
        )}
      </section>
      {asked && <SayAsk key={asked} row={row} what={asked} leave={() => ask(null)} />}
    </div>
  );
}

/** Three cards that are never mixed. */
function Intentions({ row, ask }: { row: RenewalRow; ask: (what: What) => void }) {
  const { t, money, near, share } = useSay();
  const { canAct } = useMoment();
  const now = useNow(60_000);
  const words = useModelWords(row);
  const open = canAct && !row.outcome;
  const card = (title: string, word: RenewalRow['judgement'], name: string, act: ReactNode) => (
    <section className="intention">
      <h3 className="small quiet">{title}</h3>
      <div className={word ? `intention-word word-${word.says}` : 'intention-word quiet'}>{name}{word?.amount != null && <span className="number"> {money(word.amount)}</span>}</div>
      {word && <div className="small quiet">{t('renewal.by', { who: word.by, when: near(word.at, now) })}</div>}
      {word?.note && <p className="small soft">{word.note}</p>}
      {act}
    </section>
  );
  return (
    <div className="intentions">
      {card(t('renewal.judgement'), row.judgement, t(`renewal.says.${row.judgement?.says ?? 'none'}`), open && <Button size="small" onClick={() => ask('judgement')}>{t('renewal.say_judgement')}</Button>)}
      {card(t('renewal.answer'), row.answer, t(`renewal.answers.${row.answer?.says ?? 'none'}`), open && <Button size="small" onClick={() => ask('answer')}>{t('renewal.say_answer')}</Button>)}
      <section className="intention">
        <h3 className="small quiet">{t('renewal.model')}</h3>
        <div className={row.model.rate == null ? 'intention-word quiet' : 'intention-word number'}>{row.model.rate == null ? t('renewal.no_record') : share(row.model.rate, 0)}</div>
        {row.model.decided > 0 && <p className="small soft">{words}</p>}
        <p className="small quiet">{t('renewal.model_means')}</p>
      </section>
    </div>
  );
}

/** What became of it: what the facts say, what was said by hand, and whether they contradict. */
function Became({ row, ask }: { row: RenewalRow; ask: (what: What) => void }) {
  const { t, say, money, near } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const sending = useSayRenewal();
  const now = useNow(60_000);
  const { fact, said } = row;
  const byFacts = !fact ? t('renewal.silent')
    : fact.cancelled ? t('renewal.by_cancel', { when: near(fact.at, now) })
      : fact.amount != null && row.amount != null ? t('renewal.by_facts_for', { outcome: t(`renewal.outcome.${fact.outcome}`), before: money(row.amount), after: money(fact.amount) })
        : t('renewal.by_facts', { outcome: t(`renewal.outcome.${fact.outcome}`) });
  const back = () => sending.mutate({ row, said: { what: 'outcome', says: null } }, { onSuccess: () => void message.success(t('renewal.said')), onError: refused });
  return (
    <section>
      <h3>{t('renewal.outcomes')}</h3>
      <div className="stack" style={{ gap: 6 }}>
        <div className="line wrap"><span className={fact ? undefined : 'quiet'}>{byFacts}</span>{row.outcome && <Outcome row={row} />}<span className="push" />{canAct && !row.outcome && <Button size="small" onClick={() => ask('outcome')}>{t('renewal.decide')}</Button>}</div>
        {said && <div className="line wrap"><span>{t('renewal.by_hand', { outcome: t(`renewal.outcome.${said.says}`) })} <span className="small quiet">{t('renewal.by', { who: said.by, when: near(said.at, now) })}</span></span><span className="push" />{canAct && <Button size="small" type="text" loading={sending.isPending} onClick={back}>{t('renewal.take_back')}</Button>}</div>}
        {row.contradicts && fact && said && <p className="small renewal-warn" role="note">{t('renewal.contradicts_text', { fact: t(`renewal.outcome.${fact.outcome}`), said: t(`renewal.outcome.${said.says}`) })}</p>}
        {(row.outcome === 'lost' || row.outcome === 'shrunk') && <div className="line wrap"><span><span className="quiet">{t('renewal.why')} </span>{row.churn_reason_name ? say(row.churn_reason_name) : '—'}</span><span className="push" />{canAct && <Button size="small" onClick={() => ask('reason')}>{t('renewal.why_hint')}</Button>}</div>}
      </div>
    </section>
  );
}

function Stage({ row }: { row: RenewalRow }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const refused = useRefused();
  const sending = useSayRenewal();
  return (
    <section>
      <h3>{t('renewal.stage')}</h3>
      <div className="ask-chips" role="group" aria-label={t('renewal.stage')}>
        {STAGES.map((one) => <button key={one} type="button" className="chip" disabled={!canAct || sending.isPending} aria-pressed={row.stage === one} onClick={() => { if (row.stage !== one) sending.mutate({ row, said: { what: 'stage', says: one } }, { onError: refused }); }}>{t(`renewal.stages.${one}`)}</button>)}
      </div>
    </section>
  );
}

/** One thing that was said, in a line. */
function Step({ step }: { step: RenewalStep }) {
  const { t, money, day, say } = useSay();
  const name = t(`renewal.step.${step.what}`);
  const words = step.what === 'judgement' ? 'says' : step.what === 'answer' ? 'answers' : step.what === 'stage' ? 'stages' : 'outcome';
  if (step.what === 'reason') return <>{name} · {step.says ? say(step.reason_name) : t('renewal.took_back')}</>;
  if (step.what === 'next') return <>{name} · {step.note ?? t('renewal.took_back')}{step.on && <span className="quiet"> {day(step.on)}</span>}</>;
  if (!step.says) return <>{name} · {t('renewal.took_back')}</>;
  return <>{name} · {t(`renewal.${words}.${step.says}`)}{step.amount != null && <span className="number"> {money(step.amount)}</span>}{step.reason_name && ` · ${say(step.reason_name)}`}{step.note && ` · ${step.note}`}</>;
}
