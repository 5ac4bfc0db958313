// 为什么排第几: value × the probability of leaving (without a model, the part of health that is gone) = value at risk, each figure as
// it was taken.

import { Popover } from 'antd';
import type { AlertRow } from '../../api/types';
import { useNarrow } from '../../frame/narrow';
import { useSay } from '../../words/say';

/** The place, or the amount where there is none, as a button that says how it came about. */
export function Rank({ row, amount = false }: { row: AlertRow; amount?: boolean }) {
  const { t, money } = useSay();
  const narrow = useNarrow();
  const { rank } = row;
  const title = rank.place != null ? t('desk.rank.title', { place: rank.place }) : t('desk.rank.title_plain');
  const label = amount ? (rank.at_risk == null ? '—' : money(rank.at_risk)) : rank.place;
  return (
    <Popover trigger="click" title={title} content={<Why row={row} />} placement={narrow ? 'bottomLeft' : 'right'}>
      <button type="button" className={amount ? 'rank rank-amount' : 'rank'} aria-label={`${title}: ${row.customer_name}`} onClick={(event) => event.stopPropagation()}>{label}</button>
    </Popover>
  );
}

function Why({ row }: { row: AlertRow }) {
  const { t, moneyWhole, money, share, count } = useSay();
  const { rank } = row;
  const days = rank.horizon_days;
  return (
    <div className="rank-why">
      <dl>
        <div><dt>{rank.is_typical ? t('desk.rank.typical') : t('desk.rank.value')}</dt><dd className="number">{rank.is_typical ? money(rank.value) : moneyWhole(rank.value)}</dd></div>
        <div><dt>× {t(`desk.rank.by.${rank.by}`, { days })}{rank.health != null && <span className="quiet"> · {t('desk.rank.health', { health: count(rank.health, 1) })}</span>}</dt><dd className="number">{share(rank.worry, rank.worry < 0.1 ? 1 : 0)}</dd></div>
        <div className="rank-sum"><dt>= {t('desk.rank.at_risk')}{rank.at_risk == null && <span className="quiet"> · {t('desk.rank.order_only')}</span>}</dt><dd className="number">{money(rank.at_risk ?? rank.value * rank.worry)}</dd></div>
      </dl>
      <p className="small quiet">{days == null ? t('desk.rank.note') : t('desk.rank.note_risk', { days })}</p>
    </div>
  );
}
