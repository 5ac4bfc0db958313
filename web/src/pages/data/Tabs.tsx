// The rooms of 数据接入, one address each.

import { NavLink } from 'react-router';
import { useSources } from '../../api/intake';
import { useMoment, withMoment } from '../../frame/moment';
import { useSay } from '../../words/say';

export interface DataTab { id: string; path: string; count?: number }

export const DATA_TABS: DataTab[] = [
  { id: 'sources', path: '/data' },
  { id: 'files', path: '/data/files' },
  { id: 'live', path: '/data/live' },
  { id: 'held', path: '/data/held' },
  { id: 'identity', path: '/data/identity' },
  { id: 'quality', path: '/data/quality' },
];

export function DataTabs() {
  const { t, count } = useSay();
  const { data: sources } = useSources();
  const counts: Record<string, number | undefined> = { held: sources?.reduce((all, one) => all + one.in_quarantine, 0) };
  const { asOf } = useMoment();
  return (
    <nav className="data-tabs" aria-label={t('data.title')}>
      {DATA_TABS.map((tab) => (
        <NavLink key={tab.id} to={withMoment(tab.path, asOf)} end className="data-tab">
          {t(`data.tabs.${tab.id}`)}
          {(counts[tab.id] ?? 0) > 0 && <span className="top-count">{count(counts[tab.id]!)}</span>}
        </NavLink>
      ))}
    </nav>
  );
}
