// The first visit: how the firm speaks, when somebody counts as gone, and who looks after it all.

import { Button, Form, Input, Steps } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import type { Firm, Session, SetupRequest, TemplateOption } from '../../api/types';
import { useNarrow } from '../../frame/narrow';
import { Empty } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { Preview, WordFields } from '../settings/FirmWords';
import '../settings/settings.css';
import { Door } from './Door';

type Told = Pick<SetupRequest, 'name' | 'email' | 'password'> & { firm: Firm };
const FIELDS = [['firm'], ['firm', 'churn'], ['name']];

export default function SetUpPage() {
  const { t } = useSay();
  const token = useSearchParams()[0].get('token');
  useEffect(() => {
    document.title = `${t('setup.title')} · 留客 Liuke`;
  }, [t]);
  if (!token) return <Door><div className="card"><Empty title={t('setup.no_token')}>{t('setup.no_token_text')}</Empty></div></Door>;
  return <Door wide><SetUp token={token} /></Door>;
}

const wordsOf = (template: TemplateOption): Partial<Firm> => ({
  template: template.id, noun: template.noun, noun_plural_en: template.noun_plural_en, measure_zh: template.measure_zh, owner_title: template.owner_title,
  scorecard: template.scorecard, churn: template.churn[0]?.id ?? '',
});

function SetUp({ token }: { token: string }) {
  const { t } = useSay();
  const narrow = useNarrow();
  const session = useSession();
  const templates = session?.templates ?? [];
  const client = useQueryClient();
  const [form] = Form.useForm<Told>();
  const [step, setStep] = useState(0);
  const begin = useMutation({
    mutationFn: (told: Told) => api.post<Session>('/api/setup', { ...told, token }),
    onSuccess: (session) => client.setQueryData(['session'], session),
  });
  const initial = { firm: { name: '', timezone: session?.timezone ?? '', currency: 'CNY', demo: false, ...(templates[0] ? wordsOf(templates[0]) : {}) } };
  const next = async () => {
    const fine = await form.validateFields(FIELDS[step], { recursive: true }).then(() => true, () => false);
    if (fine) setStep(step + 1);
  };
  const finish = async () => {
    const fine = await form.validateFields().then(() => true, () => false);
    if (fine) begin.mutate(form.getFieldsValue(true) as Told);
  };
  const problem = begin.error instanceof Problem ? begin.error : null;
  return (
    <>
      <div className="door-words"><h1>{t('setup.title')}</h1><p>{t('setup.about')}</p></div>
      <Steps size="small" responsive={false} titlePlacement={narrow ? 'vertical' : 'horizontal'} current={step} items={['firm', 'churn', 'admin'].map((one) => ({ title: t(`setup.steps.${one}`) }))} />
      {begin.error && <div className="door-fault" role="alert" style={{ marginTop: 16 }}>{problem?.detail || t('setup.failed')} <span className="quiet">{problem?.hint}</span></div>}
      <Form form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={() => void (step < 2 ? next() : finish())} preserve>
        <Part shown={step === 0}><FirmPart templates={templates} form={form} /></Part>
        <Part shown={step === 1}><ChurnPart templates={templates} form={form} /></Part>
        <Part shown={step === 2}>{step === 2 && <AdminPart />}</Part>
        <div className="setup-foot">
          {step > 0 ? <Button onClick={() => setStep(step - 1)}>{t('act.back')}</Button> : <span />}
          <Button type="primary" htmlType="submit" loading={begin.isPending}>{step < 2 ? t('act.next') : t('setup.finish')}</Button>
        </div>
      </Form>
    </>
  );
}

const Part = ({ shown, children }: { shown: boolean; children: ReactNode }) => <div className="setup-part" hidden={!shown}>{children}</div>;

interface PartProps { templates: TemplateOption[]; form: ReturnType<typeof Form.useForm<Told>>[0] }

/** One of several, moved with the arrow keys as radio buttons are. */
function Choices<T extends { id: string }>({ label, all, value, pick, three = false, show }: { label: string; all: T[]; value: string | undefined; pick: (one: T) => void; three?: boolean; show: (one: T) => ReactNode }) {
  const press = (event: React.KeyboardEvent, index: number) => {
    const move = ['ArrowRight', 'ArrowDown'].includes(event.key) ? 1 : ['ArrowLeft', 'ArrowUp'].includes(event.key) ? -1 : 0;
    const next = all[(index + move + all.length) % all.length];
    if (move === 0 || !next) return;
    event.preventDefault();
    pick(next);
    (event.currentTarget.parentElement?.children[all.indexOf(next)] as HTMLElement | undefined)?.focus();
  };
  return (
    <div role="radiogroup" aria-label={label} className={three ? 'choices three' : 'choices'}>
      {all.map((one, index) => (
        <button key={one.id} type="button" role="radio" aria-checked={one.id === value} tabIndex={one.id === value || (!all.some((each) => each.id === value) && index === 0) ? 0 : -1} className="choice" onClick={() => pick(one)} onKeyDown={(event) => press(event, index)}>{show(one)}</button>
      ))}
    </div>
  );
}

function FirmPart({ templates, form }: PartProps) {
  const { t, say } = useSay();
  const chosen = Form.useWatch(['firm', 'template'], { form, preserve: true }) as string | undefined;
  const needed = [{ required: true, message: t('setup.needed') }];
  return (
    <>
      <div className="card door-card">
        <Form.Item name={['firm', 'name']} label={t('setup.firm_name')} rules={needed}><Input size="large" autoFocus maxLength={80} /></Form.Item>
        <h2 style={{ margin: '8px 0 12px' }}>{t('setup.which')}</h2>
        <Choices three label={t('setup.which')} all={templates} value={chosen} pick={(one) => form.setFieldsValue({ firm: wordsOf(one) } as Partial<Told>)} show={(one) => <><span className="strong">{say(one.name)}</span><span className="small soft">{say(one.about)}</span></>} />
      </div>
      <div className="card door-card settings-form" style={{ marginTop: 16, maxWidth: 'none' }}>
        <h2 style={{ marginBottom: 12 }}>{t('setup.words')}</h2>
        <WordFields path={['firm']} />
        <Form.Item noStyle shouldUpdate>{() => { const firm = (form.getFieldsValue(true) as Partial<Told>).firm; return firm?.noun ? <Preview firm={firm} /> : null; }}</Form.Item>
        <div className="two">
          <Form.Item name={['firm', 'timezone']} label={t('setup.zone')} extra={t('setup.zone_fixed')} ><Input disabled /></Form.Item>
          <Form.Item name={['firm', 'currency']} label={t('settings.currency')} rules={needed}><Input maxLength={3} /></Form.Item>
        </div>
        <Form.Item name={['firm', 'template']} hidden><Input /></Form.Item>
        <Form.Item name={['firm', 'churn']} hidden><Input /></Form.Item>
      </div>
    </>
  );
}

function ChurnPart({ templates, form }: PartProps) {
  const { t, say } = useSay();
  const template = Form.useWatch(['firm', 'template'], { form, preserve: true }) as string | undefined;
  const chosen = Form.useWatch(['firm', 'churn'], { form, preserve: true }) as string | undefined;
  const options = templates.find((one) => one.id === template)?.churn ?? [];
  return (
    <div className="card door-card">
      <h2>{t('setup.churn_question')}</h2>
      <p className="soft" style={{ margin: '4px 0 16px' }}>{t('setup.churn_about')}</p>
      <Choices label={t('setup.churn_question')} all={options} value={chosen} pick={(one) => form.setFieldValue(['firm', 'churn'], one.id)} show={(one) => <><span className="lead">{say(one.sentence)}</span><span className="small quiet">{say(one.name)}</span></>} />
    </div>
  );
}

function AdminPart() {
  const { t } = useSay();
  const needed = [{ required: true, message: t('setup.needed') }];
  return (
    <div className="card door-card">
      <p className="soft" style={{ marginBottom: 16 }}>{t('setup.admin_about')}</p>
      <Form.Item name="name" label={t('setup.name')} rules={needed}><Input size="large" autoFocus autoComplete="name" /></Form.Item>
      <Form.Item name="email" label={t('setup.email')} rules={needed}><Input size="large" type="email" autoComplete="username" /></Form.Item>
      <Form.Item name="password" label={t('setup.password')} extra={t('setup.password_short')} rules={[...needed, { min: 8, message: t('setup.password_short') }]}><Input.Password size="large" autoComplete="new-password" /></Form.Item>
    </div>
  );
}
