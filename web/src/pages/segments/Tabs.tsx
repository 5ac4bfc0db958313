// The two ways to look at everybody: one by one, and by what they have in common.

import { NavLink } from 'react-router';
import { useMoment, withMoment } from '../../frame/moment';
import { useSay } from '../../words/say';
import './segments.css';

export function CustomerTabs() {
  const { t } = useSay();
  const { asOf } = useMoment();
  return (
    <nav className="room-tabs" aria-label={t('nav.customers')}>
      <NavLink to={withMoment('/customers', asOf)} end className="room-tab">{t('segments.tab_list')}</NavLink>
      <NavLink to={withMoment('/segments', asOf)} end className="room-tab">{t('segments.title')}</NavLink>
    </nav>
  );
}
