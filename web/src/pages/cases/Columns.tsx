// The columns of the cases' table.

import { Checkbox } from 'antd';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { CaseRow } from '../../api/types';
import { Value } from '../../parts/Amount';
import { CaseButton } from '../../parts/CaseWork';
import { MoveMenu } from '../../parts/Moving';
import { Severity } from '../../parts/Severity';
import type { Column } from '../../parts/Sheet';
import { useSay } from '../../words/say';
import { caseAddress } from './address';
import { Due, Holder, Marks, workOf, Why } from './CaseCard';

interface Wanted { now: string; canAct: boolean; rows: CaseRow[]; chosen: ReadonlySet<number>; choose: (next: ReadonlySet<number>) => void }

export function useColumns({ now, canAct, rows, chosen, choose }: Wanted): Column<CaseRow>[] {
  const say = useSay();
  const { t } = say;
  const [query] = useSearchParams();
  const pick = useMemo<Column<CaseRow>>(() => {
    const open = rows.filter((row) => row.state !== 'closed');
    const toggle = (id: number) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      choose(next);
    };
    const all = open.length > 0 && open.every((row) => chosen.has(row.id));
    return {
      key: 'pick', width: '20px',
      title: <Checkbox aria-label={t('cases.select_all')} disabled={open.length === 0} checked={all} indeterminate={chosen.size > 0 && !all} onChange={(event) => choose(new Set(event.target.checked ? open.map((row) => row.id) : []))} />,
      cell: (row) => (row.state === 'closed' ? null : <Checkbox aria-label={t('alerts.select', { name: row.customer_name })} checked={chosen.has(row.id)} onChange={() => toggle(row.id)} />),
    };
  }, [t, rows, chosen, choose]);
  const rest = useMemo<Column<CaseRow>[]>(() => [
    { key: 'due', title: t('col.clock'), width: '108px', sort: 'due', cell: (row) => <Due row={row} now={now} /> },
    {
      key: 'customer', title: t('col.customer'), width: 'minmax(140px, 1.2fr)',
      cell: (row) => <div><Link to={caseAddress(row.id, query)} className="sheet-name clip" style={{ display: 'block' }} title={row.customer_name}>{row.customer_name}</Link><div className="small quiet clip">{t('cases.number', { id: row.id })} · {say.say(row.type_name)}</div></div>,
    },
    { key: 'why', title: t('cases.why'), width: 'minmax(180px, 2fr)', cell: (row) => <div className="case-why"><Severity severity={row.severity} /><Why row={row} /></div> },
    { key: 'stage', title: t('col.state'), width: '112px', cell: (row) => <div><div className="clip">{say.say(row.stage_name)}</div><div className="small quiet nowrap" title={say.dayTime(row.stage_since)}>{t('cases.since', { when: say.near(row.stage_since, now) })}</div></div> },
    { key: 'holder', title: t('cases.holder'), width: '104px', cell: (row) => <div><Holder row={row} /><Marks row={row} /></div> },
    { key: 'value', title: t('col.value'), width: '84px', right: true, cell: (row) => <Worth row={row} now={now} /> },
    { key: 'opened', title: t('cases.opened'), width: '92px', sort: 'newest', cell: (row) => <span className="small soft nowrap" title={say.dayTime(row.opened_at)}>{say.near(row.opened_at, now)}</span> },
    { key: 'act', title: '', width: say.lang === 'zh' ? '100px' : '112px', right: true, cell: (row) => <span className="line case-acts">{row.state === 'new' && <CaseButton work={workOf(row)} />}<MoveMenu row={row} /></span> },
  ], [say, t, now, query]);
  return useMemo(() => (canAct ? [pick, ...rest] : rest), [canAct, pick, rest]);
}

/** What the customer is worth where an alert measured it, else the tier alone. */
function Worth({ row, now }: { row: CaseRow; now: string }) {
  const { t } = useSay();
  const value = row.alerts[0]?.value;
  return (
    <div>
      {value && <Value figure={value} asOf={now} />}
      {row.tier && <div className="small quiet nowrap">{t(`tier.${row.tier}`, { defaultValue: row.tier })}</div>}
    </div>
  );
}
