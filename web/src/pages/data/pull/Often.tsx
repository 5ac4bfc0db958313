// How often a source is read: by hand, every so many minutes, or once a day.

import { Form, Select, TimePicker, type FormInstance } from 'antd';
import dayjs from 'dayjs';
import { useSay } from '../../../words/say';
import type { Schedule } from './settings';

export interface OftenFields { often: string; at?: dayjs.Dayjs }

const EVERY = [15, 30, 60, 360];
const NIGHT = '02:30';

export const scheduleOf = ({ often, at }: OftenFields): Schedule =>
  often.startsWith('every:') ? { every_minutes: Number(often.slice(6)) } : often === 'daily' ? { daily_at: at?.format('HH:mm') ?? NIGHT } : null;

export const timeOf = (schedule: Schedule | undefined) => dayjs(`2020-01-01T${schedule && 'daily_at' in schedule ? schedule.daily_at : NIGHT}`);

export function Often({ form }: { form: FormInstance<any> }) {
  const { t } = useSay();
  const often = Form.useWatch('often', form) as string | undefined;
  const every = (minutes: number) => (minutes < 60 ? t('pull.every_minutes', { count: minutes }) : t('pull.every_hours', { count: minutes / 60 }));
  return (
    <>
      <Form.Item name="often" label={t('pull.often')}>
        <Select aria-label={t('pull.often')} options={[{ value: 'hand', label: t('pull.by_hand') }, ...EVERY.map((minutes) => ({ value: `every:${minutes}`, label: every(minutes) })), { value: 'daily', label: t('pull.daily') }]} />
      </Form.Item>
      {often === 'daily' && <Form.Item name="at" label={t('pull.at')}><TimePicker format="HH:mm" minuteStep={5} allowClear={false} needConfirm={false} style={{ width: '100%' }} /></Form.Item>}
    </>
  );
}
