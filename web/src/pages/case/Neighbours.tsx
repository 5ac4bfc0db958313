// The next case and the one before, in the list one came from. Keys: j and k.

import { Button } from 'antd';
import { useEffect, useMemo, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useCases } from '../../api/cases';
import type { CaseRow } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { isTaken } from '../../parts/keys';
import { useSay } from '../../words/say';
import { caseAddress } from '../cases/address';
import { filterOf } from '../cases/Filters';

interface Beside { before: CaseRow | null; next: CaseRow | null; at: number; total: number }

/**
 * Who stands beside a case. A case that has left the list (it was closed) is followed by whoever stood behind it and is
 * still there, else by the first.
 */
function beside(rows: CaseRow[], id: number, followers: number[]): Pick<Beside, 'before' | 'next'> {
  const at = rows.findIndex((row) => row.id === id);
  if (at >= 0) return { before: rows[at - 1] ?? null, next: rows[at + 1] ?? null };
  const still = followers.map((one) => rows.find((row) => row.id === one)).find((row) => row !== undefined);
  return { before: null, next: still ?? rows[0] ?? null };
}

export function Neighbours({ id, query }: { id: number; query: URLSearchParams }) {
  const { t, count } = useSay();
  const navigate = useNavigate();
  const filter = useMemo(() => filterOf(query, null), [query]);
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useCases(filter);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const at = rows.findIndex((row) => row.id === id);
  const behind = useRef<{ of: number; ids: number[] }>({ of: id, ids: [] });
  if (at >= 0) behind.current = { of: id, ids: rows.slice(at + 1, at + 20).map((row) => row.id) };
  const { before, next } = beside(rows, id, behind.current.of === id ? behind.current.ids : []);
  useEffect(() => {
    if (at === rows.length - 1 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [at, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const go = (row: CaseRow | null) => { if (row) void navigate(caseAddress(row.id, query)); };
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTaken(event) || (event.key !== 'j' && event.key !== 'k')) return;
      latest.current(event.key === 'j' ? next : before);
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [next, before]);
  if (!data || (!before && !next)) return null;
  return (
    <div className="line case-next">
      {at >= 0 && <span className="small quiet number">{t('cases.at', { at: count(at + 1), total: count(data.pages[0]?.total ?? rows.length) })}</span>}
      <Button type="text" disabled={!before} aria-label={t('cases.before')} title={before ? `${before.customer_name} (K)` : undefined} icon={<Icon name="left" size={16} />} onClick={() => go(before)} />
      <Button disabled={!next} title={next ? `${next.customer_name} (J)` : undefined} onClick={() => go(next)}>{t('cases.next')}<Icon name="right" size={16} /></Button>
    </div>
  );
}
