// 归属与公海: whether people take customers whom nobody owns, how many, and after how long without a record they go back.

import { App, Button, Form, InputNumber, Switch, type FormRule } from 'antd';
import { Link } from 'react-router';
import { useOwnership, useOwnershipWork, usePoolReturns } from '../../api/ownership';
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
  const save = (told: Rules) => put.mutate({ ...rules, ...told, most_customers: told.most_customers ?? null, return_after_days: told.return_after_days ?? null }, { onError: refused, onSuccess: () => void message.success(t('settings.saved')) });
  const fewer: FormRule = ({ getFieldValue }) => ({
    validator: (_, warn: number | null) => {
      const after = getFieldValue('return_after_days') as number | null | undefined;
      return after == null || warn === null || warn < after ? Promise.resolve() : Promise.reject(new Error(t('pool.warn_less')));
    },
  });
  return (
    <Form form={form} layout="vertical" requiredMark={false} className="card settings-form" initialValues={rules} onFinish={save}>
      <p className="soft" style={{ marginBottom: 16 }}>{t('pool.about')}</p>
      <Form.Item name="pool_open" label={t('pool.open')} valuePropName="checked" extra={t('pool.open_hint')}><Switch /></Form.Item>
      <div className="two">
        <Form.Item name="claims_per_day" label={t('pool.per_day')} rules={[{ required: true, message: t('setup.needed') }]}><InputNumber min={1} max={100} precision={0} style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="most_customers" label={t('pool.most')} extra={t('pool.most_hint')}><InputNumber min={1} max={100000} precision={0} style={{ width: '100%' }} /></Form.Item>
      </div>
      <div className="two">
        <Form.Item name="return_after_days" label={t('pool.after')} extra={t('pool.after_hint')}><InputNumber min={7} max={3650} precision={0} style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="return_warn_days" label={t('pool.warn')} extra={t('pool.warn_hint')} dependencies={['return_after_days']} rules={[{ required: true, message: t('setup.needed') }, fewer]}><InputNumber min={1} max={60} precision={0} style={{ width: '100%' }} /></Form.Item>
      </div>
      <ReturnsNow />
      <Button type="primary" htmlType="submit" loading={put.isPending}>{t('act.save')}</Button>
    </Form>
  );
}

/** What the rule comes to now, once there is something to say. */
function ReturnsNow() {
  const { t, count } = useSay();
  const page = usePoolReturns().data?.pages[0];
  if (!page || page.coming_total + page.returned_total === 0) return null;
  return (
    <p className="soft" style={{ marginBottom: 16 }}>
      {t('pool.now_coming', { count: page.coming_total, shown: count(page.coming_total) })}{t('punctuation.comma')}{t('pool.now_returned', { count: page.returned_total, shown: count(page.returned_total) })} · <Link to="/pool">{t('pool.see')}</Link>
    </p>
  );
}
