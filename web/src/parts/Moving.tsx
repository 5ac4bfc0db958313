// The moves of a case, wherever they are begun: a button, a menu, a card dropped on a column. What a move asks is asked
// once for the whole page; when somebody was faster, what changed is said and what was typed stays.

import { App, Button, Dropdown, Input, Radio, Select } from 'antd';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { Problem } from '../api/client';
import { useCase, useCaseReader, useMoveCase } from '../api/cases';
import type { CaseMove, CaseRow, CaseWork, MoveCase } from '../api/types';
import { useMoment } from '../frame/moment';
import { useSay } from '../words/say';
import { Ask, Asked } from './Ask';
import { Ending, isEnded, OPEN_END, sentEnding } from './Ending';
import { Icon } from './Icon';
import { useRefused } from './refused';

interface Mover {
  /** One of these moves: at once where nothing is asked and nothing to choose. */
  begin: (work: CaseWork, moves: CaseMove[]) => void;
  /** Whatever moves the case into a stage; says what can be done instead where nothing does. */
  bring: (row: CaseRow, stage: string) => void;
  busy: number | null;
}

const MoverContext = createContext<Mover>({ begin: () => undefined, bring: () => undefined, busy: null });
export const useMover = () => useContext(MoverContext);

export function Moving({ children }: { children: ReactNode }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const read = useCaseReader();
  const move = useMoveCase();
  const [asked, setAsked] = useState<{ work: CaseWork; moves: CaseMove[] } | null>(null);
  const told = useCallback((name: string, row: CaseRow) => void message.success(t('cases.moved', { move: name, name: row.customer_name })), [message, t]);
  const begin = useCallback(
    (work: CaseWork, moves: CaseMove[]) => {
      const [only, ...others] = moves;
      if (!only) return;
      if (others.length > 0 || only.asks.length > 0) setAsked({ work, moves });
      else move.mutate({ id: work.case.id, version: work.case.version, move: only.id }, { onSuccess: () => told(say(only.name), work.case), onError: refused });
    },
    [move, told, say, refused],
  );
  const bring = useCallback(
    (row: CaseRow, stage: string) =>
      void read(row.id).then((work) => {
        const fit = work.moves.filter((one) => one.to === stage);
        // Of several that ask nothing there is nothing to choose: what lies on somebody's desk is accepted, the rest claimed.
        const plain = fit.every((one) => one.asks.length === 0) ? (fit.find((one) => one.does === (work.case.assigned_to ? 'acknowledge' : 'claim')) ?? fit[0]) : undefined;
        if (fit.length > 0) begin(work, plain ? [plain] : fit);
        else void message.warning(work.moves.length > 0 ? t('cases.cannot_bring', { list: work.moves.map((one) => say(one.name)).join(t('punctuation.list')) }) : t('cases.cannot_move'), 5);
      }, refused),
    [read, begin, message, say, t, refused],
  );
  const mover = useMemo<Mover>(() => ({ begin, bring, busy: move.isPending ? move.variables.id : null }), [begin, bring, move.isPending, move.variables]);
  return (
    <MoverContext.Provider value={mover}>
      {children}
      {asked && <MoveAsk key={asked.work.case.id} begun={asked.work} moves={asked.moves} leave={() => setAsked(null)} told={told} />}
    </MoverContext.Provider>
  );
}

const EMPTY = { note: '', reason: '', to: null as number | null, ended: OPEN_END };
type Answers = typeof EMPTY;

/** Whether what a move needs has been said. */
function isSaid(move: CaseMove, { note, reason, to, ended }: Answers): boolean {
  return move.asks.every(({ field, required }) => {
    if (field === 'churn_reason') return !move.asks.some((one) => one.field === 'outcome') || isEnded(ended);
    if (!required) return true;
    if (field === 'note') return note.trim() !== '';
    if (field === 'reason') return reason.trim() !== '';
    if (field === 'person') return to !== null;
    return isEnded(ended);
  });
}

/** What is sent: only what the move asks. */
function answersOf(move: CaseMove, { note, reason, to, ended }: Answers): Omit<MoveCase, 'version'> {
  const asks = (field: string) => move.asks.some((one) => one.field === field);
  return {
    move: move.id,
    ...(asks('note') && note.trim() ? { note: note.trim() } : {}),
    ...(asks('reason') ? { reason: reason.trim() } : {}),
    ...(asks('person') ? { to } : {}),
    ...(asks('outcome') ? sentEnding(ended) : {}),
  };
}

interface MoveAskProps { begun: CaseWork; moves: CaseMove[]; leave: () => void; told: (move: string, row: CaseRow) => void }

function MoveAsk({ begun, moves, leave, told }: MoveAskProps) {
  const { t, say } = useSay();
  const { data: fresh = begun } = useCase(begun.case.id);
  const send = useMoveCase();
  const [chosen, setChosen] = useState(moves[0]!.id);
  const [answers, setAnswers] = useState<Answers>(EMPTY);
  // The version that was seen when the question was put; once a conflict was shown, the present one.
  const [overtaken, setOvertaken] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const move = moves.find((one) => one.id === chosen)!;
  const allowed = fresh.moves.some((one) => one.id === chosen);
  const put = (change: Partial<Answers>) => setAnswers((before) => ({ ...before, ...change }));
  const go = () =>
    send.mutate({ id: begun.case.id, version: (overtaken ? fresh : begun).case.version, ...answersOf(move, answers) }, {
      onSuccess: () => { told(say(move.name), begun.case); leave(); },
      onError: (error) => {
        const refusal = error instanceof Problem ? error : null;
        setProblem(refusal);
        if (refusal?.code === 'version_conflict') setOvertaken(true);
      },
    });
  return (
    <Ask
      title={t('cases.move_title', { move: moves.length > 1 ? t('cases.move') : say(move.name), name: begun.case.customer_name })}
      ok={overtaken ? t('cases.send_anyway') : say(move.name)} ready={isSaid(move, answers) && (allowed || !problem)} busy={send.isPending} send={go} leave={leave}
    >
      {problem && <Refused problem={problem} allowed={allowed} work={fresh} />}
      {moves.length > 1 && (
        <Radio.Group value={chosen} onChange={(event) => setChosen(event.target.value as string)} aria-label={t('cases.move')} options={moves.map((one) => ({ value: one.id, label: say(one.name) }))} />
      )}
      {move.asks.map(({ field, required }) => <Answer key={field} field={field} required={required} does={move.does} answers={answers} put={put} work={fresh} />)}
    </Ask>
  );
}

/** What the server refused, and where the case stands now. */
export function Refused({ problem, allowed, work }: { problem: Problem; allowed: boolean; work: CaseWork }) {
  const { t, say } = useSay();
  const changed = problem.code === 'version_conflict';
  return (
    <div className="ask-changed" role="alert">
      <b>{changed ? t('cases.changed') : problem.detail || t('case.failed')}</b>
      {changed && <span>{problem.detail}</span>}
      {!changed && problem.hint && <span className="soft">{problem.hint}</span>}
      {changed && <span className="small soft">{t('cases.now', { stage: say(work.case.stage_name), who: work.case.assigned_name ?? work.case.assigned_to ?? t('owner.none') })} {t('cases.typed_stays')}</span>}
      {!allowed && <span className="small soft">{work.moves.length > 0 ? t('cases.cannot_bring', { list: work.moves.map((one) => say(one.name)).join(t('punctuation.list')) }) : t('cases.cannot_move')}</span>}
    </div>
  );
}

interface AnswerProps { field: string; required: boolean; does: string; answers: Answers; put: (change: Partial<Answers>) => void; work: CaseWork }

function Answer({ field, required, does, answers, put, work }: AnswerProps) {
  const { t } = useSay();
  if (field === 'outcome') return <Ending value={answers.ended} set={(ended) => put({ ended })} type={work.case.type_id} />;
  if (field === 'person') {
    return (
      <Asked label={t('cases.to')} optional={!required}>
        <Select<number> value={answers.to} aria-label={t('cases.to')} placeholder={t('cases.to_hint')} onChange={(to) => put({ to })} showSearch={{ optionFilterProp: 'label' }} options={work.people.map((one) => ({ value: one.id, label: one.name }))} />
      </Asked>
    );
  }
  if (field === 'reason') {
    return (
      <Asked label={t('cases.reason')} optional={!required}>
        <Input.TextArea value={answers.reason} rows={3} maxLength={500} aria-label={t('cases.reason')} placeholder={t(`cases.reason_hint.${does}`, { defaultValue: t('cases.reason_hint.other') })} onChange={(event) => put({ reason: event.target.value })} />
      </Asked>
    );
  }
  if (field === 'note') {
    return (
      <Asked label={t('case.note')} optional={!required}>
        <Input.TextArea value={answers.note} rows={3} maxLength={2000} aria-label={t('case.note')} placeholder={t(`cases.note_hint.${does}`, { defaultValue: t('cases.note_hint.other') })} onChange={(event) => put({ note: event.target.value })} />
      </Asked>
    );
  }
  return null;
}

/** Everything that this person may do to a case, asked for when the menu opens. */
export function MoveMenu({ row, size = 'small' }: { row: CaseRow; size?: 'small' | 'middle' }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const { begin } = useMover();
  const [open, setOpen] = useState(false);
  const { data: work, error } = useCase(open ? row.id : null);
  if (!canAct) return null;
  const items = work && !error
    ? work.moves.map((one) => ({ key: one.id, label: say(one.name), onClick: () => begin(work, [one]) }))
    : [{ key: 'wait', disabled: true, label: error ? t('fault.server') : t('state.loading') }];
  return (
    // Choosing from the menu is not opening the row beneath it.
    <span onClick={(event) => event.stopPropagation()} role="presentation">
      <Dropdown open={open} onOpenChange={setOpen} trigger={['click']} menu={{ items: items.length > 0 ? items : [{ key: 'none', disabled: true, label: t('cases.cannot_move') }] }}>
        <Button type="text" size={size} className="move-menu" aria-label={t('desk.more_label', { name: row.customer_name })} icon={<Icon name="more" size={16} />} />
      </Dropdown>
    </span>
  );
}
