// 团队: who has how much on the desk, whose clocks run out next, and which ones ran out.

import { useTeam } from '../../api/team';
import type { DeskLoad, TeamMember, TeamPage as Team } from '../../api/types';
import { Export, Head } from '../../parts/Head';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useNow, useSay, type Say } from '../../words/say';
import { Breaches } from './Breaches';
import { Late, Name } from './Parts';
import './team.css';

const NOW_EVERY_MS = 60_000;

export default function TeamPage() {
  const { t } = useSay();
  const { data, error, refetch } = useTeam();
  return (
    <div className="page">
      <Head title={t('team.title')} sentence={data && <Sentence total={data.total} />} sub={data && <Beside page={data} />} acts={<Export what="desks" of={t('team.members')} />} />
      {error && !data ? <Fault error={error} what={t('team.title')} again={() => void refetch()} />
        : !data ? <BoneRows rows={6} />
          : <Members page={data} />}
      <Breaches />
    </div>
  );
}

function Sentence({ total }: { total: DeskLoad }) {
  const { t, count } = useSay();
  if (total.open_count === 0) return <>{t('team.sentence_none')}</>;
  const words = total.overdue_count > 0 ? 'team.sentence_overdue' : 'team.sentence';
  return <Said words={words} count={total.open_count} shown={count(total.open_count)} overdue={count(total.overdue_count)} />;
}

/** Work that is on none of the desks below. */
function Beside({ page }: { page: Team }) {
  const { t, count } = useSay();
  const { pool, elsewhere } = page;
  return (
    <>
      {pool.open_count > 0 && <span>{t('team.pool', { count: pool.open_count, shown: count(pool.open_count) })}</span>}
      {elsewhere.open_count > 0 && <span>{t('team.elsewhere', { count: elsewhere.open_count, shown: count(elsewhere.open_count) })}</span>}
    </>
  );
}

function Members({ page }: { page: Team }) {
  const say = useSay();
  const now = useNow(NOW_EVERY_MS);
  const { t, count } = say;
  if (page.members.length === 0) return <div className="card"><Empty title={t('team.none')}>{t('team.none_text')}</Empty></div>;
  const next = (load: DeskLoad) => (load.next_due_at ? <span title={say.dayTime(load.next_due_at)}>{say.near(load.next_due_at, now)}</span> : <span className="quiet">{t('team.no_next')}</span>);
  const columns: Column<TeamMember>[] = [
    { key: 'who', title: t('team.who'), width: 'minmax(160px, 2fr)', cell: (row) => <Name name={row.name} under={under(row, say)} /> },
    { key: 'open', title: t('team.open'), width: '84px', right: true, cell: (row) => <span className="number">{count(row.load.open_count)}</span> },
    { key: 'waiting', title: t('team.waiting'), width: '84px', right: true, cell: (row) => <span className="number soft">{count(row.load.waiting_count)}</span> },
    { key: 'overdue', title: t('team.overdue'), width: '96px', right: true, cell: (row) => <Late many={row.load.overdue_count} /> },
    { key: 'today', title: t('team.due_today'), width: '104px', right: true, cell: (row) => <span className="number">{count(row.load.due_today_count)}</span> },
    { key: 'next', title: t('team.next'), width: '132px', right: true, cell: (row) => <span className="small soft nowrap">{next(row.load)}</span> },
  ];
  return (
    <Sheet label={t('team.members')} columns={columns} rows={page.members} rowKey={(row) => row.id ?? `-${row.name}`} rowHeight={52} minWidth={720} keys={false}
      card={(row) => (
        <div className="team-card">
          <Name name={row.name} under={under(row, say)} />
          <div className="team-figures">
            <span>{t('team.open')} <b className="number">{count(row.load.open_count)}</b></span>
            <span>{t('team.overdue')} <Late many={row.load.overdue_count} /></span>
            <span>{t('team.due_today')} <b className="number">{count(row.load.due_today_count)}</b></span>
            {row.load.next_due_at && <span className="push">{next(row.load)}</span>}
          </div>
        </div>
      )} />
  );
}

const under = (row: TeamMember, { t }: Say) => [row.unit, row.id === null ? t('team.no_account') : row.is_here ? null : t('team.left')].filter((part) => part !== null).join(' · ');
