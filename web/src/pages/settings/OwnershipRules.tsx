// 归属与公海: whether people take customers whom nobody owns, and how many.

import { App, Button, Form, InputNumber, Switch } from 'antd';
import { useOwnership, useOwnershipWork } from '../../api/ownership';
import type { OwnershipRules as Rules } from '../../api/types';
import { useRefused } from '../../parts/refused';
import { BoneBlock, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

export function OwnershipRules() {
  const { t } = useSay();
  const { data, error, refetch } = useOwnership();
  if (error && !data) return <Fault error={error} what={t('settings.parts.ownership')} again={() => void refetch()} />;
  if (!data) return <BoneBlock height={200} />;
  return <RulesForm rules={data.rules} />;
}

function RulesForm({ rules }: { rules: Rules }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const { put } = useOwnershipWork();
  const [form] = Form.useForm<Rules>();
  const save = (told: Rules) => put.mutate({ ...rules, ...told, most_customers: told.most_customers ?? null }, { onError: refused, onSuccess: () => void message.success(t('settings.saved')) });
  return (
    <Form form={form} layout="vertical" requiredMark={false} className="card settings-form" initialValues={rules} onFinish={save}>
      <p className="soft" style={{ marginBottom: 16 }}>{t('pool.about')}</p>
      <Form.Item name="pool_open" label={t('pool.open')} valuePropName="checked" extra={t('pool.open_hint')}><Switch /></Form.Item>
      <div className="two">
        <Form.Item name="claims_per_day" label={t('pool.per_day')} rules={[{ required: true, message: t('setup.needed') }]}><InputNumber min={1} max={100} precision={0} style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="most_customers" label={t('pool.most')} extra={t('pool.most_hint')}><InputNumber min={1} max={100000} precision={0} style={{ width: '100%' }} /></Form.Item>
      </div>
      <Button type="primary" htmlType="submit" loading={put.isPending}>{t('act.save')}</Button>
    </Form>
  );
}
