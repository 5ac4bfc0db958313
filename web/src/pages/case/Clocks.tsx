// The clocks of a case: what was to be done by when, and whether it was. They run in working time and stop on the deed.

import type { CaseRow } from '../../api/types';
import { Clock } from '../../parts/CaseWork';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';

interface Kept { key: string; by: string; at: string | null; who: string | null }

function clocksOf(row: CaseRow): Kept[] {
  return [
    { key: 'acknowledge', by: row.accept_by, at: row.accepted_at, who: row.accepted_by },
    ...(row.reply_by ? [{ key: 'reply', by: row.reply_by, at: row.replied_at, who: row.replied_by }] : []),
    { key: 'act', by: row.act_by, at: row.acted_at, who: row.acted_by },
    ...(row.due_for === 'review' && row.due_at ? [{ key: 'review', by: row.due_at, at: null, who: null }] : []),
  ];
}

export function Clocks({ row, now }: { row: CaseRow; now: string }) {
  const { t, near, dayTime } = useSay();
  return (
    <>
      <ul className="clocks">
        {clocksOf(row).map(({ key, by, at, who }) => {
          const late = at !== null && Date.parse(at) > Date.parse(by);
          return (
            <li key={key} data-running={row.due_for === key || undefined}>
              <span className="clocks-name"><span>{t(`cases.clock.${key}`)}</span><span className="small quiet">{t('cases.due_at', { when: dayTime(by) })}</span></span>
              {at
                ? <span className="clocks-done" title={dayTime(at)}><span className={late ? 'strong' : 'accent'}>{late ? t('cases.done_late') : <><Icon name="check" size={14} />{t('cases.done_in_time')}</>}</span><span className="small quiet">{near(at, now)}{who && ` · ${who}`}</span></span>
                : row.state === 'closed' ? <span className="small quiet">{t('cases.not_done')}</span> : <Clock due={by} clock={row.due_for === key ? row.clock : null} now={now} />}
            </li>
          );
        })}
      </ul>
      <p className="small quiet clocks-how">{t('cases.clocks_how')}</p>
    </>
  );
}
