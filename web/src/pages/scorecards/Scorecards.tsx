// Every scorecard: which decides here, for whom, how far each is proven on the firm's own past.

import { useScorecards, type ScorecardRow } from '../../api/scorecards';
import { useGo, useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Link } from 'react-router';
import { Export, Head } from '../../parts/Head';
import { ProofBadge } from '../../parts/ProofBadge';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import './scorecards.css';

export default function ScorecardsPage() {
  const { t, say, count } = useSay();
  const { asOf } = useMoment();
  const go = useGo();
  const narrow = useNarrow();
  const { data, error, refetch } = useScorecards();
  if (error && !data) return <div className="page"><Head title={t('card.list')} /><Fault error={error} what={t('card.list')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('card.list')} /><BoneRows rows={4} tall /></div>;
  // What decides comes first, then what is being written, then what ships for others.
  const rank = (row: ScorecardRow) => (row.is_in_use ? 0 : row.draft ? 1 : 2);
  const rows = [...data].sort((a, b) => rank(a) - rank(b) || b.customers - a.customers || a.id.localeCompare(b.id));
  const used = rows.filter((row) => row.is_in_use);
  const name = (row: ScorecardRow) => <Link to={withMoment(`/scorecards/${encodeURIComponent(row.id)}`, asOf)} className="sheet-name clip" style={{ display: 'block' }}>{say(row.name)}</Link>;
  const state = (row: ScorecardRow) => <span className="line">{row.is_in_use && <span className="tag">{t('settings.in_use')}</span>}{row.draft && <span className="tag">{t(`card.state.${row.draft}`)}</span>}{!row.is_in_use && !row.draft && <span className="quiet">—</span>}</span>;
  const who = (row: ScorecardRow) => row.applies ?? t('card.everybody');
  const columns: Column<ScorecardRow>[] = [
    { key: 'name', title: t('card.name'), width: 'minmax(200px, 2fr)', cell: (row) => <div>{name(row)}<div className="small quiet clip" title={say(row.about)}>{say(row.about)}</div></div> },
    { key: 'state', title: t('col.state'), width: '132px', cell: state },
    { key: 'who', title: t('card.who'), width: 'minmax(96px, 1fr)', cell: (row) => <span className="soft clip" style={{ display: 'block' }} title={who(row)}>{who(row)}</span> },
    { key: 'customers', title: t('card.scored'), width: '80px', right: true, cell: (row) => <span className={row.customers ? 'number' : 'number quiet'}>{count(row.customers)}</span> },
    { key: 'proof', title: t('proven.title'), width: 'minmax(150px, 1.2fr)', cell: (row) => <ProofBadge proof={row.proof} /> },
    { key: 'version', title: t('card.version_short'), width: '104px', cell: (row) => <code className="quiet" title={row.version}>{row.version.slice(0, 8)}</code> },
  ];
  const card = (row: ScorecardRow) => <div className="stack" style={{ gap: 4 }}><div className="line">{name(row)}<span className="push">{state(row)}</span></div><div className="small quiet clip-2">{say(row.about)}</div><ProofBadge proof={row.proof} /></div>;
  return (
    <div className="page">
      <Head title={t('card.list')} sentence={used[0] ? <Said words="card.sentence" count={used[0].customers} shown={count(used[0].customers)} name={say(used[0].name)} /> : t('card.list')} sub={<span>{t('card.list_about')}</span>} acts={<Export what="scorecards" />} />
      {rows.length === 0 ? <div className="card"><Empty title={t('card.none')} /></div>
        : <Sheet label={t('card.list')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={60} open={(row) => go(`/scorecards/${encodeURIComponent(row.id)}`)} card={narrow ? card : undefined} />}
    </div>
  );
}
