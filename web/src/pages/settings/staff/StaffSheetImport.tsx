// A staff sheet from Excel: read, looked at row by row, then links for whoever is right.

import { Button, Modal, Upload } from 'antd';
import { inviteSheet, linkOf, readSheet, useStaffWork } from '../../../api/staff';
import type { SheetRow } from '../../../api/types';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { Sheet, type Column } from '../../../parts/Sheet';
import { useSay } from '../../../words/say';
import { CopyLine } from './CopyLine';

export function StaffSheetImport({ close }: { close: () => void }) {
  const { t, say } = useSay();
  const refused = useRefused();
  const read = useStaffWork(readSheet);
  const invite = useStaffWork(inviteSheet);
  const sheet = read.data;
  const made = invite.data;
  const bad = sheet ? sheet.rows.length - sheet.good_count : 0;
  const columns: Column<SheetRow>[] = [
    { key: 'name', title: t('settings.name'), width: 'minmax(90px, 1fr)', cell: (one) => <span className={one.problems.length ? 'quiet' : 'strong'}>{one.name}</span> },
    { key: 'email', title: t('settings.email'), width: 'minmax(120px, 1.2fr)', cell: (one) => <span className="soft clip" style={{ display: 'block' }}>{one.email}</span> },
    { key: 'role', title: t('settings.role'), width: '90px', cell: (one) => t(`role.${one.role}`, { defaultValue: one.role }) },
    { key: 'unit', title: t('staff.unit'), width: 'minmax(100px, 1fr)', cell: (one) => <span className="soft">{one.unit ?? ''}</span> },
    { key: 'problem', title: t('staff.problem'), width: 'minmax(120px, 1.2fr)', cell: (one) => <span className="small at-risk">{one.problems.map(say).join(t('punctuation.list'))}</span> },
  ];
  return (
    <Modal open title={t('staff.sheet_title')} onCancel={close} mask={{ closable: !made }} width={760}
      onOk={made ? close : () => sheet && invite.mutate(sheet.rows, { onError: refused })} okText={made ? t('act.done') : t('staff.invite_sheet')} okButtonProps={{ disabled: !sheet || sheet.good_count === 0 }} confirmLoading={invite.isPending} cancelText={t('act.cancel')} cancelButtonProps={{ style: made ? { display: 'none' } : undefined }}>
      <div className="stack" style={{ padding: '8px 0', gap: 12 }}>
        {!made && <p className="soft">{t('staff.sheet_about')}</p>}
        {!made && (
          <Upload accept=".xlsx,.xls,.csv,.txt,.ods" showUploadList={false} beforeUpload={(file) => { read.mutate(file, { onError: refused }); return false; }}>
            <Button icon={<Icon name="upload" size={16} />} loading={read.isPending}>{t('staff.choose')}</Button>
          </Upload>
        )}
        {!made && sheet && (
          <>
            <p role="status">{t('staff.sheet_good', { count: sheet.good_count })}{bad > 0 && ` · ${t('staff.sheet_bad', { count: bad })}`}</p>
            {sheet.new_units.length > 0 && <p className="small quiet">{t('staff.new_units', { names: sheet.new_units.join(t('punctuation.list')) })}</p>}
            <div className="sheet-preview"><Sheet label={t('staff.sheet_title')} columns={columns} rows={sheet.rows} rowKey={(one) => one.email + one.name} keys={false} /></div>
          </>
        )}
        {made && (
          <>
            <p className="soft">{t('staff.links_about')}</p>
            <CopyLine text={made.map((one) => `${one.invitation.name}\t${linkOf(one)}`).join('\n')} />
          </>
        )}
      </div>
    </Modal>
  );
}
