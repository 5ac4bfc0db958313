// The columns of the alerts' table: lines of work in the order of what is at risk, or single alerts of any state.

import { useMemo } from 'react';
import type { AlertRow } from '../../api/types';
import { Value } from '../../parts/Amount';
import { Band } from '../../parts/Band';
import { CustomerName } from '../../parts/CustomerName';
import { Severity } from '../../parts/Severity';
import { Tick } from '../../parts/Tick';
import type { Column } from '../../parts/Sheet';
import { useSay } from '../../words/say';
import type { Ask } from './Deeds';
import { Acts, Reasons, Stands } from './Line';
import { Rank } from './Rank';

interface Asked {
  asOf: string | undefined;
  canAct: boolean;
  lines: boolean;
  rows: AlertRow[];
  chosen: ReadonlySet<number>;
  choose: (next: ReadonlySet<number>) => void;
  ask: Ask;
}

export function useColumns({ asOf, canAct, lines, rows, chosen, choose, ask }: Asked): Column<AlertRow>[] {
  const say = useSay();
  const { t } = say;
  return useMemo(() => {
    const now = asOf ?? new Date(0).toISOString();
    const open = rows.filter((row) => row.state === 'open');
    const toggle = (id: number) => {
      const next = new Set(chosen);
      if (!next.delete(id)) next.add(id);
      choose(next);
    };
    const pick: Column<AlertRow> = {
      key: 'pick', width: '20px',
      title: <Tick label={t('alerts.select_all')} disabled={open.length === 0} checked={open.length > 0 && open.every((row) => chosen.has(row.id))} partly={chosen.size > 0 && !open.every((row) => chosen.has(row.id))}
        set={(on) => choose(new Set(on ? open.map((row) => row.id) : []))} />,
      cell: (row) => (row.state === 'open' ? <Tick label={t('alerts.select', { name: row.customer_name })} checked={chosen.has(row.id)} set={() => toggle(row.id)} /> : null),
    };
    const rank: Column<AlertRow> = { key: 'rank', title: t('desk.place'), width: '32px', cell: (row) => (row.rank.place != null ? <Rank row={row} /> : <span className="quiet">—</span>) };
    const rest: Column<AlertRow>[] = [
      { key: 'severity', title: t('col.severity'), width: '60px', sort: 'severity', cell: (row) => <Severity severity={row.severity} word faded={row.state === 'resolved'} /> },
      { key: 'customer', title: t('col.customer'), width: 'minmax(172px, 1.6fr)', cell: (row) => <div><CustomerName id={row.customer_id} name={row.customer_name} /><div className="small quiet clip">{row.owner ?? t('owner.none')}</div></div> },
      { key: 'alert', title: t('col.alert'), width: 'minmax(180px, 2fr)', cell: (row) => <Reasons row={row} /> },
      { key: 'band', title: t('col.band'), width: '64px', cell: (row) => <Band verdict={row.verdict} /> },
      ...(lines ? [] : [{ key: 'value', title: t('col.value'), width: '80px', right: true, cell: (row: AlertRow) => <Value figure={row.value} asOf={asOf} /> }]),
      { key: 'at_risk', title: t('desk.at_risk'), width: '84px', right: true, ...(lines ? { sort: 'rank' } : {}), cell: (row) => <Rank row={row} amount /> },
      { key: 'opened', title: t('col.opened'), width: '76px', sort: 'newest', cell: (row) => <span className="small soft nowrap" title={say.dayTime(row.opened_at)}>{say.near(row.opened_at, now)}</span> },
      { key: 'clock', title: t('col.clock'), width: '100px', cell: (row) => <Stands row={row} now={now} /> },
      { key: 'act', title: '', width: say.lang === 'zh' ? '92px' : '116px', right: true, cell: (row) => <Acts row={row} ask={canAct ? ask : undefined} /> },
    ];
    return [...(canAct ? [pick] : []), ...(lines ? [rank] : []), ...rest];
  }, [say, t, asOf, canAct, lines, rows, chosen, choose, ask]);
}
