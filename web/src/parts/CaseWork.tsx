// 受理 and 结案: the two acts on a case, wherever it is shown.

import { App, Button, Input, Modal } from 'antd';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { useCase } from '../api/cases';
import { Problem } from '../api/client';
import { useCaseWork, type CaseRef } from '../api/reading';
import { useMoment } from '../frame/moment';
import { useSay } from '../words/say';
import { Ending, isEnded, OPEN_END, sentEnding } from './Ending';
import { Hint } from './Hint';

export interface Workable extends CaseRef {
  state: string;
  customer: string;
}

interface Desk {
  accept: (work: Workable) => void;
  close: (work: Workable) => void;
  busy: number | null;
}

const DeskContext = createContext<Desk>({ accept: () => undefined, close: () => undefined, busy: null });
export const useDesk = () => useContext(DeskContext);

/** Holds the closing dialog once for the whole frame. */
export function CaseDesk({ children }: { children: ReactNode }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const { accept, close } = useCaseWork();
  const [closing, setClosing] = useState<Workable | null>(null);
  const [ended, setEnded] = useState(OPEN_END);
  const [note, setNote] = useState('');
  // How a case may end is said by its type.
  const { data: standing } = useCase(closing?.id ?? null);

  const refuse = useCallback(
    (error: unknown) => {
      const problem = error instanceof Problem ? error : null;
      void message.error(problem?.detail || t(problem?.code === 'version_conflict' ? 'case.conflict' : 'case.failed'), 6);
    },
    [message, t],
  );
  const desk = useMemo<Desk>(
    () => ({
      accept: (work) =>
        accept.mutate(work, { onSuccess: () => void message.success(t('case.accepted', { name: work.customer })), onError: refuse }),
      close: (work) => {
        setEnded(OPEN_END);
        setNote('');
        setClosing(work);
      },
      busy: accept.isPending ? accept.variables.id : close.isPending ? close.variables.id : null,
    }),
    [accept, close, message, t, refuse],
  );
  const send = () => {
    const { outcome, churn_reason } = sentEnding(ended);
    if (!closing || !outcome) return;
    close.mutate(
      { id: closing.id, version: closing.version, outcome, churn_reason, note: note.trim() || null },
      {
        onSuccess: () => { setClosing(null); void message.success(t('case.closed', { name: closing.customer })); },
        // What was typed stays; sent again, it goes with the case as it is now.
        onError: (error) => { refuse(error); setClosing({ ...closing, version: undefined }); },
      },
    );
  };

  return (
    <DeskContext.Provider value={desk}>
      {children}
      <Modal
        open={closing !== null}
        title={t('case.close_title', { name: closing?.customer ?? '' })}
        okText={t('act.close_case')}
        cancelText={t('act.cancel')}
        okButtonProps={{ disabled: !isEnded(ended), loading: close.isPending }}
        onOk={send}
        onCancel={() => setClosing(null)}
        destroyOnHidden
        width={480}
      >
        <div className="stack" style={{ padding: '8px 0' }}>
          <Ending value={ended} set={setEnded} type={standing?.case.type_id} />
          <Input.TextArea value={note} onChange={(event) => setNote(event.target.value)} placeholder={t('case.note_hint')} aria-label={t('case.note')} rows={3} maxLength={2000} />
        </div>
      </Modal>
    </DeskContext.Provider>
  );
}

/** The one act that a case waits for. */
export function CaseButton({ work, size = 'small', block = false, primary = false }: { work: Workable; size?: 'small' | 'middle' | 'large'; block?: boolean; primary?: boolean }) {
  const { t } = useSay();
  const { canAct, asOf } = useMoment();
  const desk = useDesk();
  if (work.state === 'closed') return null;
  const isNew = work.state === 'new';
  const button = (
    <Button
      size={size}
      block={block}
      {...(isNew && !primary ? { color: 'primary', variant: 'filled' } : { type: primary ? 'primary' : 'default' })}
      disabled={!canAct}
      loading={desk.busy === work.id}
      onClick={(event) => {
        event.stopPropagation();
        if (isNew) desk.accept(work);
        else desk.close(work);
      }}
    >
      {isNew ? t('act.accept') : t('act.close_case')}
    </Button>
  );
  return canAct ? button : <Hint say={() => (asOf ? t('as_of.no_act') : t('case.readonly'))}>{button}</Hint>;
}

/** 到时限: in words, the moment on hover. */
export function Clock({ due, clock, now }: { due: string; clock?: string | null; now: string }) {
  const { t, near, dayTime, daysBetween } = useSay();
  const days = daysBetween(due, now);
  const late = new Date(due) < new Date(now);
  const kind = clock ?? (late ? 'overdue' : days === 0 ? 'due_today' : 'on_time');
  const words = kind === 'overdue'
    ? (days > 0 ? t('clock.overdue_days', { count: days }) : t('clock.overdue'))
    : days < -1 ? t('clock.left', { count: -days }) : t('clock.by', { when: near(due, now) });
  return (
    <Hint className={`clock clock-${kind}`} say={() => `${t('clock.due_at')} ${dayTime(due)}`}>{words}</Hint>
  );
}
