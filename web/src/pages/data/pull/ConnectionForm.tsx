// Where a database is, who signs in, what is asked of it and how often. The password goes in and never comes out.

import { Button, Form, Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { useSay } from '../../../words/say';
import { Often, scheduleOf, timeOf, type OftenFields } from './Often';
import { choiceOf, PORTS, TLS, type DatabaseSettings } from './settings';

export interface Told { name: string; password: string; settings: DatabaseSettings }
interface Fields extends Omit<DatabaseSettings, 'schedule' | 'mapping'>, OftenFields { name: string; password?: string }

interface Props { kind: string; name?: string; settings?: DatabaseSettings; hasPassword?: boolean; busy: boolean; send: (told: Told) => void; act: string; disabled?: boolean; others?: ReactNode }

export function ConnectionForm({ kind, name, settings = {}, hasPassword = false, busy, send, act, disabled, others }: Props) {
  const { t } = useSay();
  const [form] = Form.useForm<Fields>();
  const file = kind === 'sqlite';
  const needed = [{ required: true, whitespace: true, message: t('setup.needed') }];
  const { schedule, mapping, ...told } = settings;
  const done = ({ name: called, password, often: how, at, ...rest }: Fields) => send({ name: called.trim(), password: password ?? '', settings: { ...rest, mapping, schedule: scheduleOf({ often: how, at }) } });
  return (
    <Form form={form} layout="vertical" requiredMark={false} disabled={disabled} onFinish={done} className="fetch-form"
      initialValues={{ tls: 'prefer', port: PORTS[kind], ...told, name: name ?? t(`source.kind.${kind}`), often: choiceOf(schedule), at: timeOf(schedule) }}>
      {name === undefined && <Form.Item name="name" label={t('source.name')} extra={t('source.name_hint')} rules={needed} className="half"><Input maxLength={80} /></Form.Item>}
      {name !== undefined && <Form.Item name="name" hidden><Input /></Form.Item>}
      {file ? <Form.Item name="path" label={t('pull.path')} extra={t('pull.path_hint')} rules={needed}><Input placeholder="/srv/crm/crm.db" /></Form.Item> : (
        <>
          <Form.Item name="host" label={t('pull.host')} rules={needed} className="wide"><Input placeholder="10.0.0.5" /></Form.Item>
          <Form.Item name="port" label={t('pull.port')}><InputNumber min={1} max={65535} controls={false} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="database" label={t('pull.database')} rules={needed}><Input /></Form.Item>
          <Form.Item name="user" label={t('pull.user')} rules={needed}><Input autoComplete="off" /></Form.Item>
          <Form.Item name="password" label={t('pull.password')} extra={t(hasPassword ? 'pull.password_kept' : 'pull.password_hint')}><Input.Password autoComplete="new-password" /></Form.Item>
          <Form.Item name="tls" label={t('pull.tls')}><Select aria-label={t('pull.tls')} options={TLS.map((one) => ({ value: one, label: t(`pull.tls_${one}`) }))} /></Form.Item>
        </>
      )}
      <Form.Item name="query" label={t('pull.query')} extra={t('pull.query_hint')} rules={needed} className="whole"><Input.TextArea autoSize={{ minRows: 2, maxRows: 12 }} spellCheck={false} className="mono" placeholder="SELECT id, name, phone, updated_at FROM customers" /></Form.Item>
      <Form.Item name="watermark" label={t('pull.watermark')} extra={t('pull.watermark_hint')}><Input placeholder="updated_at" spellCheck={false} /></Form.Item>
      <Form.Item name="overlap" label={t('pull.overlap')} extra={t('pull.overlap_hint')}><InputNumber min={0} max={604_800} controls={false} style={{ width: '100%' }} placeholder="600" /></Form.Item>
      <Often form={form} />
      <div className="wizard-foot whole">{others}<Button type="primary" htmlType="submit" loading={busy}>{act}</Button></div>
    </Form>
  );
}
