// What was decided: last time first, with whether it was done; this time below, each a task with a person and a day.

import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useDecisions } from '../../api/review';
import type { ReviewDecision, ReviewPage } from '../../api/types';
import { Problem } from '../../api/client';
import { useMoment, withMoment } from '../../frame/moment';
import { Ask, Asked } from '../../parts/Ask';
import { customerAddress } from '../../parts/CustomerName';
import { CustomerSelect } from '../../parts/CustomerSelect';
import { DayChoice } from '../../parts/DayChoice';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import { useStands } from './saying';

const useMay = (page: ReviewPage) => useMoment().canAct && page.people.length > 0;

export function LastDecisions({ page }: { page: ReviewPage }) {
  const { t } = useSay();
  const all = page.last_decisions;
  const done = all.filter((one) => one.done_at !== null).length;
  return (
    <section className="card part" aria-label={t('review.last')}>
      <div className="section-title part-title"><h2>{t('review.last')}</h2>{all.length > 0 && <span className="small quiet number">{t('review.last_done', { done, all: all.length })}</span>}</div>
      {all.length === 0 ? <p className="small quiet">{t('review.last_none')}</p> : <List rows={all} page={page} />}
    </section>
  );
}

export function OwnDecisions({ page }: { page: ReviewPage }) {
  const { t } = useSay();
  const may = useMay(page);
  const [adding, setAdding] = useState(false);
  return (
    <section className="card part" aria-label={t('review.decisions')}>
      <div className="line part-title"><h2>{t('review.decisions')}</h2><span className="push" />{may && <Button size="small" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>{t('review.decide')}</Button>}</div>
      {page.decisions.length === 0 ? <p className="small quiet">{t('review.decisions_none')}</p> : <List rows={page.decisions} page={page} />}
      {adding && <NewDecision page={page} leave={() => setAdding(false)} />}
    </section>
  );
}

function List({ rows, page }: { rows: ReviewDecision[]; page: ReviewPage }) {
  const [changing, setChanging] = useState<ReviewDecision | null>(null);
  return (
    <>
      <ul className="review-decisions">{rows.map((one) => <Decision key={one.id} one={one} page={page} change={() => setChanging(one)} />)}</ul>
      {changing && <ChangeDecision one={changing} now={rows.find((row) => row.id === changing.id) ?? changing} page={page} leave={() => setChanging(null)} />}
    </>
  );
}

function Decision({ one, page, change }: { one: ReviewDecision; page: ReviewPage; change: () => void }) {
  const { t, day } = useSay();
  const may = useMay(page);
  const { asOf } = useMoment();
  const refused = useRefused();
  const stands = useStands();
  const { change: put } = useDecisions();
  const done = one.done_at !== null;
  const isOlder = one.week_on !== page.week_on && one.week_on !== page.previous_on;
  return (
    <li className={done ? 'review-decision review-decision-done' : 'review-decision'}>
      <Checkbox checked={done} disabled={!may || put.isPending} aria-label={t(done ? 'review.undo' : 'review.done', { title: one.title })} onChange={(event) => put.mutate({ id: one.id, version: one.version, done: event.target.checked }, { onError: refused })} />
      <div className="review-decision-words">
        <div>{one.title}</div>
        <div className="small quiet line wrap">{one.customer_id && one.customer_name && <Link className="link" to={withMoment(customerAddress(one.customer_id), asOf)}>{one.customer_name}</Link>}{one.done_by !== one.who && <span className="soft">{one.who}</span>}<span className={one.clock === 'overdue' ? 'clock clock-overdue' : undefined}>{stands(one)}</span>{isOlder && <span>{t('review.from_week', { week: day(one.week_on) })}</span>}</div>
      </div>
      {may && !done && <Button type="text" size="small" aria-label={t('review.change_of', { title: one.title })} onClick={change}>{t('review.change')}</Button>}
    </li>
  );
}

interface Draft { title: string; to: number | null; due: string | null }

interface FieldsProps { page: ReviewPage; draft: Draft; put: (change: Partial<Draft>) => void }

function Fields({ page, draft, put }: FieldsProps) {
  const { t } = useSay();
  return (
    <>
      <Asked label={t('review.what')}><Input.TextArea value={draft.title} maxLength={200} autoSize={{ minRows: 2, maxRows: 4 }} autoFocus aria-label={t('review.what')} placeholder={t('review.what_hint')} onChange={(event) => put({ title: event.target.value })} /></Asked>
      <Asked label={t('review.who')}><Select<number> value={draft.to} aria-label={t('review.who')} placeholder={t('review.who_hint')} onChange={(to) => put({ to })} showSearch={{ optionFilterProp: 'label' }} options={page.people.map((one) => ({ value: one.id, label: one.name }))} /></Asked>
      <Asked label={t('review.due')}><DayChoice label={t('review.due')} value={draft.due} choose={(due) => put({ due })} /></Asked>
    </>
  );
}

const isReady = (draft: Draft) => draft.title.trim() !== '' && draft.to !== null && draft.due !== null;

function NewDecision({ page, leave }: { page: ReviewPage; leave: () => void }) {
  const { t } = useSay();
  const refused = useRefused();
  const { add } = useDecisions();
  const [about, setAbout] = useState<string | null>(null);
  const [draft, setDraft] = useState<Draft>({ title: '', to: page.people.length === 1 ? page.people[0]!.id : null, due: null });
  const send = () => {
    if (draft.to === null || draft.due === null) return;
    add.mutate({ week_on: page.week_on, title: draft.title.trim(), to: draft.to, due_on: draft.due, customer_id: about }, { onSuccess: leave, onError: refused });
  };
  return (
    <Ask title={t('review.decide')} ok={t('review.decide_send')} ready={isReady(draft)} busy={add.isPending} send={send} leave={leave}>
      <Fields page={page} draft={draft} put={(change) => setDraft((before) => ({ ...before, ...change }))} />
      <Asked label={t('review.about')} optional><CustomerSelect value={about} choose={setAbout} clearable /></Asked>
    </Ask>
  );
}

/** What was typed stays when somebody else was faster; sent again, it goes over what they wrote. */
function ChangeDecision({ one, now, page, leave }: { one: ReviewDecision; now: ReviewDecision; page: ReviewPage; leave: () => void }) {
  const { t } = useSay();
  const { change } = useDecisions();
  const [first] = useState<Draft>({ title: one.title, to: one.who_id, due: one.due_on });
  const [draft, setDraft] = useState(first);
  const problem = change.error instanceof Problem ? change.error : null;
  const version = problem?.code === 'version_conflict' ? now.version : one.version;
  const send = () => change.mutate({
    id: one.id, version, title: draft.title.trim(), ...(draft.to !== first.to && draft.to !== null ? { to: draft.to } : {}), ...(draft.due !== first.due && draft.due !== null ? { due_on: draft.due } : {}),
  }, { onSuccess: leave });
  return (
    <Ask title={t('review.change')} ok={t(problem?.code === 'version_conflict' ? 'cases.send_anyway' : 'act.save')} ready={isReady(draft)} busy={change.isPending} send={send} leave={leave}>
      {problem && <div className="ask-changed small" role="alert"><div>{problem.detail}</div><div className="quiet">{problem.hint}</div></div>}
      <Fields page={page} draft={draft} put={(more) => setDraft((before) => ({ ...before, ...more }))} />
    </Ask>
  );
}
