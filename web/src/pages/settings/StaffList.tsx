// Who works here, and which customers are theirs.

import { App, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import type { NewStaff, Staff } from '../../api/types';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

const ROLES = ['owner', 'manager', 'readonly', 'admin'];

export function StaffList() {
  const { t } = useSay();
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['staff'], queryFn: () => api.get<Staff[]>('/api/staff') });
  const columns: Column<Staff>[] = [
    { key: 'name', title: t('settings.name'), width: 'minmax(120px, 1fr)', cell: (one) => <span className={one.active ? 'strong' : 'quiet'}>{one.name}{!one.active && ` · ${t('settings.inactive')}`}</span> },
    { key: 'email', title: t('settings.email'), width: 'minmax(160px, 1.4fr)', cell: (one) => <span className="soft clip" style={{ display: 'block' }}>{one.email}</span> },
    { key: 'role', title: t('settings.role'), width: '140px', cell: (one) => <span title={t(`role_means.${one.role}`)}>{t(`role.${one.role}`)}</span> },
    { key: 'key', title: t('settings.owner_key'), width: 'minmax(100px, 1fr)', cell: (one) => <span className="soft">{one.owner_key ?? ''}</span> },
  ];
  if (error && !data) return <Fault error={error} what={t('settings.parts.staff')} again={() => void refetch()} />;
  return (
    <>
      <div className="settings-bar"><span className="soft">{data && t('settings.staff', { count: data.length })}</span>
        <Button className="push" type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>{t('settings.add_staff')}</Button></div>
      {!data ? <BoneRows rows={4} /> : (
        <Sheet label={t('settings.parts.staff')} columns={columns} rows={data} rowKey={(one) => one.id} keys={false}
          card={(one) => <div><div className="line"><span className="strong">{one.name}</span><span className="push small soft">{t(`role.${one.role}`)}</span></div><div className="small quiet clip">{one.email}{one.owner_key && ` · ${one.owner_key}`}</div></div>} />
      )}
      {adding && <AddStaff close={() => setAdding(false)} />}
    </>
  );
}

function AddStaff({ close }: { close: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<NewStaff>();
  const role = Form.useWatch('role', form);
  const add = useMutation({
    mutationFn: (told: NewStaff) => api.post<Staff>('/api/staff', { ...told, owner_key: told.owner_key?.trim() || null }),
    onSuccess: (one) => {
      void client.invalidateQueries({ queryKey: ['staff'] });
      void message.success(t('settings.added', { name: one.name }));
      close();
    },
    onError: (error) => void message.error((error instanceof Problem && [error.detail, error.hint].filter(Boolean).join(' ')) || t('settings.failed'), 5),
  });
  const needed = [{ required: true, message: t('setup.needed') }];
  return (
    <Modal open title={t('settings.add_staff')} onCancel={close} onOk={() => form.submit()} okText={t('act.add')} cancelText={t('act.cancel')} confirmLoading={add.isPending} width={480}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'owner' }} onFinish={(told) => add.mutate(told)} style={{ paddingTop: 8 }}>
        <Form.Item name="name" label={t('settings.name')} rules={needed}><Input autoFocus /></Form.Item>
        <Form.Item name="email" label={t('settings.email')} rules={needed}><Input type="email" autoComplete="off" /></Form.Item>
        <Form.Item name="password" label={t('settings.password')} extra={t('settings.password_hint')} rules={[...needed, { min: 8, message: t('setup.password_short') }]}><Input.Password autoComplete="new-password" /></Form.Item>
        <Form.Item name="role" label={t('settings.role')} extra={t(`role_means.${role ?? 'owner'}`)}><Select options={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))} /></Form.Item>
        <Form.Item name="owner_key" label={t('settings.owner_key')} extra={t('settings.owner_key_hint')} rules={role === 'owner' ? needed : []}><Input /></Form.Item>
      </Form>
    </Modal>
  );
}
