// What the other scorecards that are for this customer say. Lists and alerts go by one; the others stand beside it.

import { Link } from 'react-router';
import type { CustomerPage } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { Band, Health } from '../../parts/Band';
import { useSay } from '../../words/say';

export function OtherHealths({ page }: { page: CustomerPage }) {
  const { t, say, share } = useSay();
  const { asOf } = useMoment();
  if (page.other_healths.length === 0) return null;
  return (
    <section className="other-healths" aria-label={t('other_healths.title')}>
      <p className="small quiet">{t('other_healths.title')}</p>
      <ul className="rail-list">
        {page.other_healths.map(({ scorecard, name, verdict }) => (
          <li key={scorecard} className="line wrap">
            <Link className="link" to={withMoment(`/scorecards/${encodeURIComponent(scorecard)}`, asOf)}>{say(name)}</Link>
            <Health verdict={verdict} asOf={page.as_of} />
            <Band verdict={verdict} />
            <span className="small quiet">{t('health.coverage', { share: share(verdict.coverage, 0) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
