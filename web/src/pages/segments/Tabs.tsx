// The two ways to look at everybody: one by one, and by what they have in common.

import { NavLink } from 'react-router';
import { useOwnership } from '../../api/ownership';
import { useMoment, withMoment } from '../../frame/moment';
import { useSay } from '../../words/say';
import './segments.css';

export function CustomerTabs() {
  const { t } = useSay();
  const { asOf } = useMoment();
  const { data: ownership } = useOwnership();
  return (
    <nav className="room-tabs" aria-label={t('nav.customers')}>
      <NavLink to={withMoment('/customers', asOf)} end className="room-tab">{t('segments.tab_list')}</NavLink>
      <NavLink to={withMoment('/segments', asOf)} end className="room-tab">{t('segments.title')}</NavLink>
      {ownership?.rules.pool_open && asOf === null && <NavLink to="/pool" className="room-tab">{t('pool.title')}</NavLink>}
    </nav>
  );
}
