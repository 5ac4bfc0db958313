// 回公海: which of my customers go back to the pool and when, unless somebody is in touch; and what went back.

import { usePoolReturns } from '../../api/ownership';
import type { PoolReturns } from '../../api/types';
import { CustomerName } from '../../parts/CustomerName';
import { Export } from '../../parts/Head';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

type Coming = PoolReturns['coming'][number];
type Returned = PoolReturns['returned'][number];

export function Returns() {
  const { t } = useSay();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = usePoolReturns();
  const first = data?.pages[0];
  if (error && !data) return <Fault error={error} what={t('pool.coming')} again={() => void refetch()} />;
  if (!first) return <BoneRows rows={2} />;
  // Where nothing goes back, nothing is said of it.
  if (first.after_days == null && first.coming_total === 0 && first.returned_total === 0) return null;
  const rows = data.pages.flatMap((page) => page.coming);
  return (
    <>
      <ComingList page={first} rows={rows} hasMore={hasNextPage} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} />
      {first.returned_total > 0 && <ReturnedList page={first} />}
    </>
  );
}

function ComingList({ page, rows, hasMore, more }: { page: PoolReturns; rows: Coming[]; hasMore: boolean; more: () => void }) {
  const { t, day, count } = useSay();
  const name = (row: Coming) => <CustomerName id={row.id} name={row.name} />;
  const when = (row: Coming) => <span className="nowrap">{t('pool.returns_on', { when: day(row.returns_on) })}</span>;
  const quiet = (row: Coming) => <span className="soft nowrap">{t('pool.quiet_since', { when: day(row.quiet_since) })}</span>;
  const columns: Column<Coming>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(180px, 1.6fr)', cell: name },
    { key: 'owner', title: t('col.owner'), width: 'minmax(100px, 1fr)', cell: (row) => <span className="soft clip">{row.owner}</span> },
    { key: 'quiet', title: t('pool.last_record'), width: 'minmax(150px, 1fr)', cell: quiet },
    { key: 'when', title: t('pool.when'), width: 'minmax(170px, 1fr)', right: true, cell: when },
  ];
  return (
    <section className="stack" aria-label={t('pool.coming')}>
      <div>
        <div className="line"><h2><Said words="pool.coming_sentence" count={page.coming_total} shown={count(page.coming_total)} /></h2><span className="push"><Export what="pool-returns" of={t('pool.coming')} /></span></div>
        {page.after_days != null && <p className="small quiet">{t('pool.rule', { days: count(page.after_days), warn: count(page.warn_days) })}</p>}
      </div>
      {rows.length > 0 && (
        <Sheet label={t('pool.coming')} columns={columns} rows={rows} rowKey={(row) => row.id} minWidth={640} total={page.coming_total} hasMore={hasMore} more={more} keys={false}
          card={(row) => <div style={{ display: 'grid', gap: 4 }}>{name(row)}<div className="line small">{when(row)}<span className="push quiet clip">{row.owner}</span></div></div>} />
      )}
    </section>
  );
}

function ReturnedList({ page }: { page: PoolReturns }) {
  const { t, day, count } = useSay();
  const state = (row: Returned) => <span className={row.is_in_pool ? undefined : 'quiet'}>{t(row.is_in_pool ? 'pool.still_here' : 'pool.gone_again')}</span>;
  const columns: Column<Returned>[] = [
    { key: 'name', title: t('col.customer'), width: 'minmax(180px, 1.6fr)', cell: (row) => <span className="clip" style={{ display: 'block' }} title={row.name}>{row.name}</span> },
    { key: 'was', title: t('pool.before'), width: 'minmax(100px, 1fr)', cell: (row) => <span className="soft clip">{row.was}</span> },
    { key: 'at', title: t('pool.went_back'), width: 'minmax(120px, 1fr)', cell: (row) => <span className="soft nowrap">{day(row.at)}</span> },
    { key: 'state', title: '', width: 'minmax(120px, 1fr)', right: true, cell: state },
  ];
  return (
    <section className="stack" aria-label={t('pool.returned')}>
      <h2><Said words="pool.returned_sentence" count={page.returned_total} shown={count(page.returned_total)} /></h2>
      <Sheet label={t('pool.returned')} columns={columns} rows={page.returned} rowKey={(row) => `${row.id} ${row.at}`} minWidth={600} total={page.returned_total} keys={false}
        card={(row) => <div style={{ display: 'grid', gap: 4 }}><span className="clip">{row.name}</span><div className="line small quiet">{day(row.at)}<span className="clip">{row.was}</span><span className="push">{state(row)}</span></div></div>} />
    </section>
  );
}
