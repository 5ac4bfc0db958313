// What waits for me besides the list: tasks of cases and what a weekly review decided, ticked off here, one step from the
// case.

import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useTaskChange, useWaiting } from '../../api/cases';
import { useDecisions } from '../../api/review';
import type { WaitingRow } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Clock } from '../../parts/CaseWork';
import { customerAddress } from '../../parts/CustomerName';
import { useFollowUp } from '../../parts/FollowUp';
import { useRefused } from '../../parts/refused';
import { useNow, useSay } from '../../words/say';

const SHOWN = 3;

export function Waiting() {
  const { t } = useSay();
  const { asOf } = useMoment();
  const [all, setAll] = useState(false);
  const { data } = useWaiting(asOf === null);
  if (asOf !== null || !data || data.total === 0) return null;
  const rows = all ? data.rows : data.rows.slice(0, SHOWN);
  return (
    <section className="waiting" aria-label={t('waiting.title')}>
      <h2 className="small soft line"><span>{t('waiting.title')}</span><span className="number">{data.total}</span>{data.overdue_count > 0 && <span className="clock clock-overdue">{t('waiting.overdue', { count: data.overdue_count })}</span>}</h2>
      <ul>{rows.map((row) => <Row key={`${row.kind} ${row.id}`} row={row} />)}</ul>
      {data.rows.length > SHOWN && <Button type="text" size="small" aria-expanded={all} onClick={() => setAll(!all)}>{all ? t('waiting.fewer') : t('waiting.all', { count: data.total })}</Button>}
    </section>
  );
}

function Row({ row }: { row: WaitingRow }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const now = useNow(60_000);
  const refused = useRefused();
  const task = useTaskChange();
  const { change } = useDecisions();
  const { record } = useFollowUp();
  const { case_id: of, customer_id: id, customer_name: name } = row;
  const done = () => {
    if (of == null) return change.mutate({ id: row.id, version: row.version, done: true }, { onError: refused });
    // What advice asked for was done with the customer: what came of it is written down next.
    const then = () => { if (row.advice && id != null) record({ id, name: name ?? id }, row.title); };
    return task.mutate({ id: of, task: row.id, version: row.version, done: true }, { onSuccess: then, onError: refused });
  };
  return (
    <li>
      <Checkbox checked={false} disabled={!canAct || task.isPending || change.isPending} aria-label={t('waiting.done', { title: row.title })} onChange={done} />
      <div className="waiting-words">
        {of != null ? <Link className="strong" to={`/cases/${of}`}>{row.title}</Link> : <Link className="strong" to="/review">{row.title}</Link>}
        <div className="small quiet line wrap">
          {id != null && name != null && <Link to={customerAddress(id)}>{name}</Link>}
          <span>{row.advice ? t('waiting.advice', { name: say(row.advice.name) }) : t(`waiting.kind.${row.kind}`)}</span>
          {row.due_at != null && <Clock due={row.due_at} clock={row.clock} now={now} />}
        </div>
      </div>
    </li>
  );
}
