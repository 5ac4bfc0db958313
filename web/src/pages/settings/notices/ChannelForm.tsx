// A channel is added or changed. A secret that is kept is never shown; what is left empty stays.

import { Checkbox, Form, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import type { ChannelKind, ChannelTold } from '../../../api/notices';
import type { Problem } from '../../../api/client';
import type { NoticeChannel } from '../../../api/types';
import { useSay } from '../../../words/say';

type Security = 'tls' | 'starttls' | 'none';
interface Told {
  name: string;
  host?: string;
  port?: number;
  security?: Security;
  user?: string;
  from?: string;
  per_minute?: number;
  corp_id?: string;
  agent_id?: string;
  allow_private?: boolean;
  secrets?: Record<string, string | undefined>;
}

const FIELDS: Record<string, (keyof Told)[]> = {
  mail: ['host', 'security', 'port', 'user', 'from', 'per_minute'],
  wecom_app: ['corp_id', 'agent_id'],
};
const SECURITIES: Security[] = ['tls', 'starttls', 'none'];
/** Mail goes out with these where nothing else is said. */
const MAIL: Partial<Told> = { security: 'tls', per_minute: 60 };

interface ChannelFormProps {
  one: NoticeChannel | null;
  kinds: ChannelKind[];
  busy: boolean;
  problem: Problem | null;
  send: (told: ChannelTold) => void;
  close: () => void;
}

export function ChannelForm({ one, kinds, busy, problem, send, close }: ChannelFormProps) {
  const { t, say } = useSay();
  const [form] = Form.useForm<Told>();
  const [kindId, setKind] = useState(one?.kind ?? kinds[0]?.id ?? '');
  const kind = kinds.find((each) => each.id === kindId);
  const fields = FIELDS[kindId] ?? [];
  const needed = [{ required: true, whitespace: true, message: t('setup.needed') }];
  const finish = (told: Told) => {
    // What this form does not know stays as it is.
    const others = Object.entries(one?.settings ?? {}).filter(([key]) => key !== 'allow_private' && !fields.some((field) => field === key));
    const settings: Record<string, unknown> = { ...Object.fromEntries(others), ...(told.allow_private && { allow_private: true }) };
    for (const field of fields) {
      const value = told[field];
      if (typeof value === 'string' ? value.trim() : value !== undefined && value !== null) settings[field] = typeof value === 'string' ? value.trim() : value;
    }
    const secrets: Record<string, string> = {};
    for (const name of kind?.secrets ?? []) if (told.secrets?.[name]?.trim()) secrets[name] = told.secrets[name].trim();
    send({ name: told.name.trim(), kind: kindId, settings, secrets });
  };
  const has = (name: string) => one?.secrets.includes(name) ?? false;
  const isOptional = (name: string) => name === 'sign' || name === 'password';
  const input = (field: keyof Told) => {
    if (field === 'security') return <Select options={SECURITIES.map((each) => ({ value: each, label: t(`notices.security.${each}`) }))} />;
    if (field === 'port' || field === 'per_minute') return <InputNumber min={1} max={65_535} precision={0} style={{ width: '100%' }} />;
    return <Input maxLength={200} autoComplete="off" />;
  };
  const isFree = (field: keyof Told) => field === 'port' || field === 'user' || field === 'per_minute';
  return (
    <Modal open title={one ? t('notices.edit_title', { name: one.name }) : t('notices.add_title')} onCancel={close} onOk={() => form.submit()} okText={one ? t('act.save') : t('notices.add')} cancelText={t('act.cancel')} confirmLoading={busy} width={520}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={finish} style={{ paddingTop: 8 }} className="channel-form" initialValues={{ ...MAIL, ...one?.settings, name: one?.name }}>
        {!one && (
          <Form.Item label={t('notices.kind_label')} htmlFor="channel-kind" extra={t(`notices.kind_about.${kindId}`)}>
            <Select id="channel-kind" value={kindId} onChange={setKind} options={kinds.map((each) => ({ value: each.id, label: say(each.name) }))} />
          </Form.Item>
        )}
        <Form.Item name="name" label={t('notices.name')} extra={t('notices.name_hint')} rules={needed}><Input maxLength={80} /></Form.Item>
        <div className={fields.length > 0 ? 'channel-two' : undefined}>
          {fields.map((field) => <Form.Item key={field} name={field} label={t(`notices.field.${field}`)} extra={field === 'from' ? t('notices.field.from_hint') : undefined} rules={isFree(field) ? [] : needed.map((rule) => (field === 'security' ? { ...rule, whitespace: false } : rule))}>{input(field)}</Form.Item>)}
        </div>
        {kind?.secrets.map((name) => (
          <Form.Item key={name} name={['secrets', name]} label={t(`notices.field.${name}`)} rules={has(name) || isOptional(name) ? [] : needed}>
            <Input.Password autoComplete="new-password" placeholder={has(name) ? t('notices.field.kept') : undefined} />
          </Form.Item>
        ))}
        <Form.Item name="allow_private" valuePropName="checked" style={{ marginBottom: 8 }}><Checkbox>{t('notices.field.allow_private')}</Checkbox></Form.Item>
        {problem && <div className="fault card" role="alert"><p>{problem.detail}</p>{problem.hint && <p className="small">{problem.hint}</p>}</div>}
      </Form>
    </Modal>
  );
}
