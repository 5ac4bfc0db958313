// Why the case was opened: what its alerts said, or what a person wrote.

import type { CaseRow } from '../../api/types';
import { Severity } from '../../parts/Severity';
import { useSay } from '../../words/say';

export function Reasons({ row, now }: { row: CaseRow; now: string }) {
  const { t, say, sentence, near, dayTime } = useSay();
  const by = row.opened_by === 'liuke' ? t('case.by_liuke') : row.opened_by;
  return (
    <div className="stack case-reasons">
      {row.about && <p className="case-about"><Severity severity={row.severity} word /><span>{row.about}</span></p>}
      {row.alerts.length > 0 && (
        <ul className="rail-list">
          {row.alerts.map((alert) => (
            <li key={alert.id} className={alert.state === 'resolved' ? 'quiet' : undefined}>
              <div className="line"><Severity severity={alert.severity} faded={alert.state === 'resolved'} /><span className="case-said">{sentence(alert.sentence)}</span></div>
              <div className="small quiet">{say(alert.rule_name)} · <span title={dayTime(alert.opened_at)}>{near(alert.opened_at, now)}</span>{alert.state === 'resolved' && ` · ${t(`resolution.${alert.resolution ?? 'cleared'}`)}`}</div>
            </li>
          ))}
        </ul>
      )}
      <p className="small quiet" title={dayTime(row.opened_at)}>{t('cases.opened_by', { who: by, when: near(row.opened_at, now) })}</p>
    </div>
  );
}
