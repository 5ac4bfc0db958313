// What came of each rule, and who was lost: the two lists of a week, every count with its names behind it.

import { Button } from 'antd';
import { Link } from 'react-router';
import type { NamesOf } from '../../api/review';
import type { ReviewCustomer, ReviewPage, RuleYield } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Dash, Value } from '../../parts/Amount';
import { CustomerName, customerAddress } from '../../parts/CustomerName';
import { Export } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { Sheet, type Column } from '../../parts/Sheet';
import { useSay } from '../../words/say';

const SHOWN = 8;

interface FoundProps { page: ReviewPage; see: (of: NamesOf) => void }

export function Yields({ page, see }: FoundProps) {
  const { t, say, count } = useSay();
  const { asOf } = useMoment();
  const columns: Column<RuleYield>[] = [
    { key: 'rule', title: t('review.rule'), width: 'minmax(120px, 1fr)', cell: (row) => <Link to={withMoment(`/rules/${row.rule}`, asOf)} className="sheet-name clip" title={t('review.to_rule')} style={{ display: 'block' }}>{say(row.name)}</Link> },
    { key: 'opened', title: t('review.opened'), width: '64px', right: true, cell: (row) => <button type="button" className="link number review-count" aria-label={`${say(row.name)} ${t('review.opened')} ${row.opened}`} onClick={() => see({ of: 'opened', rule: row.rule })}>{count(row.opened)}</button> },
    { key: 'acted', title: t('review.acted'), width: '64px', right: true, cell: (row) => <span className="number">{count(row.acted)}</span> },
    { key: 'false', title: t('review.mistaken'), width: '48px', right: true, cell: (row) => <span className="number">{count(row.false_alarms)}</span> },
    { key: 'left', title: <Hint say={() => t('review.left_since_means')}>{t('review.left_since')}</Hint>, width: '72px', right: true, cell: (row) => (row.left_since === null ? <Dash because={say(page.not_yet)} /> : <span className="number">{count(row.left_since)}</span>) },
  ];
  return (
    <section aria-label={t('review.rules')} className="stack review-part">
      <div className="line"><h2>{t('review.rules')}</h2>{page.rules.length > 0 && <span className="push"><Export what="review-rules" query={{ week: page.week_on }} of={t('review.rules')} /></span>}</div>
      {page.rules.length === 0 ? <p className="card part small quiet">{t('review.rules_none')}</p>
        : <Sheet label={t('review.rules')} columns={columns} rows={page.rules} rowKey={(row) => row.rule} rowHeight={40} minWidth={440} keys={false} />}
    </section>
  );
}

export function Lost({ page, see }: FoundProps) {
  const { t, say, day } = useSay();
  const more = page.lost.length - SHOWN;
  return (
    <section aria-label={t('review.lost')} className="stack review-part">
      <div className="section-title"><h2>{t('review.lost')}</h2><span className="small quiet">{t('review.definition', { name: say(page.churn_name) })}</span></div>
      <div className="card part">
        {page.not_yet ? <p className="small quiet">{say(page.not_yet)}</p> : page.lost.length === 0 && <p className="small quiet">{t('review.lost_none')}</p>}
        <ul className="review-lost">
          {page.lost.slice(0, SHOWN).map((row) => (
            <li key={row.customer_id}>
              <div className="review-lost-who"><CustomerName id={row.customer_id} name={row.customer_name} /><span className="small quiet clip">{row.owner ?? t('owner.none')} · {day(row.left_at)}</span></div>
              <span className="review-lost-value"><Value figure={row.value} asOf={page.at} /></span>
              <span className="tag">{t(row.was_warned ? 'review.warned' : 'review.not_warned')}</span>
              <Link className="link small nowrap" to={`${customerAddress(row.customer_id)}/post-mortem`}>{t('review.mortem')}{row.has_proposal && ` · ${t('review.has_proposal')}`}</Link>
            </li>
          ))}
        </ul>
        {more > 0 && <Button type="link" size="small" onClick={() => see({ of: 'lost' })}>{t('review.lost_more', { count: more })}</Button>}
        {page.later && (
          <div className="review-later small">
            <h3>{t('review.later_title')}</h3>
            <Later words="left_too" rows={page.later.left_too} />
            <Later words="did_not_leave" rows={page.later.did_not_leave} />
          </div>
        )}
      </div>
    </section>
  );
}

function Later({ words, rows }: { words: 'left_too' | 'did_not_leave'; rows: ReviewCustomer[] }) {
  const { t } = useSay();
  const { asOf } = useMoment();
  if (rows.length === 0) return null;
  return <p>{t(`review.${words}`)}{rows.map((one, index) => <span key={one.id}>{index > 0 && t('punctuation.list')}<Link className="link" to={withMoment(customerAddress(one.id), asOf)}>{one.name}</Link></span>)}</p>;
}
