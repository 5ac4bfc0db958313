// The week on one A4 sheet, black on white, with lines to sign on. It is seen in print only; what does not fit is counted
// and left to the screen.

import type { ReactNode } from 'react';
import type { ReviewDecision, ReviewPage } from '../../api/types';
import { useFirm, useSay } from '../../words/say';
import { useCompared, useStands } from './saying';

const MOST = { last: 6, rules: 6, lost: 8, decisions: 6 };
const BLANK = 3;

export function Paper({ page }: { page: ReviewPage }) {
  const { t, say, day, dayTime, count, money } = useSay();
  const firm = useFirm();
  const compared = useCompared();
  const blank = Math.max(0, BLANK - page.decisions.length);
  return (
    <article className="paper" aria-hidden="true">
      <header><h1>{t('review.title')}</h1><span>{day(page.week_on)} – {day(page.until_on)}</span></header>
      <p className="paper-about"><span>{firm?.name}</span><span>{t(`review.reach.${page.reach}`)}</span><span>{t('review.stands', { when: dayTime(page.at) })}</span></p>
      <table className="paper-numbers"><tbody>
        <tr>{page.numbers.map((one) => <th key={one.of}>{t(`review.number.${one.of}`)}</th>)}</tr>
        <tr>{page.numbers.map((one) => <td key={one.of}>{one.count === null ? '—' : count(one.count)}</td>)}</tr>
        <tr>{page.numbers.map((one) => <td key={one.of} className="paper-note">{compared(one)}</td>)}</tr>
      </tbody></table>
      <Part title={t('review.last')} rows={page.last_decisions} most={MOST.last} none={t('review.decisions_none')} row={(one) => <Decided key={one.id} one={one} />} />
      <Part title={t('review.rules')} rows={page.rules} most={MOST.rules} none={t('review.rules_none')}
        row={(row) => <tr key={row.rule}><td>{say(row.name)}</td><td>{t('review.opened')} {count(row.opened)}</td><td>{t('review.acted')} {count(row.acted)}</td><td>{t('review.mistaken')} {count(row.false_alarms)}</td><td>{row.left_since === null ? '' : `${t('review.left_since')} ${count(row.left_since)}`}</td></tr>} />
      <Part title={t('review.lost')} rows={page.lost} most={MOST.lost} none={page.not_yet ? say(page.not_yet) : t('review.lost_none')}
        row={(row) => <tr key={row.customer_id}><td>{row.customer_name}</td><td>{row.owner ?? t('owner.none')}</td><td>{day(row.left_at)}</td><td>{row.value.value === null ? '—' : money(row.value.value)}</td><td>{t(row.was_warned ? 'review.warned' : 'review.not_warned')}</td></tr>} />
      <Part title={t('review.decisions')} rows={page.decisions} most={MOST.decisions} none="" row={(one) => <Decided key={one.id} one={one} />}>
        {Array.from({ length: blank }, (_, index) => <tr key={`blank ${index}`} className="paper-blank"><td className="paper-tick">□</td><td>{index === 0 && page.decisions.length === 0 ? t('review.paper_blank') : ''}</td><td /><td /></tr>)}
      </Part>
      <footer>{['sign_head', 'sign_owner', 'sign_date'].map((one) => <span key={one}>{t(`review.${one}`)}<i /></span>)}</footer>
    </article>
  );
}

function Decided({ one }: { one: ReviewDecision }) {
  const stands = useStands();
  return <tr><td className="paper-tick">{one.done_at === null ? '□' : '☑'}</td><td>{one.title}</td><td>{one.who}</td><td>{stands(one)}</td></tr>;
}

interface PartProps<Row> { title: string; rows: Row[]; most: number; none: string; row: (row: Row) => ReactNode; children?: ReactNode }

function Part<Row>({ title, rows, most, none, row, children }: PartProps<Row>) {
  const { t } = useSay();
  return (
    <section>
      <h2>{title}{rows.length > most && <small>{t('review.paper_more', { count: rows.length - most })}</small>}</h2>
      {rows.length === 0 && !children ? <p>{none}</p> : <table><tbody>{rows.slice(0, most).map(row)}{children}</tbody></table>}
    </section>
  );
}
