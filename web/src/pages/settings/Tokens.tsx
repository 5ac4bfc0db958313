// Tokens for programs. The secret is seen once.

import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import type { ApiToken } from '../../api/types';
import { Export } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

export function Tokens() {
  const { t, day, dayTime } = useSay();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['tokens'], queryFn: () => api.get<ApiToken[]>('/api/tokens') });
  const remove = useMutation({
    mutationFn: (id: number) => api.remove(`/api/tokens/${id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['tokens'] });
      void message.success(t('settings.token_removed'));
    },
    onError: (refused) => void message.error((refused instanceof Problem && refused.detail) || t('settings.failed')),
  });
  const ask = (token: ApiToken) =>
    modal.confirm({ title: t('settings.remove_token', { name: token.name }), okText: t('act.remove'), cancelText: t('act.cancel'), icon: null, onOk: () => remove.mutateAsync(token.id).catch(() => undefined) });
  const removeButton = (token: ApiToken) => <Button type="text" size="small" onClick={() => void ask(token)}>{t('act.remove')}</Button>;
  const used = (token: ApiToken) => (token.last_used_at ? dayTime(token.last_used_at) : t('settings.never_used'));
  const columns: Column<ApiToken>[] = [
    { key: 'name', title: t('settings.token_name'), width: 'minmax(140px, 1fr)', cell: (token) => <span className="strong">{token.name}</span> },
    { key: 'created', title: t('settings.created'), width: '140px', cell: (token) => <span className="number soft">{day(token.created_at)}</span> },
    { key: 'used', title: t('settings.used'), width: '160px', cell: (token) => <span className="number soft">{used(token)}</span> },
    { key: 'act', title: '', width: '80px', right: true, cell: removeButton },
  ];
  if (error && !data) return <Fault error={error} what={t('settings.parts.tokens')} again={() => void refetch()} />;
  return (
    <>
      <div className="settings-bar"><span className="soft">{t('settings.tokens_about')}</span><a className="link small" href="/docs" target="_blank" rel="noreferrer">{t('me.docs')}</a>
        <span className="push line"><Export what="tokens" /><Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setMaking(true)}>{t('settings.add_token')}</Button></span></div>
      {!data ? <BoneRows rows={2} /> : data.length === 0 ? <div className="card"><Empty title={t('settings.tokens_none')} scene={false} /></div> : (
        <Sheet label={t('settings.parts.tokens')} columns={columns} rows={data} rowKey={(token) => token.id} keys={false}
          card={(token) => <div className="line"><div style={{ flex: 1 }}><div className="strong">{token.name}</div><div className="small quiet">{t('settings.used')} {used(token)}</div></div>{removeButton(token)}</div>} />
      )}
      {making && <NewToken close={() => setMaking(false)} />}
    </>
  );
}

function NewToken({ close }: { close: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ name: string }>();
  const make = useMutation({
    mutationFn: (told: { name: string }) => api.post<ApiToken>('/api/tokens', told),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
    onError: (refused) => void message.error((refused instanceof Problem && refused.detail) || t('settings.failed')),
  });
  const secret = make.data?.token;
  const copy = async () => {
    await navigator.clipboard.writeText(secret ?? '');
    void message.success(t('act.copied'));
  };
  return (
    <Modal open title={t('settings.add_token')} onCancel={close} mask={{ closable: !secret }} onOk={secret ? close : () => form.submit()} okText={secret ? t('act.done') : t('settings.add_token')} cancelText={t('act.cancel')} cancelButtonProps={{ style: secret ? { display: 'none' } : undefined }} confirmLoading={make.isPending} width={480}>
      {secret ? (
        <div className="stack" style={{ padding: '8px 0', gap: 8 }}>
          <p className="soft">{t('settings.token_once')}</p>
          <div className="token-once"><code>{secret}</code><Button onClick={() => void copy()}>{t('act.copy')}</Button></div>
        </div>
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(told) => make.mutate(told)} style={{ paddingTop: 8 }}>
          <Form.Item name="name" label={t('settings.token_name')} rules={[{ required: true, message: t('setup.needed') }]}><Input autoFocus maxLength={80} /></Form.Item>
        </Form>
      )}
    </Modal>
  );
}
