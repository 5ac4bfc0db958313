// What people stuck on this customer, and where it belongs by what is known of it.

import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { useTagWork } from '../../api/segments';
import type { CustomerPage } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Hint } from '../../parts/Hint';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import '../segments/segments.css';

const AddTag = lazy(() => import('./AddTag'));

export function Tags({ page }: { page: CustomerPage }) {
  const { t, say, near, dayTime } = useSay();
  const { asOf, canAct } = useMoment();
  const refused = useRefused();
  const { change } = useTagWork();
  const { row, tags, segments } = page;
  const turn = (tag: string, remove: boolean) => change.mutate({ tag, customers: [row.id], remove }, { onError: refused });
  return (
    <section className="card part" aria-label={t('tags.title')}>
      <h2 className="part-title">{t('tags.title')}</h2>
      <div className="tag-list">
        {tags.map((one) => (
          <Hint key={one.tag} say={() => t('tags.by', { who: one.by, when: `${near(one.at, page.as_of)} ${dayTime(one.at)}` })}>
            <span className={canAct ? 'tag-on' : 'tag-on fixed'}>
              <span className="clip">{one.tag}</span>
              {canAct && <button type="button" aria-label={t('tags.remove', { tag: one.tag })} onClick={() => turn(one.tag, true)}><Icon name="close" size={12} /></button>}
            </span>
          </Hint>
        ))}
        {tags.length === 0 && !canAct && <span className="quiet small">{t('tags.none')}</span>}
        {canAct && <Suspense fallback={<span className="tag-room" />}><AddTag used={tags.map((one) => one.tag)} add={(tag) => turn(tag, false)} /></Suspense>}
      </div>
      {(segments.length > 0 || row.tier || row.rfm) && (
        <dl className="tag-facts">
          {row.tier && <div><dt>{t('col.tier')}</dt><dd>{t(`tier.${row.tier}`)}</dd></div>}
          {row.rfm && <div><dt>RFM</dt><dd><Link className="link" to={withMoment(`/customers?rfm=${row.rfm}`, asOf)}>{t(`rfm_cell.${row.rfm}`)}</Link></dd></div>}
          {segments.length > 0 && <div><dt>{t('segments.segment')}</dt><dd>{segments.map((one, index) => <span key={one.id}>{index > 0 && t('punctuation.list')}<Link className="link" to={withMoment(`/segments/${encodeURIComponent(one.id)}`, asOf)}>{say(one.name)}</Link></span>)}</dd></div>}
        </dl>
      )}
    </section>
  );
}
