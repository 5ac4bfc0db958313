// By week or by month.

import { usePageState } from '../../frame/moment';
import { useSay } from '../../words/say';

export function By() {
  const { t } = useSay();
  const [query, set] = usePageState();
  const by = query.get('by') === 'month' ? 'month' : 'week';
  return (
    <div className="line" role="group" aria-label={t('review.by')}>
      {(['week', 'month'] as const).map((one) => <button key={one} type="button" className="chip" aria-pressed={by === one} onClick={() => set({ by: one === 'week' ? null : one }, true)}>{t(`review.${one}`)}</button>)}
    </div>
  );
}
