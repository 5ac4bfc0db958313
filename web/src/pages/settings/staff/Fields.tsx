// What is known of a person, to be filled in: the same for inviting and for changing.

import { Form, Input, Select } from 'antd';
import type { Organisation } from '../../../api/types';
import { useSay } from '../../../words/say';
import { unitOptions } from './tree';

export function PersonFields({ all, role }: { all: Organisation; role: string | undefined }) {
  const { t } = useSay();
  const needed = [{ required: true, message: t('setup.needed') }];
  return (
    <>
      <Form.Item name="name" label={t('settings.name')} rules={needed}><Input autoFocus maxLength={80} autoComplete="off" /></Form.Item>
      <Form.Item name="email" label={t('settings.email')} rules={needed}><Input type="email" autoComplete="off" /></Form.Item>
      <Form.Item name="role" label={t('settings.role')} extra={t(`role_means.${role ?? 'owner'}`)}><Select options={all.roles.map((one) => ({ value: one.id, label: t(`role.${one.id}`) }))} /></Form.Item>
      <Form.Item name="unit_id" label={t('staff.unit')}><Select allowClear options={unitOptions(all.units)} /></Form.Item>
      <Form.Item name="owner_key" label={t('staff.owner_key')} extra={t('staff.owner_key_hint')} rules={role === 'owner' ? needed : []}><Input /></Form.Item>
    </>
  );
}
