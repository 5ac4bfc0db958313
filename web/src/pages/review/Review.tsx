// 周会复盘: Monday's page for the week before, full by itself: what was decided last time and whether it was done, the week
// in six numbers with the names behind them, what came of each rule, who was lost, and what is decided now.

import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { lazy, Suspense, useState } from 'react';
import { useReview, type NamesOf } from '../../api/review';
import type { ReviewNumber, ReviewPage as Week } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Dash } from '../../parts/Amount';
import { Export, Head } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { Said } from '../../parts/Said';
import { BoneBlock, BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { By } from './By';
import { LastDecisions, OwnDecisions } from './Decisions';
import { Lost, Yields } from './Found';
import { Month } from './Month';
import { Names } from './Names';
import { Paper } from './Paper';
import './review.css';
import { useCompared } from './saying';

const Forward = lazy(() => import('./Forward'));

export default function ReviewPage() {
  const [query] = usePageState();
  return query.get('by') === 'month' ? <Month /> : <WeekPage />;
}

function WeekPage() {
  const { t } = useSay();
  const [query] = usePageState();
  const { data, error, refetch, isPlaceholderData } = useReview(query.get('week'));
  if (error && !isPlaceholderData) return <div className="page"><Head title={t('review.title')} /><div className="filters"><By /></div><Fault error={error} what={t('review.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('review.title')} /><div className="filters"><By /></div><BoneBlock height={96} /><BoneRows rows={5} /></div>;
  return <WeekView page={data} stale={isPlaceholderData} />;
}

function WeekView({ page, stale }: { page: Week; stale: boolean }) {
  const { t, day, dayTime, count } = useSay();
  const narrow = useNarrow();
  const [named, setNamed] = useState<NamesOf | null>(null);
  const [forwarding, setForwarding] = useState(false);
  const number = (of: string) => page.numbers.find((one) => one.of === of)?.count ?? 0;
  const told = { from: day(page.week_on), until: day(page.until_on), acted: count(number('acted')), stayed: count(number('stayed')), lost: count(number('lost')) };
  const see = (of: NamesOf) => setNamed({ week: page.week_on, ...of });
  return (
    <div className="page review" aria-busy={stale}>
      <Head
        title={t('review.title')} sentence={<Said words={page.not_yet ? 'review.sentence_unknown' : 'review.sentence'} {...told} />}
        sub={<><span>{t('review.stands', { when: dayTime(page.at) })}</span><span>{t(`review.reach.${page.reach}`)}</span>{!page.is_complete && <span>{t('review.running')}</span>}</>}
        acts={<>{!narrow && <Button onClick={() => window.print()}>{t('review.print')}</Button>}<Button onClick={() => setForwarding(true)}>{t('review.forward')}</Button><Export what="review" query={{ week: page.week_on }} /></>}
      />
      <div className="filters"><By /><Weeks page={page} /></div>
      <LastDecisions page={page} />
      <section aria-label={t('review.numbers')} className="review-numbers">
        {page.numbers.map((one) => <Figure key={one.of} one={one} page={page} see={() => see({ of: one.of })} />)}
      </section>
      <div className="review-found">
        <Yields page={page} see={see} />
        <Lost page={page} see={see} />
      </div>
      <OwnDecisions page={page} />
      <Paper page={page} />
      {named && <Names of={named} leave={() => setNamed(null)} />}
      <Suspense fallback={null}>{forwarding && <Forward page={page} leave={() => setForwarding(false)} />}</Suspense>
    </div>
  );
}

/** The week before, any week, the week after. */
function Weeks({ page }: { page: Week }) {
  const { t, day } = useSay();
  const [, set] = usePageState();
  const span = `${day(page.week_on)} – ${day(page.until_on)}`;
  return (
    <div className="line">
      <Button aria-label={t('review.earlier')} icon={<Icon name="left" size={16} />} onClick={() => set({ week: page.previous_on }, true)} />
      <DatePicker picker="week" value={dayjs(page.week_on)} allowClear={false} inputReadOnly format={() => span} maxDate={dayjs(page.at)} aria-label={t('review.pick_week')} style={{ width: 232 }}
        onChange={(picked) => set({ week: picked ? picked.format('YYYY-MM-DD') : null }, true)} />
      <Button aria-label={t('review.later')} disabled={!page.next_on} icon={<Icon name="right" size={16} />} onClick={() => set({ week: page.next_on }, true)} />
    </div>
  );
}

function Figure({ one, page, see }: { one: ReviewNumber; page: Week; see: () => void }) {
  const { t, say, count, money } = useSay();
  const compared = useCompared();
  const name = t(`review.number.${one.of}`);
  const extra = one.of === 'opened' ? t('review.opened_acted', { count: page.opened_acted_count })
    : one.of === 'lost' && one.count ? [page.lost_amount !== null && t('review.lost_amount', { amount: money(page.lost_amount) }), page.lost_warned_count !== null && t('review.lost_warned', { count: page.lost_warned_count })].filter(Boolean).join(t('punctuation.comma')) : '';
  return (
    <button type="button" className="card review-number" disabled={one.count === null} onClick={see}>
      <Hint className="small soft" say={() => t(`review.means.${one.of}`)}>{name}</Hint>
      <span className="review-figure">{one.count === null ? <Dash because={say(page.not_yet)} /> : <>{count(one.count)}<span className="small quiet"> {t(`review.unit.${one.of}`)}</span></>}</span>
      <span className="small quiet">{compared(one)}</span>
      {extra && <span className="small quiet">{extra}</span>}
    </button>
  );
}
