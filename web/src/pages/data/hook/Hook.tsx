// Something another system pushes: the address to give it, how it proves itself, and how its rows become facts, tried on
// a body as the other side sends it.

import { App, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useHookTrial, useSourceWork } from '../../../api/intake';
import type { Source } from '../../../api/types';
import { CodeLine } from '../../../parts/Code';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { useSay } from '../../../words/say';
import { Trial } from './Trial';
import './hook.css';

type Told = Record<string, unknown>;

/** The secrets of each kind, and the settings beside them. */
const SECRETS: Record<string, string[]> = { webhook: ['secret'], jiandaoyun: ['secret'], wecom: ['token', 'encoding_aes_key'] };
const SCHEMES = ['none', 'hmac', 'standard_webhooks'];
const PATH: Record<string, string> = { webhook: '', jiandaoyun: 'jiandaoyun/', wecom: 'wecom/' };

const EXAMPLE: Record<string, object> = {
  webhook: { rows: '$.orders[*]', facts: [{ kind: 'order', name: 'Order Completed', id: '$.no', customer: '$.buyer.phone', customer_key: 'phone', occurred_at: '$.paid_at', value: '$.total', properties: { order_no: '$.no' } }] },
  jiandaoyun: { facts: [{ kind: 'trait', customer: '$.customer_no', occurred_at: '$.updateTime', properties: { name: '$.name', phone: '$.phone' } }] },
};

export function Hook({ source, may }: { source: Source; may: boolean }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const { change } = useSourceWork();
  const settings = source.settings as Told;
  const keep = (next: Told, secrets: Record<string, string> = {}) => change.mutate({ id: source.id, version: source.version, settings: next as never, secrets }, { onSuccess: () => void message.success(t('settings.saved')), onError: refused });
  return (
    <>
      <section className="card wizard-body" aria-label={t('hook.address')}>
        <div className="section-title"><h2>{t('hook.address')}</h2><span className="small quiet">{t(`hook.address_about.${source.kind}`)}</span></div>
        <CodeLine text={`${location.origin}/in/${PATH[source.kind] ?? ''}${source.key}`} label={t('hook.address')} />
        <Proof key={source.version} source={source} may={may} busy={change.isPending} keep={(more, secrets) => keep({ ...settings, ...more }, secrets)} />
      </section>
      {source.kind !== 'wecom' && <Mapping key={`m${source.version}`} source={source} may={may} busy={change.isPending} keep={(mapping) => keep({ ...settings, mapping })} />}
    </>
  );
}

interface ProofFields { secrets?: Record<string, string>; scheme?: string; header?: string; corp_id?: string }

/** How a delivery shows that it is from them. */
function Proof({ source, may, busy, keep }: { source: Source; may: boolean; busy: boolean; keep: (settings: Told, secrets: Record<string, string>) => void }) {
  const { t } = useSay();
  const [form] = Form.useForm<ProofFields>();
  const settings = source.settings as { signature?: { scheme?: string; header?: string }; corp_id?: string };
  const scheme = Form.useWatch('scheme', form);
  const done = ({ secrets = {}, scheme: how, header, corp_id: firm }: ProofFields) => {
    const signature = how === undefined ? {} : { signature: how === 'hmac' ? { ...settings.signature, scheme: how, header } : { scheme: how } };
    keep({ ...signature, ...(firm === undefined ? {} : { corp_id: firm.trim() }) }, Object.fromEntries(Object.entries(secrets).filter(([, value]) => value?.trim())));
  };
  return (
    <Form form={form} layout="vertical" requiredMark={false} disabled={!may} onFinish={done} className="hook-proof" initialValues={{ scheme: source.kind === 'webhook' ? (settings.signature?.scheme ?? 'none') : undefined, header: settings.signature?.header ?? 'X-Signature', corp_id: settings.corp_id }}>
      {source.kind === 'webhook' && <Form.Item name="scheme" label={t('hook.scheme')}><Select aria-label={t('hook.scheme')} options={SCHEMES.map((one) => ({ value: one, label: t(`hook.scheme_${one}`) }))} /></Form.Item>}
      {source.kind === 'webhook' && scheme === 'hmac' && <Form.Item name="header" label={t('hook.header')}><Input spellCheck={false} /></Form.Item>}
      {source.kind === 'wecom' && <Form.Item name="corp_id" label={t('hook.corp_id')}><Input spellCheck={false} /></Form.Item>}
      {(source.kind !== 'webhook' || scheme !== 'none') && (SECRETS[source.kind] ?? []).map((one) => (
        <Form.Item key={one} name={['secrets', one]} label={t(`hook.secret.${one}`)} extra={t(source.secrets.includes(one) ? 'pull.password_kept' : 'pull.password_hint')}><Input.Password autoComplete="new-password" /></Form.Item>
      ))}
      {may && <div className="wizard-foot"><Button htmlType="submit" loading={busy}>{t('act.save')}</Button></div>}
    </Form>
  );
}

/** Which value of a delivery is what, by JSON path; tried before it is kept. */
function Mapping({ source, may, busy, keep }: { source: Source; may: boolean; busy: boolean; keep: (mapping: unknown) => void }) {
  const { t } = useSay();
  const refused = useRefused();
  const trial = useHookTrial();
  const told = (source.settings as { mapping?: unknown }).mapping;
  const [mapping, setMapping] = useState(JSON.stringify(told ?? EXAMPLE[source.kind] ?? {}, null, 2));
  const [body, setBody] = useState('');
  const fault = faultOf(mapping);
  const bodyFault = body.trim() ? faultOf(body) : null;
  const run = () => trial.mutate({ kind: source.kind, mapping: JSON.parse(mapping) as never, body: JSON.parse(body) as never }, { onError: refused });
  return (
    <section className="card wizard-body" aria-label={t('hook.mapping')}>
      <div className="section-title"><h2>{t('hook.mapping')}</h2><span className="small quiet">{t('hook.mapping_about')}</span></div>
      <div className="hook-sides">
        <label className="map-field"><span className="small soft">{t('hook.mapping_json')}</span>
          <Input.TextArea className="mono" disabled={!may} value={mapping} onChange={(event) => setMapping(event.target.value)} autoSize={{ minRows: 12, maxRows: 24 }} spellCheck={false} status={fault ? 'error' : undefined} />{fault && <span className="small hook-fault" role="alert">{t('held.not_json')} {fault}</span>}</label>
        <label className="map-field"><span className="small soft">{t('hook.body')}</span>
          <Input.TextArea className="mono" disabled={!may} value={body} onChange={(event) => setBody(event.target.value)} autoSize={{ minRows: 12, maxRows: 24 }} spellCheck={false} placeholder={t('hook.body_hint')} status={bodyFault ? 'error' : undefined} />{bodyFault && <span className="small hook-fault" role="alert">{t('held.not_json')} {bodyFault}</span>}</label>
      </div>
      {trial.data && <Trial made={trial.data} />}
      {may && (
        <div className="wizard-foot">
          <Button icon={<Icon name="play" size={16} />} disabled={fault !== null || !body.trim() || bodyFault !== null} loading={trial.isPending} onClick={run}>{t('hook.try')}</Button>
          <Button type="primary" disabled={fault !== null} loading={busy} onClick={() => keep(JSON.parse(mapping))}>{t('pull.keep_mapping')}</Button>
        </div>
      )}
    </section>
  );
}

function faultOf(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
