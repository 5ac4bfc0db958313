// The firm's own words; every sentence on screen uses them.

import { App, Button, Form, Input, Select } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import { useDefinitions } from '../../api/reading';
import type { Firm } from '../../api/types';
import { BoneBlock, Fault } from '../../parts/States';
import { speakAs, i18n } from '../../words/i18n';
import { useSay } from '../../words/say';

export function FirmWords() {
  const { t } = useSay();
  const { data: firm, error, refetch } = useQuery({ queryKey: ['firm'], queryFn: () => api.get<Firm>('/api/firm') });
  if (error && !firm) return <Fault error={error} what={t('settings.parts.firm')} again={() => void refetch()} />;
  if (!firm) return <BoneBlock height={320} />;
  return <FirmForm firm={firm} />;
}

function FirmForm({ firm }: { firm: Firm }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<Firm>();
  const { data: definitions } = useDefinitions();
  const save = useMutation({
    mutationFn: (told: Firm) => api.put<Firm>('/api/firm', { ...firm, ...told }),
    onSuccess: async (after) => {
      client.setQueryData(['firm'], after);
      speakAs(after);
      await client.invalidateQueries();
      await i18n.changeLanguage(i18n.language);
      void message.success(t('settings.saved'));
    },
    onError: (error) => void message.error((error instanceof Problem && [error.detail, error.hint].filter(Boolean).join(' ')) || t('settings.failed'), 5),
  });
  const churns = definitions?.filter((one) => one.sort === 'churn') ?? [];
  return (
    <Form form={form} layout="vertical" requiredMark={false} className="card settings-form" initialValues={firm} onFinish={(told) => save.mutate(told)}>
      <Form.Item name="name" label={t('settings.firm_name')} rules={[{ required: true, message: t('setup.needed') }]}><Input /></Form.Item>
      <WordFields />
      <Form.Item noStyle shouldUpdate>{() => <Preview firm={{ ...firm, ...form.getFieldsValue(true) as Partial<Firm> }} />}</Form.Item>
      <Form.Item name="churn" label={t('settings.churn')}>
        <Select options={churns.map((one) => ({ value: one.id, label: say(one.name), sentence: say(one.sentence) }))} optionRender={(option) => <div><div>{option.label}</div><div className="small quiet" style={{ whiteSpace: 'normal' }}>{(option.data as { sentence: string }).sentence}</div></div>} />
      </Form.Item>
      <div className="two">
        <Form.Item name="timezone" label={t('settings.timezone')} extra={t('settings.timezone_fixed')}><Input disabled /></Form.Item>
        <Form.Item name="currency" label={t('settings.currency')}><Input maxLength={3} /></Form.Item>
      </div>
      <Button type="primary" htmlType="submit" loading={save.isPending}>{t('act.save')}</Button>
    </Form>
  );
}

/** Noun, measure word and title, in both languages. */
export function WordFields({ path = [] }: { path?: string[] }) {
  const { t } = useSay();
  const needed = [{ required: true, message: t('setup.needed') }];
  return (
    <>
      <div className="three">
        <Form.Item name={[...path, 'noun', 'zh']} label={t('settings.noun')} rules={needed}><Input maxLength={20} /></Form.Item>
        <Form.Item name={[...path, 'measure_zh']} label={t('settings.measure')} rules={needed}><Input maxLength={8} /></Form.Item>
        <Form.Item name={[...path, 'owner_title', 'zh']} label={t('settings.owner_title')} rules={needed}><Input maxLength={20} /></Form.Item>
      </div>
      <div className="three">
        <Form.Item name={[...path, 'noun', 'en']} label={t('settings.noun_en')} rules={needed}><Input maxLength={30} /></Form.Item>
        <Form.Item name={[...path, 'noun_plural_en']} label={t('settings.nouns_en')} rules={needed}><Input maxLength={30} /></Form.Item>
        <Form.Item name={[...path, 'owner_title', 'en']} label={t('settings.owner_title_en')} rules={needed}><Input maxLength={30} /></Form.Item>
      </div>
    </>
  );
}

export function Preview({ firm }: { firm: Pick<Firm, 'noun' | 'noun_plural_en' | 'measure_zh' | 'owner_title'> }) {
  const { t, lang } = useSay();
  return (
    <div className="settings-preview">
      <div className="small quiet">{t('settings.preview')}</div>
      <p>{t('settings.preview_text', { noun: firm.noun.zh, measure: firm.measure_zh, owner: firm.owner_title.zh, plural: firm.noun_plural_en, title: lang === 'zh' ? firm.owner_title.zh : firm.owner_title.en })}</p>
    </div>
  );
}
