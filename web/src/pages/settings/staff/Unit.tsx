// A unit is made or changed: its name, what it stands below, who heads it, when it works.

import { App, Button, Form, Input, Modal, Select } from 'antd';
import { putUnit, removeUnit, useStaffWork } from '../../../api/staff';
import type { Organisation, UnitRow } from '../../../api/types';
import { useRefused } from '../../../parts/refused';
import { useSay } from '../../../words/say';
import { HoursFields, toldHours, type HoursTold } from './Hours';
import { unitOptions } from './tree';

interface Told { name: string; parent_id?: number | null; heads: number[]; work: HoursTold }

export function Unit({ all, unit, parent, close }: { all: Organisation; unit: UnitRow | null; parent: number | null; close: () => void }) {
  const { t } = useSay();
  const { message, modal } = App.useApp();
  const refused = useRefused();
  const [form] = Form.useForm<Told>();
  const put = useStaffWork(putUnit);
  const remove = useStaffWork(removeUnit);
  const done = () => { void message.success(t('staff.saved')); close(); };
  const save = (told: Told) => put.mutate({ id: unit?.id ?? null, version: unit?.version ?? null, name: told.name, parent_id: told.parent_id ?? null, heads: told.heads, work_hours: told.work.own ? told.work.hours : null }, { onSuccess: done, onError: refused });
  const ask = (one: UnitRow) => void modal.confirm({ title: t('staff.remove_unit', { name: one.name }), okText: t('act.remove'), cancelText: t('act.cancel'), icon: null, onOk: () => remove.mutateAsync(one.id).then(done, refused) });
  const people = all.staff.filter((one) => one.active).map((one) => ({ value: one.id, label: one.name }));
  return (
    <Modal open title={t(unit ? 'staff.edit_unit' : 'staff.add_unit')} onCancel={close} onOk={() => form.submit()} okText={t('act.save')} cancelText={t('act.cancel')} confirmLoading={put.isPending} width={480}
      footer={(_, { OkBtn, CancelBtn }) => <div className="line">{unit && <Button danger type="text" onClick={() => ask(unit)}>{t('act.remove')}</Button>}<span className="push line"><CancelBtn /><OkBtn /></span></div>}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ name: unit?.name ?? '', parent_id: parent, heads: unit?.heads ?? [], work: toldHours(all, unit?.work_hours, parent) }} onFinish={save} style={{ paddingTop: 8 }}>
        <Form.Item name="name" label={t('staff.unit_name')} extra={t('staff.unit_hint')} rules={[{ required: true, message: t('setup.needed') }]}><Input autoFocus maxLength={80} /></Form.Item>
        <Form.Item name="parent_id" label={t('staff.above')}><Select allowClear placeholder={t('staff.top')} options={unitOptions(all.units, unit?.id ?? null)} /></Form.Item>
        <Form.Item name="heads" label={t('staff.head_of')} extra={t('staff.head_hint')}><Select mode="multiple" options={people} optionFilterProp="label" /></Form.Item>
        <Form.Item noStyle shouldUpdate={(before: Told, now: Told) => before.parent_id !== now.parent_id}>{({ getFieldValue }) => <HoursFields all={all} above={(getFieldValue('parent_id') as number | null | undefined) ?? null} />}</Form.Item>
      </Form>
    </Modal>
  );
}
