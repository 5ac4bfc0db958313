// What a person says of a customer's health, with its reason and its end: fetched when somebody wants to say it.

import { DatePicker, Form, Input, InputNumber, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useJudging } from '../../api/scorecards';
import type { CustomerPage } from '../../api/types';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import type { About } from './Judgements';

export default function Saying({ about, page, close }: { about: About; page: CustomerPage; close: () => void }) {
  const { t, say } = useSay();
  const [form] = Form.useForm<{ value: number; reason: string; until?: Dayjs }>();
  const work = useJudging(page.row.id);
  const refused = useRefused();
  const ofHealth = about === 'health';
  const [least, most] = ofHealth ? [0, 100] : [about.least, about.most];
  const save = async () => {
    // What is missing is said at its field.
    const told = await form.validateFields().catch(() => null);
    if (!told) return;
    const until = told.until?.format('YYYY-MM-DD') ?? null;
    work.say.mutate({ measure: ofHealth ? null : about.id, value: told.value, reason: told.reason, until }, { onSuccess: close, onError: refused });
  };
  const needed = [{ required: true, message: t('setup.needed') }];
  const today = dayjs().startOf('day');
  return (
    <Modal open title={ofHealth ? t('judge.override_title', { name: page.row.name }) : `${say(about.name)} · ${page.row.name}`} okText={t('act.save')} cancelText={t('act.cancel')} onOk={() => void save()} onCancel={close} confirmLoading={work.say.isPending} destroyOnHidden>
      <p className="soft judge-about">{t(ofHealth ? 'judge.override_about' : 'judge.pulse_about')}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={ofHealth ? { value: page.row.verdict.health == null ? undefined : Math.round(page.row.verdict.health) } : {}}>
        <Form.Item name="value" label={ofHealth ? t('judge.health') : t('judge.value', { least, most })} rules={needed}><InputNumber min={least} max={most} style={{ width: 160 }} /></Form.Item>
        <Form.Item name="reason" label={t('judge.reason')} rules={[{ required: true, whitespace: true, message: t('setup.needed') }]}><Input.TextArea rows={3} maxLength={500} placeholder={t('judge.reason_hint')} /></Form.Item>
        <Form.Item name="until" label={ofHealth ? t('judge.ends') : t('judge.ends_maybe')} rules={ofHealth ? needed : []}><DatePicker style={{ width: 200 }} disabledDate={(day) => !day.isAfter(today) || day.isAfter(today.add(1, 'year'))} /></Form.Item>
      </Form>
    </Modal>
  );
}
