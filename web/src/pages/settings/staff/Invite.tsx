// One colleague is invited: a link to send, seen once.

import { Form, Modal } from 'antd';
import { useState } from 'react';
import { invitePerson, linkOf, useStaffWork, type PersonTold } from '../../../api/staff';
import type { InvitationMade, Organisation } from '../../../api/types';
import { useRefused } from '../../../parts/refused';
import { useSay } from '../../../words/say';
import { CopyLine } from './CopyLine';
import { PersonFields } from './Fields';

export function Invite({ all, unit, close }: { all: Organisation; unit: number | null; close: () => void }) {
  const { t } = useSay();
  const refused = useRefused();
  const [form] = Form.useForm<PersonTold>();
  const role = Form.useWatch('role', form);
  const [made, setMade] = useState<InvitationMade | null>(null);
  const work = useStaffWork(invitePerson);
  const send = (told: PersonTold) => work.mutate({ ...told, owner_key: told.owner_key?.trim() || null, unit_id: told.unit_id ?? null }, { onSuccess: setMade, onError: refused });
  return (
    <Modal open title={t('staff.invite_title')} onCancel={close} mask={{ closable: !made }} onOk={made ? close : () => form.submit()} okText={made ? t('act.done') : t('staff.send')} cancelText={t('act.cancel')} cancelButtonProps={{ style: made ? { display: 'none' } : undefined }} confirmLoading={work.isPending} width={480}>
      {made ? (
        <div className="stack" style={{ padding: '8px 0', gap: 8 }}>
          <p className="soft">{t('staff.link_about', { name: made.invitation.name })}</p>
          <CopyLine text={linkOf(made)} />
        </div>
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'owner', unit_id: unit }} onFinish={send} style={{ paddingTop: 8 }}><PersonFields all={all} role={role} /></Form>
      )}
    </Modal>
  );
}
