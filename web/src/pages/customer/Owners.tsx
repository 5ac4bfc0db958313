// Who had this customer when: one line for each owner, the present one first.

import { useOwnerTerms } from '../../api/ownership';
import type { OwnerTerm } from '../../api/types';
import { useSay } from '../../words/say';

export function Owners({ id }: { id: string }) {
  const { t } = useSay();
  const { data } = useOwnerTerms(id);
  // One owner from the beginning is told at the top of the page.
  if (!data || data.length < 2) return null;
  return (
    <section className="card part" aria-label={t('pool.owners')}>
      <h2 className="part-title">{t('pool.owners')}</h2>
      <ol className="rail-list">{data.map((term) => <Term key={term.from} term={term} />)}</ol>
    </section>
  );
}

function Term({ term }: { term: OwnerTerm }) {
  const { t, day } = useSay();
  const how = t(`pool.how.${term.how}`, { defaultValue: '' });
  const span = term.until ? t('pool.from_until', { from: day(term.from), until: day(term.until) }) : t('pool.since', { when: day(term.from) });
  return (
    <li className={term.until ? 'quiet' : undefined}>
      <div className="line small"><span className={term.until ? 'clip' : 'clip strong'}>{term.owner ?? t('pool.title')}</span><span className="push quiet nowrap">{span}</span></div>
      {(how || term.by) && <div className="small quiet">{[how, term.by].filter(Boolean).join(' · ')}</div>}
    </li>
  );
}
