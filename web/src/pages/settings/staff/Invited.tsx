// Who is invited and has not come yet.

import { App, Button } from 'antd';
import { useStaffWork, withdraw } from '../../../api/staff';
import type { InvitationRow, Organisation } from '../../../api/types';
import { Export } from '../../../parts/Head';
import { useRefused } from '../../../parts/refused';
import { Sheet, type Column } from '../../../parts/Sheet';
import { useSay } from '../../../words/say';
import { pathOf } from './tree';

export function Invited({ all }: { all: Organisation }) {
  const { t, dayTime } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const work = useStaffWork(withdraw);
  if (all.invitations.length === 0) return null;
  const take = (one: InvitationRow) => work.mutate(one.id, { onSuccess: () => void message.success(t('staff.withdrawn')), onError: refused });
  const valid = (one: InvitationRow) => (one.ended ? t('staff.ended') : t('staff.valid', { when: dayTime(one.expires_at) }));
  const button = (one: InvitationRow) => <Button type="text" size="small" onClick={() => take(one)} aria-label={`${t('staff.withdraw')} ${one.name}`}>{t('staff.withdraw')}</Button>;
  const columns: Column<InvitationRow>[] = [
    { key: 'name', title: t('settings.name'), width: 'minmax(110px, 1fr)', cell: (one) => <span className="strong">{one.name}</span> },
    { key: 'email', title: t('settings.email'), width: 'minmax(140px, 1.2fr)', cell: (one) => <span className="soft clip" style={{ display: 'block' }}>{one.email}</span> },
    { key: 'role', title: t('settings.role'), width: '132px', cell: (one) => t(`role.${one.role}`) },
    { key: 'unit', title: t('staff.unit'), width: 'minmax(110px, 1fr)', cell: (one) => <span className="soft">{pathOf(all.units, one.unit_id)}</span> },
    { key: 'valid', title: '', width: 'minmax(150px, 1fr)', cell: (one) => <span className="small quiet">{valid(one)}</span> },
    { key: 'act', title: '', width: '72px', right: true, cell: button },
  ];
  return (
    <section aria-label={t('staff.invited')}>
      <div className="line part-title"><h2>{t('staff.invited')}</h2><span className="push"><Export what="invitations" of={t('staff.invited')} /></span></div>
      <Sheet label={t('staff.invited')} columns={columns} rows={all.invitations} rowKey={(one) => one.id} keys={false}
        card={(one) => <div className="line"><div style={{ flex: 1, minWidth: 0 }}><div className="strong">{one.name}</div><div className="small quiet clip">{one.email} · {valid(one)}</div></div>{button(one)}</div>} />
    </section>
  );
}
