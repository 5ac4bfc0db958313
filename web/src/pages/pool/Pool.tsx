// 公海: customers whom nobody owns. Which of them is worth my time, and how many may I still take today?

import { App, Button, Input } from 'antd';
import { useEffect, useState } from 'react';
import { Problem } from '../../api/client';
import { useOwnershipWork, usePool } from '../../api/ownership';
import type { Ownership, PoolRow } from '../../api/types';
import { useMoment, usePageState } from '../../frame/moment';
import { Value } from '../../parts/Amount';
import { BandShape } from '../../parts/Band';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { capital, useSay } from '../../words/say';
import { CustomerTabs } from '../segments/Tabs';
import { Returns } from './Returns';

export default function PoolPage() {
  const { t, count } = useSay();
  const [query, set] = usePageState();
  const search = query.get('search');
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = usePool(search);
  const list = data?.pages[0];
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  // That nobody has opened it is no fault: it is said, with who can.
  if (error instanceof Problem && error.code === 'pool_closed') {
    return <div className="page"><CustomerTabs /><Head title={t('pool.title')} /><div className="card"><Empty title={capital(error.message)}>{capital(error.hint)}</Empty></div></div>;
  }
  return (
    <div className="page">
      <CustomerTabs />
      <Head title={t('pool.title')} sentence={list ? <Said words="pool.sentence" count={list.total} shown={count(list.total)} /> : t('pool.title')} sub={list && <Left ownership={list.ownership} />} acts={list && list.total > 0 && <Export what="pool" query={{ search }} />} />
      <div className="filters"><Search told={search ?? ''} set={(next) => set({ search: next || null })} /></div>
      {error && !data ? <Fault error={error} what={t('pool.title')} again={() => void refetch()} />
        : !list ? <BoneRows rows={8} />
          : rows.length === 0 ? <div className="card"><Empty title={t(search ? 'customers.none_match' : 'pool.none')}>{!search && t('pool.none_text')}</Empty></div>
            : <List rows={rows} total={list.total} ownership={list.ownership} stale={isPlaceholderData} hasMore={hasNextPage} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }} />}
      {list && <Returns />}
    </div>
  );
}

function Search({ told, set }: { told: string; set: (search: string) => void }) {
  const { t } = useSay();
  const [search, setSearch] = useState(told);
  useEffect(() => setSearch(told), [told]);
  useEffect(() => {
    if (search === told) return undefined;
    const wait = setTimeout(() => set(search), 200);
    return () => clearTimeout(wait);
  }, [search]);
  return <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('customers.search')} aria-label={t('customers.search')} value={search} onChange={(event) => setSearch(event.target.value)} style={{ width: 240 }} />;
}

function Left({ ownership }: { ownership: Ownership }) {
  const { t, count } = useSay();
  if (!ownership.may_claim) return <span>{t('pool.no_key')}</span>;
  const most = ownership.rules.most_customers;
  return <span>{t('pool.left', { left: count(ownership.left_today), day: count(ownership.rules.claims_per_day) })}{most != null && ` · ${t('pool.have', { have: count(ownership.customer_count), most: count(most) })}`}</span>;
}

interface ListProps { rows: PoolRow[]; total: number; ownership: Ownership; stale: boolean; hasMore: boolean; more: () => void }

function List({ rows, total, ownership, stale, hasMore, more }: ListProps) {
  const { t, day } = useSay();
  const { message } = App.useApp();
  const { canAct } = useMoment();
  const refused = useRefused();
  const { claim } = useOwnershipWork();
  const may = canAct && ownership.may_claim;
  const take = (row: PoolRow) => claim.mutate(row.id, { onError: refused, onSuccess: () => void message.success(t('pool.taken', { name: row.name })) });
  const act = (row: PoolRow) => may && <Button size="small" disabled={ownership.left_today === 0} loading={claim.isPending && claim.variables === row.id} aria-label={t('pool.take_this', { name: row.name })} onClick={() => take(row)}>{t('pool.take')}</Button>;
  const before = (row: PoolRow) => (row.was ? t('pool.was', { who: row.was, when: row.since ? day(row.since) : '' }) : t('pool.never'));
  const columns: Column<PoolRow>[] = [
    { key: 'band', title: t('col.band'), width: '90px', cell: (row) => <Band band={row.band} /> },
    { key: 'name', title: t('col.customer'), width: 'minmax(180px, 1.6fr)', cell: (row) => <span className="strong clip" style={{ display: 'block' }} title={row.name}>{row.name}</span> },
    { key: 'value', title: t('col.value'), width: '100px', right: true, cell: (row) => <Value figure={row.value} /> },
    { key: 'seen', title: t('col.last_seen'), width: '120px', right: true, cell: (row) => (row.last_seen_at ? <span className="soft nowrap">{day(row.last_seen_at)}</span> : <span className="quiet">{t('customers.never_seen')}</span>) },
    { key: 'was', title: t('pool.before'), width: 'minmax(160px, 1.2fr)', cell: (row) => <span className="soft">{before(row)}</span> },
    { key: 'act', title: '', width: '96px', right: true, cell: act },
  ];
  return (
    <Sheet label={t('pool.title')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={52} minWidth={760} total={total} hasMore={hasMore} more={more} stale={stale} keys={false}
      card={(row) => (
        <div style={{ display: 'grid', gap: 6 }}>
          <div className="line"><span className="strong clip">{row.name}</span><span className="push" /><Value figure={row.value} /></div>
          <div className="line small"><Band band={row.band} /><span className="quiet clip">{before(row)}</span><span className="push" />{act(row)}</div>
        </div>
      )} />
  );
}

function Band({ band }: { band?: string | null }) {
  const { t } = useSay();
  return <span className="line small nowrap" style={{ gap: 6 }}><BandShape band={band ?? null} size={10} />{t(`band.${band ?? 'unknown'}`)}</span>;
}
