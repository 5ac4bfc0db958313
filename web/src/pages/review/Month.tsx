// 月度盘点: one row for each owner, every count with its names behind it.

import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useReviewMonth, type NamesOf } from '../../api/review';
import type { ReviewMonth, ReviewOwner } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { Dash } from '../../parts/Amount';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { By } from './By';
import { Names } from './Names';
import './review.css';

export function Month() {
  const { t } = useSay();
  const [query] = usePageState();
  const { data, error, refetch, isPlaceholderData } = useReviewMonth(query.get('month'));
  if (error && !isPlaceholderData) return <div className="page"><Head title={t('review.month_title')} /><div className="filters"><By /></div><Fault error={error} what={t('review.month_title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('review.month_title')} /><div className="filters"><By /></div><BoneRows rows={8} /></div>;
  return <View told={data} stale={isPlaceholderData} />;
}

function View({ told, stale }: { told: ReviewMonth; stale: boolean }) {
  const { t, say, month, dayTime, count } = useSay();
  const [named, setNamed] = useState<NamesOf | null>(null);
  const { total } = told;
  const spoken = { month: month(told.month, true), customers: count(total.customers), due: count(total.act_due), kept: count(total.act_in_time), lost: count(total.lost ?? 0) };
  const see = (of: string, row: ReviewOwner) => setNamed({ of, month: told.month, owner: row === total ? undefined : (row.owner ?? '-') });
  return (
    <div className="page" aria-busy={stale}>
      <Head
        title={t('review.month_title')} sentence={<Said words={told.not_yet ? 'review.month_sentence_unknown' : 'review.month_sentence'} {...spoken} />}
        sub={<><span>{t('review.stands', { when: dayTime(told.at) })}</span><span>{t(`review.reach.${told.reach}`)}</span><span>{t('review.definition', { name: say(told.churn_name) })}</span></>}
        acts={<Export what="review-month" query={{ month: told.month }} />}
      />
      <div className="filters"><By /><Months told={told} /></div>
      {told.rows.length === 0 ? <div className="card"><Empty title={t('review.month_none')}>{t('review.month_none_text')}</Empty></div> : <Owners told={told} see={see} stale={stale} />}
      {named && <Names of={named} leave={() => setNamed(null)} />}
    </div>
  );
}

function Months({ told }: { told: ReviewMonth }) {
  const { t, month } = useSay();
  const [, set] = usePageState();
  return (
    <div className="line">
      <Button aria-label={t('review.earlier_month')} icon={<Icon name="left" size={16} />} onClick={() => set({ month: told.previous }, true)} />
      <DatePicker picker="month" value={dayjs(`${told.month}-01`)} allowClear={false} inputReadOnly format={() => month(told.month, true)} maxDate={dayjs(told.at)} aria-label={t('review.pick_month')} onChange={(picked) => set({ month: picked ? picked.format('YYYY-MM') : null }, true)} />
      <Button aria-label={t('review.later_month')} disabled={!told.next} icon={<Icon name="right" size={16} />} onClick={() => set({ month: told.next }, true)} />
    </div>
  );
}

interface OwnersProps { told: ReviewMonth; see: (of: string, row: ReviewOwner) => void; stale: boolean }

function Owners({ told, see, stale }: OwnersProps) {
  const { t, say, count, money } = useSay();
  const { total } = told;
  const name = (row: ReviewOwner) => (row === total ? t('review.total') : (row.owner ?? t('owner.none')));
  const amount = (value: number | null) => (value === null ? <Dash /> : <span className="number">{money(value)}</span>);
  const seen = (of: string, row: ReviewOwner, value: number) => (value === 0 ? <span className="number">0</span>
    : <button type="button" className="link number review-count" aria-label={`${name(row)} ${t(`review.number.${of}`)} ${value}`} onClick={() => see(of, row)}>{count(value)}</button>);
  const part = (done: number, all: number) => (all === 0 ? <Dash because={t('review.nothing_due')} /> : <span className="number">{t('review.of', { part: count(done), all: count(all) })}</span>);
  const lost = (row: ReviewOwner) => (row.lost === null ? <Dash because={say(told.not_yet)} /> : seen('lost', row, row.lost));
  const worthLost = (row: ReviewOwner) => (row.lost === 0 ? <span className="number">0</span> : amount(row.lost_amount));
  const columns: Column<ReviewOwner>[] = [
    { key: 'owner', title: t('col.owner'), width: 'minmax(112px, 1.4fr)', cell: (row) => <span className={row === total ? 'strong clip' : 'clip'}>{name(row)}</span> },
    { key: 'customers', title: t('review.customers'), width: 'minmax(64px, 1fr)', right: true, cell: (row) => <span className="number">{count(row.customers)}</span> },
    { key: 'amount', title: t('review.amount'), width: 'minmax(88px, 1fr)', right: true, cell: (row) => amount(row.amount) },
    { key: 'opened', title: t('review.number.opened'), width: 'minmax(72px, 1fr)', right: true, cell: (row) => seen('opened', row, row.opened) },
    { key: 'act', title: t('review.act'), width: 'minmax(88px, 1fr)', right: true, cell: (row) => part(row.act_in_time, row.act_due) },
    { key: 'lost', title: t('review.lost_column'), width: 'minmax(56px, 1fr)', right: true, cell: lost },
    { key: 'lost_amount', title: t('review.lost_value'), width: 'minmax(88px, 1fr)', right: true, cell: worthLost },
    { key: 'promises', title: t('review.promises'), width: 'minmax(80px, 1fr)', right: true, cell: (row) => part(row.promises_kept, row.promises_due) },
    { key: 'decisions', title: t('review.decided'), width: 'minmax(80px, 1fr)', right: true, cell: (row) => part(row.decisions_done, row.decisions_due) },
  ];
  return (
    <Sheet label={t('review.month_title')} columns={columns} rows={[...told.rows, total]} rowKey={(row) => (row === total ? 'total' : `owner ${row.owner ?? ''}`)} minWidth={900} stale={stale} keys={false}
      card={(row) => (
        <div className="review-owner">
          <div className="line"><span className="strong">{name(row)}</span><span className="push small soft">{count(row.customers)} · {amount(row.amount)}</span></div>
          <dl className="small">
            {columns.slice(3).map((column, index) => <div key={column.key}><dt className="quiet">{column.title}</dt><dd>{column.cell(row, index)}</dd></div>)}
          </dl>
        </div>
      )} />
  );
}
