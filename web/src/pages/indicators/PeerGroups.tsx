// Among whom an indicator puts customers, where its number is a place among others.

import type { PeerPlan } from '../../api/types';
import { useSay } from '../../words/say';

/** Among whom customers are put, and how many of each group there are. */
export function PeerGroups({ plan }: { plan: PeerPlan }) {
  const { t, count } = useSay();
  const everybody = plan.groups[0]?.count ?? 0;
  const property = plan.property ? t(`trait.${plan.property}`, { defaultValue: plan.property }) : '';
  const more = plan.group_count - plan.groups.length;
  return (
    <div className="peer-groups">
      <p className="small soft">
        {plan.within ? t(`indicators.peers.${plan.within}`, { property }) : t('indicators.peers.everybody', { count: everybody })}
        {plan.within && <><br />{t('indicators.peers.least', { least: plan.least })}</>}
      </p>
      {plan.within && <PeerList plan={plan} />}
      {plan.within && more > 0 && <p className="small quiet">{t('indicators.peers.more', { count: more, shown: count(more) })}</p>}
    </div>
  );
}

function PeerList({ plan }: { plan: PeerPlan }) {
  const { t, say, count } = useSay();
  if (plan.groups.every((group) => group.count === 0)) return <p className="small quiet">{t('indicators.peers.none')}</p>;
  const most = Math.max(1, ...plan.groups.map((group) => group.count));
  return (
    <ul className="groups">
      {plan.groups.map((group, index) => (
        <li key={index} className={group.is_enough ? undefined : 'quiet'}>
          <span className="clip">{group.name ? say(group.name) : <span className="quiet">{t('indicators.peers.untold')}</span>}</span>
          <span className="group-bar"><span style={{ width: `${(group.count / most) * 100}%` }} /></span>
          <span className="number soft right">{count(group.count)}{!group.is_enough && <span className="small quiet"> {t('indicators.peers.too_few')}</span>}</span>
        </li>
      ))}
    </ul>
  );
}
