// Which moment to stand at. Past days end with their midnight; times come in from links.

import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { isoDay } from '../words/moment';
import { useSay, useSession } from '../words/say';
import { useMoment, usePageState } from './moment';

export default function AsOfChoice({ done }: { done: () => void }) {
  const { t, day, zone } = useSay();
  const { asOf } = useMoment();
  const [, set] = usePageState();
  const session = useSession();
  const today = isoDay(session?.now ?? new Date().toISOString(), zone);
  const ago = (days: number) => dayjs(today).subtract(days, 'day').format('YYYY-MM-DD');
  const choose = (when: string | null) => {
    set({ as_of: when }, true);
    done();
  };
  return (
    <div className="asof" role="dialog" aria-label={t('as_of.title')}>
      <p>{t('as_of.about')}</p>
      <button type="button" className="asof-item" aria-pressed={asOf === null} onClick={() => choose(null)}>{t('as_of.now')}</button>
      {[7, 30, 90, 180].map((days) => (
        <button key={days} type="button" className="asof-item" aria-pressed={asOf === ago(days)} onClick={() => choose(ago(days))}>
          <span>{t('as_of.ago', { count: days })}</span><span className="quiet number">{day(ago(days))}</span>
        </button>
      ))}
      <div className="asof-own">
        <label className="small quiet" htmlFor="as-of-day">{t('as_of.other')}</label>
        <DatePicker
          id="as-of-day"
          value={asOf ? dayjs(asOf.slice(0, 10)) : null}
          maxDate={dayjs(today)}
          allowClear={false}
          placeholder="YYYY-MM-DD"
          onChange={(picked) => picked && choose(picked.format('YYYY-MM-DD'))}
        />
      </div>
    </div>
  );
}
