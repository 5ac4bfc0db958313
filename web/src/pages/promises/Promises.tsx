// 承诺账本: what we promised, by when, and whether it was kept.

import { Select } from 'antd';
import { usePromises } from '../../api/followUps';
import type { PromiseRow } from '../../api/types';
import { useGo, usePageState } from '../../frame/moment';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { PromiseActs, PromiseStands } from '../../parts/PromiseItem';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

const STATES = ['open', 'overdue', 'broken', 'kept', 'all'];

export default function PromisesPage() {
  const { t, count } = useSay();
  const go = useGo();
  const [query, set] = usePageState();
  const state = query.get('state') ?? 'open';
  const owner = query.get('owner');
  const { data, error, refetch, fetchNextPage, hasNextPage, isPlaceholderData } = usePromises({ state, owner });
  const list = data?.pages[0];
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  const number = (key: string) => list?.counts.find((one) => one.key === key)?.count ?? 0;
  const overdue = number('overdue');
  const sentence = list && (number('open') === 0 ? t('promise.none_open') : <><Said words="promise.sentence" count={number('open')} shown={count(number('open'))} />{overdue > 0 && <Said words="promise.overdue" count={overdue} shown={count(overdue)} />}</>);
  return (
    <div className="page">
      <Head title={t('nav.promises')} sentence={sentence} sub={<span>{t('promise.about')}</span>} acts={<Export what="promises" query={{ state, owner }} />} />
      <div className="filters">
        {STATES.map((one) => (
          <button key={one} type="button" className="chip" aria-pressed={state === one} onClick={() => set({ state: one === 'open' ? null : one })}>
            {t(`promise.filter.${one}`)}{one !== 'all' && list && <span className="number">{count(number(one))}</span>}
          </button>
        ))}
        <Select allowClear showSearch value={owner} placeholder={t('col.owner')} aria-label={t('col.owner')} style={{ width: 160 }} onChange={(next) => set({ owner: (next as string | undefined) ?? null })}
          options={[...(list?.owners ?? []).map((one) => ({ value: one, label: one })), { value: '-', label: t('owner.none') }]} />
      </div>
      {error && !data ? <Fault error={error} what={t('nav.promises')} again={() => void refetch()} />
        : !list ? <BoneRows rows={6} />
          : rows.length === 0 ? <div className="card"><Empty title={t(state === 'open' ? 'promise.none_open' : 'promise.none')}>{t('promise.none_text')}</Empty></div>
            : <List rows={rows} total={list.total} hasMore={hasNextPage} more={() => void fetchNextPage()} stale={isPlaceholderData} open={(row) => go(customerAddress(row.customer_id))} />}
    </div>
  );
}

interface ListProps { rows: PromiseRow[]; total: number; hasMore: boolean; more: () => void; stale: boolean; open: (row: PromiseRow) => void }

function List({ rows, total, hasMore, more, stale, open }: ListProps) {
  const { t, day } = useSay();
  const made = (row: PromiseRow) => t('promise.made', { who: row.made_by, when: day(row.made_at) });
  const columns: Column<PromiseRow>[] = [
    { key: 'words', title: t('promise.what'), width: 'minmax(220px, 2fr)', cell: (row) => <div><div className="clip-2">{row.words}</div><div className="small quiet clip">{made(row)}{row.note && ` · ${row.note}`}</div></div> },
    { key: 'customer', title: t('col.customer'), width: 'minmax(160px, 1fr)', cell: (row) => <CustomerName id={row.customer_id} name={row.customer_name} /> },
    { key: 'owner', title: t('col.owner'), width: '100px', cell: (row) => <span className="clip">{row.owner ?? t('owner.none')}</span> },
    { key: 'due', title: t('promise.when'), width: '132px', cell: (row) => <PromiseStands promise={row} /> },
    { key: 'act', title: '', width: '160px', right: true, cell: (row) => <PromiseActs promise={row} /> },
  ];
  return (
    <Sheet label={t('nav.promises')} columns={columns} rows={rows} rowKey={(row) => row.id} rowHeight={64} grows minWidth={860} open={open} total={total} hasMore={hasMore} more={more} stale={stale}
      card={(row) => (
        <div className="promise-card">
          <div className="line"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="push" /><PromiseStands promise={row} /></div>
          <div className="promise-words">{row.words}</div>
          <div className="line small quiet"><span className="clip">{made(row)}</span></div>
          <div className="promise-acts"><PromiseActs promise={row} size="middle" /></div>
        </div>
      )} />
  );
}
