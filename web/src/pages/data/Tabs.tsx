// The rooms of 数据接入, one address each.

import { NavLink } from 'react-router';
import { useMoment, withMoment } from '../../frame/moment';
import { useSay } from '../../words/say';

export interface DataTab { id: string; path: string; count?: number }

export const DATA_TABS: DataTab[] = [
  { id: 'sources', path: '/data' },
  { id: 'files', path: '/data/files' },
];

export function DataTabs({ counts = {} }: { counts?: Record<string, number | undefined> }) {
  const { t, count } = useSay();
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
