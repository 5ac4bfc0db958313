// Head of a page: its name is said by one sentence about now; filters and acts follow.

import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { Icon } from './Icon';
import { address, type Query } from '../api/client';
import type { Exported } from '../api/types';
import { useMoment } from '../frame/moment';
import { useSay, useSession } from '../words/say';

export function Head({ title, sentence, sub, acts }: { title: string; sentence?: ReactNode; sub?: ReactNode; acts?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · 留客 Liuke`;
  }, [title]);
  return (
    <header className="head">
      <div className="head-words">
        <h1>{sentence ?? title}</h1>
        {sub && <div className="head-sub">{sub}</div>}
      </div>
      {acts && <div className="head-acts">{acts}</div>}
    </header>
  );
}

/** 导出: the same rows as an Excel file, with the filters in force; `of` says which table, where a page has several. */
export function Export({ what, query = {}, of }: { what: Exported; query?: Query; of?: string }) {
  const { t, lang } = useSay();
  const { asOf } = useMoment();
  const may = useSession()?.permissions.some((one) => one === 'export');
  if (!may) return null;
  return (
    <a className="export" href={address(`/api/exports/${what}.xlsx`, { ...query, as_of: asOf, lang })} download title={t('act.export_hint')} aria-label={of && `${t('act.export')} ${of}`}>
      <Icon name="export" size={16} />
      {t('act.export')}
    </a>
  );
}

/** 回填: the same file, with changed cells, comes back. */
export function BringBack() {
  const { t } = useSay();
  const { canAct } = useMoment();
  if (!canAct) return null;
  return (
    <Link className="export" to="/sheets" title={t('sheets.hint')}>
      <Icon name="upload" size={16} />
      {t('sheets.title')}
    </Link>
  );
}
