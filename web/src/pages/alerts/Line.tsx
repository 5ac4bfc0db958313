// A line of work: what the customer's open alerts say together, where it stands, what to do with it.

import { Button, Dropdown } from 'antd';
import { Link } from 'react-router';
import type { AlertRow } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Band } from '../../parts/Band';
import { CaseButton, Clock } from '../../parts/CaseWork';
import { CustomerName } from '../../parts/CustomerName';
import { useFollowUp } from '../../parts/FollowUp';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { Severity } from '../../parts/Severity';
import { useSay } from '../../words/say';
import { caseAddress } from '../cases/address';
import type { Ask } from './Deeds';
import { Rank } from './Rank';

export const workOf = (row: AlertRow) => ({ id: row.case_id!, version: row.case_version ?? undefined, state: row.case_state ?? 'closed', customer: row.customer_name });
const hasWork = (row: AlertRow) => row.case_id != null && row.case_state !== 'closed';

/** The sentences, the rule behind, and how many alerts are folded into the line. */
export function Reasons({ row }: { row: AlertRow }) {
  const { t, say, sentence } = useSay();
  const said = row.reasons.length > 0 ? row.reasons : [row.sentence];
  const others = () => <>{row.others.map((one) => <div key={one.id}><b>{say(one.rule_name)}</b> {sentence(one.sentence)}</div>)}</>;
  return (
    <div>
      <div className="clip-2" title={said.map(say).join('\n')}>{said.map(sentence).join(t('punctuation.stop'))}</div>
      <div className="small quiet clip">
        {say(row.rule_name)}
        {row.others.length > 0 && <> · <Hint className="explained" say={others}>{t('desk.more', { count: row.others.length })}</Hint></>}
      </div>
    </div>
  );
}

/** On the desk with its clock, below the line, put off until a day, or over. */
export function Stands({ row, now }: { row: AlertRow; now: string }) {
  const { asOf } = useMoment();
  const { t, near, day } = useSay();
  if (row.state === 'resolved') {
    const why = row.false_reason ? <Hint className="explained" say={() => row.false_reason}>{t('resolution.false_alarm')}</Hint> : t(`resolution.${row.resolution ?? 'cleared'}`);
    return <span className="small quiet">{why}{row.resolved_at && <><br />{near(row.resolved_at, now)}</>}</span>;
  }
  if (row.snooze) {
    const { snooze } = row;
    return <Hint className="explained" say={() => t('desk.by_reason', { by: snooze.by, reason: snooze.reason })}><span className="small">{t('desk.standing.snoozed')}<br /><span className="quiet">{t('desk.until', { day: day(snooze.until) })}</span></span></Hint>;
  }
  return (
    <div>
      {row.due_at && <Clock due={row.due_at} now={now} />}
      {row.case_state
        ? <div className="small quiet clip">{row.case_id == null ? t(`case_state.${row.case_state}`) : <Link className="to-case" to={withMoment(caseAddress(row.case_id), asOf)}>{t(`case_state.${row.case_state}`)}</Link>}{row.assigned_to && row.assigned_to !== row.owner && ` · ${row.assigned_to}`}</div>
        : row.standing && <Hint className="explained" say={() => t(`desk.standing_means.${row.standing!}`)}><span className="small quiet">{t(`desk.standing.${row.standing}`)}</span></Hint>}
    </div>
  );
}

/** The one act that the line waits for, and the others behind a click. */
export function Acts({ row, ask, size = 'small' }: { row: AlertRow; ask?: Ask; size?: 'small' | 'middle' }) {
  const { t } = useSay();
  const followUp = useFollowUp();
  const about = { id: row.customer_id, name: row.customer_name };
  const items = [
    { key: 'advise', label: t('advice.show') },
    { key: 'record', label: t('follow_up.record') },
    row.snooze ? { key: 'wake', label: t('desk.act.wake') } : { key: 'snooze', label: t('desk.act.snooze') },
    { key: 'false_alarm', label: t('desk.act.false_alarm') },
  ];
  return (
    <span className="line" style={{ gap: 4, justifyContent: 'flex-end' }}>
      {hasWork(row) && <CaseButton work={workOf(row)} size={size} />}
      {ask && row.state === 'open' && (
        <Dropdown trigger={['click']} menu={{ items, onClick: ({ key, domEvent }) => { domEvent.stopPropagation(); if (key === 'advise') followUp.advise(about); else if (key === 'record') followUp.record(about); else ask(key as 'snooze', [row]); } }}>
          <Button type="text" size={size} aria-label={t('desk.more_label', { name: row.customer_name })} icon={<Icon name="more" size={16} />} onClick={(event) => event.stopPropagation()} />
        </Dropdown>
      )}
    </span>
  );
}

/** The line as a card, for one thumb. */
export function LineCard({ row, now, ask }: { row: AlertRow; now: string; ask?: Ask }) {
  const { t } = useSay();
  return (
    <div className="line-card">
      <div className="line">{row.rank.place != null && <Rank row={row} />}<Band verdict={row.verdict} /><Severity severity={row.severity} /><span className="push" /><Stands row={row} now={now} /></div>
      <div className="line"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="push" /><Rank row={row} amount /></div>
      <div className="line" style={{ alignItems: 'flex-end' }}>
        <div style={{ flex: 1, minWidth: 0 }}><Reasons row={row} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div>
        <Acts row={row} ask={ask} size="middle" />
      </div>
    </div>
  );
}
