// One thing said of a renewal: what the owner judges, what the customer answered, what comes next, what became of it, why.
// What was typed stays when somebody else was faster.

import { App, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useCaseTypes } from '../../api/cases';
import { useCustomerRenewals, useSayRenewal, type Saying } from '../../api/renewals';
import type { RenewalRow } from '../../api/types';
import { Ask, Asked } from '../../parts/Ask';
import { DayChoice } from '../../parts/DayChoice';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import { keyOf } from './address';

export type What = 'judgement' | 'answer' | 'next' | 'outcome' | 'reason';

const INTENTIONS = ['renew', 'shrink', 'unsure', 'leave'];
const OUTCOMES = ['renewed', 'shrunk', 'lost'];

interface Draft { says: string | null; amount: number | null; note: string; on: string | null; reason: string | null }

function draftOf(row: RenewalRow, what: What): Draft {
  const word = what === 'judgement' ? row.judgement : what === 'answer' ? row.answer : what === 'outcome' ? row.said : null;
  const note = what === 'next' ? row.next_step : word?.note;
  return { says: word?.says ?? null, amount: word?.amount ?? null, note: note ?? '', on: what === 'next' ? (row.next_on ?? null) : null, reason: row.churn_reason ?? null };
}

/** Whether an amount belongs to what is said, and must. */
const amountOf = (says: string | null) => (says === 'shrink' || says === 'shrunk' ? 'needed' : says === 'renew' || says === 'renewed' ? 'may' : 'none');

function isReady(what: What, draft: Draft): boolean {
  if (what === 'next') return draft.note.trim() !== '';
  if (what === 'reason') return draft.reason !== null;
  if (draft.says === null) return false;
  return what === 'answer' || ((amountOf(draft.says) !== 'needed' || draft.amount !== null) && (draft.says !== 'lost' || draft.reason !== null));
}

function saidOf(what: What, { says, amount, note, on, reason }: Draft): Saying['said'] {
  const told = note.trim() || null;
  if (what === 'next') return { what, note: told, on };
  if (what === 'reason') return { what, says: reason };
  if (what === 'answer') return { what, says, note: told };
  const worth = amountOf(says) === 'none' ? null : amount;
  if (what === 'judgement') return { what, says, amount: worth, note: told };
  return { what, says, amount: worth, churn_reason: says === 'renewed' ? null : reason };
}

export function SayAsk({ row, what, leave }: { row: RenewalRow; what: What; leave: () => void }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const sending = useSayRenewal();
  const { data: types } = useCaseTypes();
  const { data } = useCustomerRenewals(row.customer_id);
  const [draft, setDraft] = useState(() => draftOf(row, what));
  const put = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  // After a refusal the present version is read, so that sending again is sending on purpose.
  const present = data?.rows.find((one) => keyOf(one) === keyOf(row)) ?? row;
  const send = () => sending.mutate({ row: present, said: saidOf(what, draft) }, { onSuccess: () => { void message.success(t('renewal.said')); leave(); }, onError: refused });
  const words = what === 'answer' ? 'renewal.answers' : what === 'outcome' ? 'renewal.outcome' : 'renewal.says';
  const title = what === 'next' ? t('renewal.next') : what === 'reason' ? t('renewal.why') : what === 'answer' ? t('renewal.answer') : what === 'outcome' ? t('renewal.decide') : t('renewal.judgement');
  const amount = what === 'answer' ? 'none' : amountOf(draft.says);
  const chips = (all: string[], value: string | null, name: (one: string) => string, choose: (one: string) => void, label: string) => (
    <div className="ask-chips" role="group" aria-label={label}>{all.map((one) => <button key={one} type="button" className="chip" aria-pressed={value === one} onClick={() => choose(one)}>{name(one)}</button>)}</div>
  );
  const reasons = types?.churn_reasons ?? [];
  return (
    <Ask title={`${title} · ${row.customer_name}`} ok={t('renewal.save')} ready={isReady(what, draft)} busy={sending.isPending} send={send} leave={leave}>
      {(what === 'judgement' || what === 'answer' || what === 'outcome') && (
        <Asked label={title}>{chips(what === 'outcome' ? OUTCOMES : INTENTIONS, draft.says, (one) => t(`${words}.${one}`), (says) => put({ says }), title)}{what === 'outcome' && <span className="small quiet">{t('renewal.decide_hint')}</span>}</Asked>
      )}
      {amount !== 'none' && (
        <Asked label={t(amount === 'needed' ? 'renewal.amount_less' : 'renewal.amount_renewed')} optional={amount === 'may'}>
          <InputNumber<number> value={draft.amount} min={0.01} precision={2} style={{ width: 200 }} aria-label={t('renewal.amount')} onChange={(next) => put({ amount: next })} />
        </Asked>
      )}
      {(what === 'reason' || (what === 'outcome' && (draft.says === 'lost' || draft.says === 'shrunk'))) && (
        <Asked label={t('renewal.why')} optional={draft.says === 'shrunk'}>{chips(reasons.map((one) => one.id), draft.reason, (id) => say(reasons.find((one) => one.id === id)?.name), (reason) => put({ reason }), t('renewal.why'))}</Asked>
      )}
      {what === 'next' && (
        <>
          <Asked label={t('renewal.next_step')}><Input value={draft.note} maxLength={200} placeholder={t('renewal.next_hint')} aria-label={t('renewal.next_step')} onChange={(event) => put({ note: event.target.value })} /></Asked>
          <Asked label={t('renewal.next_on')} optional><DayChoice label={t('renewal.next_on')} value={draft.on} choose={(on) => put({ on })} /></Asked>
        </>
      )}
      {(what === 'judgement' || what === 'answer') && (
        <Asked label={t('renewal.note')} optional><Input.TextArea value={draft.note} rows={2} maxLength={500} placeholder={t('renewal.note_hint')} aria-label={t('renewal.note')} onChange={(event) => put({ note: event.target.value })} /></Asked>
      )}
    </Ask>
  );
}
