// Single steps of a case: for one person, by a day; ticked off when done.

import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { useNewTask, useTaskChange } from '../../api/cases';
import { Problem } from '../../api/client';
import { useDecisions } from '../../api/review';
import type { CaseTask, CaseWork, ReviewDecision } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Ask, Asked } from '../../parts/Ask';
import { Clock } from '../../parts/CaseWork';
import { DayChoice } from '../../parts/DayChoice';
import { useFollowUp } from '../../parts/FollowUp';
import { Icon } from '../../parts/Icon';
import { Refused } from '../../parts/Moving';
import { useRefused } from '../../parts/refused';
import { isoDay } from '../../words/moment';
import { useSay } from '../../words/say';
import { useStands } from '../review/saying';

interface Draft { title: string; to: number | null; due: string | null }
const NEW: Draft = { title: '', to: null, due: null };

export function Tasks({ work, now }: { work: CaseWork; now: string }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const may = canAct && work.can_work;
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<CaseTask | null>(null);
  const open = work.tasks.filter((one) => !one.done_at).length;
  return (
    <section className="card part" aria-label={t('cases.tasks')}>
      <div className="line part-title"><h2>{t('cases.tasks')}</h2>{open > 0 && <span className="small quiet number">{open}</span>}<span className="push" />{may && <Button size="small" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>{t('cases.task_add')}</Button>}</div>
      {work.tasks.length + work.decisions.length === 0 && <p className="small quiet">{t('cases.tasks_none')}</p>}
      {work.tasks.length > 0 && <ul className="tasks">{work.tasks.map((task) => <Task key={task.id} work={work} task={task} now={now} may={may} change={setChanging} />)}</ul>}
      {work.decisions.length > 0 && <ul className="tasks" aria-label={t('cases.decisions')}>{work.decisions.map((one) => <Decided key={one.id} one={one} may={canAct} />)}</ul>}
      {adding && <NewTask work={work} leave={() => setAdding(false)} />}
      {changing && <ChangeTask work={work} task={changing} leave={() => setChanging(null)} />}
    </section>
  );
}

interface TaskProps { work: CaseWork; task: CaseTask; now: string; may: boolean; change: (task: CaseTask) => void }

function Task({ work, task, now, may, change }: TaskProps) {
  const { t, say, near, dayTime } = useSay();
  const refused = useRefused();
  const put = useTaskChange();
  const { record } = useFollowUp();
  const done = task.done_at !== null;
  return (
    <li className={done ? 'task task-done' : 'task'}>
      <Checkbox checked={done} disabled={!may || put.isPending} aria-label={t(done ? 'cases.task_undo' : 'cases.task_done', { title: task.title })} onChange={(event) => put.mutate({ id: work.case.id, task: task.id, version: task.version, done: event.target.checked }, { onSuccess: () => { if (task.advice && !done) record({ id: work.case.customer_id, name: work.case.customer_name }, task.title); }, onError: refused })} />
      <div className="task-words">
        <div>{task.title}</div>
        <div className="small quiet line wrap">
          <span>{task.who ?? t('cases.task_nobody')}</span>
          {task.advice && <span>{t(task.advice.version > 0 ? 'cases.task_advice_own' : 'cases.task_advice', { name: say(task.advice.name), version: task.advice.version })}</span>}
          {done ? <span title={dayTime(task.done_at ?? '')}>{t('cases.task_done_by', { who: task.done_by ?? '', when: near(task.done_at ?? '', now) })}</span> : task.due_at && <Clock due={task.due_at} clock={task.clock} now={now} />}
        </div>
      </div>
      {may && !done && <Button type="text" size="small" aria-label={t('cases.task_change', { title: task.title })} onClick={() => change(task)}>{t('cases.change')}</Button>}
    </li>
  );
}

/** What a weekly review decided about this customer. */
function Decided({ one, may }: { one: ReviewDecision; may: boolean }) {
  const { t, day } = useSay();
  const stands = useStands();
  const refused = useRefused();
  const { change } = useDecisions();
  return (
    <li className="task">
      <Checkbox checked={false} disabled={!may || change.isPending} aria-label={t('review.done', { title: one.title })} onChange={() => change.mutate({ id: one.id, version: one.version, done: true }, { onError: refused })} />
      <div className="task-words">
        <div>{one.title}</div>
        <div className="small quiet line wrap"><span>{one.who}</span><span>{t('cases.decided', { week: day(one.week_on) })}</span><span className={one.clock === 'overdue' ? 'clock clock-overdue' : undefined}>{stands(one)}</span></div>
      </div>
    </li>
  );
}

interface TaskFieldsProps {
  work: CaseWork;
  draft: Draft;
  put: (change: Partial<Draft>) => void;
  /** A day and a person that were given can be changed, not taken away. */
  keeps?: boolean;
}

function TaskFields({ work, draft, put, keeps = false }: TaskFieldsProps) {
  const { t } = useSay();
  return (
    <>
      <Asked label={t('cases.task_title')}>
        <Input value={draft.title} maxLength={200} autoFocus aria-label={t('cases.task_title')} placeholder={t('cases.task_hint')} onChange={(event) => put({ title: event.target.value })} />
      </Asked>
      <Asked label={t('cases.task_due')} optional>
        <DayChoice label={t('cases.task_due')} value={draft.due} choose={(due) => { if (due !== null || !keeps) put({ due }); }} />
      </Asked>
      <Asked label={t('cases.task_who')} optional>
        <Select<number> allowClear={!keeps} value={draft.to} aria-label={t('cases.task_who')} placeholder={t('cases.task_who_hint')} onChange={(to: number | undefined) => put({ to: to ?? null })} showSearch={{ optionFilterProp: 'label' }} options={work.people.map((one) => ({ value: one.id, label: one.name }))} />
      </Asked>
    </>
  );
}

interface AskTaskProps { work: CaseWork; leave: () => void }

function NewTask({ work, leave }: AskTaskProps) {
  const { t } = useSay();
  const make = useNewTask();
  const [draft, setDraft] = useState(NEW);
  const send = () => make.mutate({ id: work.case.id, title: draft.title.trim(), to: draft.to, due: draft.due }, { onSuccess: leave });
  return (
    <Ask title={t('cases.task_add')} ok={t('act.add')} ready={draft.title.trim() !== ''} busy={make.isPending} send={send} leave={leave}>
      {make.error instanceof Problem && <Refused problem={make.error} allowed work={work} />}
      <TaskFields work={work} draft={draft} put={(change) => setDraft((before) => ({ ...before, ...change }))} />
    </Ask>
  );
}

function ChangeTask({ work, task, leave }: AskTaskProps & { task: CaseTask }) {
  const { t, zone } = useSay();
  const put = useTaskChange();
  const [first] = useState<Draft>({ title: task.title, to: task.who_id, due: task.due_at ? isoDay(task.due_at, zone) : null });
  const [draft, setDraft] = useState(first);
  const [overtaken, setOvertaken] = useState(false);
  const present = work.tasks.find((one) => one.id === task.id) ?? task;
  const send = () =>
    put.mutate({ id: work.case.id, task: task.id, version: (overtaken ? present : task).version, title: draft.title.trim(), ...(draft.to === first.to ? {} : { to: draft.to }), ...(draft.due === first.due ? {} : { due: draft.due }) }, {
      onSuccess: leave,
      onError: (error) => { if (error instanceof Problem && error.code === 'version_conflict') setOvertaken(true); },
    });
  return (
    <Ask title={t('cases.task_change_title')} ok={overtaken ? t('cases.send_anyway') : t('act.save')} ready={draft.title.trim() !== '' && !present.done_at} busy={put.isPending} send={send} leave={leave}>
      {put.error instanceof Problem && <Refused problem={put.error} allowed work={work} />}
      <TaskFields work={work} draft={draft} put={(change) => setDraft((before) => ({ ...before, ...change }))} keeps />
    </Ask>
  );
}
