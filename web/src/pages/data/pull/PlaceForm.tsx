// Where files are put for us, or which interface is asked: the few words that such a source needs.

import { Button, Form, Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { useRecipes } from '../../../api/intake';
import { useSay } from '../../../words/say';
import { Often, scheduleOf, timeOf, type OftenFields } from './Often';
import { choiceOf, type PlaceSettings } from './settings';

export interface PlaceTold { name: string; secrets: Record<string, string>; settings: PlaceSettings }
interface Fields extends OftenFields { name: string; host?: string; port?: number | null; user?: string; path?: string; patterns?: string[]; recipe?: string; parameters?: Record<string, string>; secrets?: Record<string, string> }
interface Props { kind: string; name?: string; settings?: PlaceSettings; kept?: string[]; busy: boolean; send: (told: PlaceTold) => void; act: string; disabled?: boolean; others?: ReactNode }

const filled = (told: Record<string, string> | undefined) => Object.fromEntries(Object.entries(told ?? {}).filter(([, value]) => value?.trim()));

export function PlaceForm({ kind, name, settings = {}, kept = [], busy, send, act, disabled, others }: Props) {
  const { t, say } = useSay();
  const [form] = Form.useForm<Fields>();
  const recipes = useRecipes(kind === 'http').data ?? [];
  const chosen = Form.useWatch('recipe', form);
  const recipe = recipes.find((one) => one.id === chosen);
  const needed = [{ required: true, whitespace: true, message: t('setup.needed') }];
  const done = (told: Fields) => send({
    name: told.name.trim(), secrets: filled(told.secrets),
    settings: { ...settings, schedule: scheduleOf(told), ...(kind === 'http' ? { recipe: told.recipe, parameters: filled(told.parameters) } : { path: told.path?.trim(), patterns: told.patterns ?? [], ...(kind === 'sftp' && { host: told.host?.trim(), port: told.port, user: told.user?.trim() }) }) },
  });
  return (
    <Form form={form} layout="vertical" requiredMark={false} disabled={disabled} onFinish={done} className="fetch-form"
      initialValues={{ name: name ?? t(`source.kind.${kind}`), host: settings.host, port: settings.port ?? 22, user: settings.user, path: settings.path, patterns: settings.patterns, recipe: settings.recipe, parameters: settings.parameters, often: choiceOf(settings.schedule ?? (name === undefined ? { every_minutes: 30 } : null)), at: timeOf(settings.schedule) }}>
      <Form.Item name="name" label={t('source.name')} extra={t('source.name_hint')} rules={needed} hidden={name !== undefined}><Input maxLength={80} /></Form.Item>
      {kind === 'sftp' && (
        <>
          <Form.Item name="host" label={t('pull.host')} rules={needed} className="wide"><Input placeholder="files.example.cn" spellCheck={false} /></Form.Item>
          <Form.Item name="port" label={t('pull.port')}><InputNumber min={1} max={65535} controls={false} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="user" label={t('pull.user')} rules={needed}><Input autoComplete="off" spellCheck={false} /></Form.Item>
          <Form.Item name={['secrets', 'password']} label={t('pull.password')} extra={t(kept.includes('password') ? 'pull.password_kept' : 'pull.password_or_key')}><Input.Password autoComplete="new-password" /></Form.Item>
          <Form.Item name={['secrets', 'private_key']} label={t('pull.private_key')} extra={t(kept.includes('private_key') ? 'pull.password_kept' : 'pull.private_key_hint')} className="whole"><Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} spellCheck={false} autoComplete="off" className="mono" placeholder="-----BEGIN OPENSSH PRIVATE KEY-----" /></Form.Item>
        </>
      )}
      {(kind === 'folder' || kind === 'sftp') && (
        <>
          <Form.Item name="path" label={t('pull.folder')} extra={t(kind === 'sftp' ? 'pull.folder_there_hint' : 'pull.folder_hint')} rules={needed} className="whole"><Input placeholder={kind === 'sftp' ? '/exports' : '/srv/exports'} spellCheck={false} /></Form.Item>
          <Form.Item name="patterns" label={t('pull.patterns')} extra={t('pull.patterns_hint')} className="whole"><Select mode="tags" open={false} suffixIcon={null} placeholder="orders*.csv" aria-label={t('pull.patterns')} /></Form.Item>
        </>
      )}
      {kind === 'http' && (
        <>
          <Form.Item name="recipe" label={t('pull.recipe')} rules={[{ required: true, message: t('setup.needed') }]} extra={recipe && <a className="link" href={recipe.documentation} target="_blank" rel="noreferrer">{t('pull.documentation')}</a>}>
            <Select aria-label={t('pull.recipe')} options={recipes.map((one) => ({ value: one.id, label: say(one.name) }))} />
          </Form.Item>
          {recipe?.parameters.map((one) => <Form.Item key={one.id} name={['parameters', one.id]} label={say(one.name)} rules={one.default === null ? needed : []}><Input placeholder={one.default ?? undefined} spellCheck={false} /></Form.Item>)}
          {recipe?.secrets.map((one) => <Form.Item key={one.id} name={['secrets', one.id]} label={say(one.name)} extra={t(kept.includes(one.id) ? 'pull.password_kept' : 'pull.password_hint')} rules={kept.includes(one.id) ? [] : needed}><Input.Password autoComplete="new-password" /></Form.Item>)}
        </>
      )}
      <Often form={form} />
      <div className="wizard-foot whole">{others}<Button type="primary" htmlType="submit" loading={busy}>{act}</Button></div>
    </Form>
  );
}
