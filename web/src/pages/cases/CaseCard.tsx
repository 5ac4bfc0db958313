// A case as a card: by when, whom, why, in whose hands. The same on the board and on a phone.

import { Link } from 'react-router';
import type { CaseRow } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Value } from '../../parts/Amount';
import { CaseButton, Clock } from '../../parts/CaseWork';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { MoveMenu } from '../../parts/Moving';
import { Severity } from '../../parts/Severity';
import { useSay } from '../../words/say';
import { caseAddress } from './address';

export const workOf = (row: CaseRow) => ({ id: row.id, version: row.version, state: row.state, customer: row.customer_name });

/** From this many hand-overs in a row with nothing done a case is said to be passed around. */
export const MANY_PASSES = 2;

/** The clock that runs, and what it waits for; of a closed case its outcome. */
export function Due({ row, now }: { row: CaseRow; now: string }) {
  const { t, say, near } = useSay();
  if (row.state === 'closed') {
    return <div><div>{row.outcome_name ? say(row.outcome_name) : t('case_state.closed')}</div>{row.closed_at && <div className="small quiet nowrap">{near(row.closed_at, now)}</div>}</div>;
  }
  if (!row.due_at) return <span className="small quiet">{t('cases.no_clock')}</span>;
  return (
    <div>
      <Clock due={row.due_at} clock={row.clock} now={now} />
      {row.due_for && <div className="small quiet nowrap">{t(`cases.due_for.${row.due_for}`)}</div>}
    </div>
  );
}

/** Why it was opened: what its alerts say, else what a person wrote. */
export function Why({ row }: { row: CaseRow }) {
  const { sentence, t } = useSay();
  const said = row.alerts.map((one) => sentence(one.sentence));
  const words = row.about ?? said.join(t('punctuation.stop'));
  return <span className="clip-2" title={words}>{words || <span className="quiet">—</span>}</span>;
}

export function Holder({ row }: { row: CaseRow }) {
  const { t } = useSay();
  const name = row.assigned_name ?? row.assigned_to;
  return <span className={name ? 'soft clip' : 'quiet clip'} style={{ display: 'block' }}>{name ?? t('cases.nobody')}</span>;
}

/** Open tasks, comments, and what should not be: passed around, urged, escalated, opened again. */
export function Marks({ row }: { row: CaseRow }) {
  const { t } = useSay();
  const open = row.state !== 'closed';
  if (row.open_task_count + row.comment_count + row.reopened_count === 0 && !(open && (row.passes >= MANY_PASSES || row.nudge_count > 0 || row.escalated_at))) return null;
  return (
    <span className="case-marks small quiet">
      {row.open_task_count > 0 && <Hint say={() => t('cases.tasks_open', { count: row.open_task_count })}><Icon name="check" size={14} />{row.open_task_count}</Hint>}
      {row.comment_count > 0 && <Hint say={() => t('cases.comments_count', { count: row.comment_count })}><Icon name="chat" size={14} />{row.comment_count}</Hint>}
      {open && row.passes >= MANY_PASSES && <Hint className="case-mark" say={() => t('cases.passes_means', { count: row.passes })}>{t('cases.passes', { count: row.passes })}</Hint>}
      {open && row.nudge_count > 0 && <Hint className="case-mark" say={() => t('cases.nudged_means', { count: row.nudge_count })}>{t('cases.nudged')}</Hint>}
      {open && row.escalated_at && <span className="case-mark">{t('cases.escalated')}</span>}
      {row.reopened_count > 0 && <Hint className="case-mark" say={() => t('cases.reopened_means', { count: row.reopened_count })}>{t('cases.reopened')}</Hint>}
    </span>
  );
}

export function CaseCard({ row, now, query, board = false }: { row: CaseRow; now: string; query: URLSearchParams; board?: boolean }) {
  const { say } = useSay();
  const { asOf } = useMoment();
  const value = row.alerts[0]?.value;
  const worth = value?.value != null && <Value figure={value} asOf={now} />;
  return (
    <div className="case-card">
      <div className="line case-card-top"><Severity severity={row.severity} /><Due row={row} now={now} /><span className="push" /><MoveMenu row={row} size={board ? 'small' : 'middle'} /></div>
      <div className="line"><Link to={withMoment(caseAddress(row.id, query), asOf)} className={board ? 'sheet-name clip-2' : 'sheet-name clip'} title={row.customer_name}>{row.customer_name}</Link>{!board && <span className="push" />}{!board && worth}</div>
      <div className="soft small"><Why row={row} /></div>
      <div className="line case-card-foot">
        <Holder row={row} />
        {!board && <span className="small quiet nowrap">{say(row.stage_name)}</span>}
        <span className="push" /><Marks row={row} />
        {board && <span className="small">{worth}</span>}
        {!board && row.state === 'new' && <CaseButton work={workOf(row)} size="middle" />}
      </div>
    </div>
  );
}
