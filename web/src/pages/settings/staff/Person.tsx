// A person is changed: name, role, unit, owner in the data.

import { App, Form, Modal } from 'antd';
import { putPerson, useStaffWork, type PersonTold } from '../../../api/staff';
import type { Organisation, StaffRow } from '../../../api/types';
import { useRefused } from '../../../parts/refused';
import { useSay } from '../../../words/say';
import { PersonFields } from './Fields';

export function Person({ all, person, close }: { all: Organisation; person: StaffRow; close: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const [form] = Form.useForm<PersonTold>();
  const role = Form.useWatch('role', form);
  const work = useStaffWork(putPerson);
  const save = (told: PersonTold) =>
    work.mutate({ ...told, owner_key: told.owner_key?.trim() || null, unit_id: told.unit_id ?? null, id: person.id, version: person.version, active: person.active }, {
      onSuccess: () => { void message.success(t('staff.saved')); close(); },
      onError: refused,
    });
  const { name, email, unit_id, owner_key } = person;
  return (
    <Modal open title={t('staff.edit_title')} onCancel={close} onOk={() => form.submit()} okText={t('act.save')} cancelText={t('act.cancel')} confirmLoading={work.isPending} width={480}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ name, email, role: person.role, unit_id, owner_key }} onFinish={save} style={{ paddingTop: 8 }}><PersonFields all={all} role={role} /></Form>
    </Modal>
  );
}
