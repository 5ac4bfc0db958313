// The names behind a number: who was warned of, acted upon, stayed, was lost, late or called false.

import { Button, Drawer } from 'antd';
import { Link } from 'react-router';
import { useReviewNames, type NamesOf } from '../../api/review';
import type { ReviewName } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { CustomerName } from '../../parts/CustomerName';
import { Bone, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

export function Names({ of, leave }: { of: NamesOf; leave: () => void }) {
  const { t, count } = useSay();
  const narrow = useNarrow();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReviewNames(of);
  const rows = data?.pages.flatMap((page) => page.rows);
  const total = data?.pages[0]?.total;
  const what = t(`review.number.${of.of}`);
  return (
    <Drawer open onClose={leave} size={narrow ? '100%' : 520} title={total === undefined ? what : t('review.names', { what, count: count(total) })}>
      {error && !rows ? <Fault error={error} what={what} again={() => void refetch()} />
        : !rows ? <div className="stack" role="status" aria-label={t('state.loading')}>{[60, 45, 70].map((width) => <Bone key={width} w={`${width}%`} />)}</div>
          : rows.length === 0 ? <p className="quiet">{t('review.names_none')}</p>
            : <ul className="review-names">{rows.map((row, index) => <Name key={`${row.customer_id} ${row.at} ${index}`} row={row} />)}</ul>}
      {hasNextPage && <Button block loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('review.names_more')}</Button>}
    </Drawer>
  );
}

function Name({ row }: { row: ReviewName }) {
  const { t, say, dayTime, money } = useSay();
  const { asOf } = useMoment();
  const words = say(row.words);
  return (
    <li>
      <div className="line"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="push small soft nowrap">{row.owner ?? t('owner.none')}</span></div>
      {words && <div className="small">{words}</div>}
      <div className="small quiet line wrap">
        <span>{dayTime(row.at)}</span>
        {row.by && <span>{row.by}</span>}
        {row.case_id !== null && <Link className="link" to={withMoment(`/cases/${row.case_id}`, asOf)}>{t('review.case', { id: row.case_id })}</Link>}
        {row.value.value !== null && <span className="push number">{money(row.value.value)}</span>}
      </div>
    </li>
  );
}
