// What can be answered to a reminder: done, later, not this year; and back.

import { App, Button, Dropdown } from 'antd';
import dayjs from 'dayjs';
import { useAnswerReminder } from '../../api/reminders';
import type { ReminderRow } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { RecordButton } from '../../parts/FollowUp';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

/** Days on which a reminder may come back, from today on. */
function laterDays(today: string): { key: 'tomorrow' | 'in_days' | 'next_week'; until: string }[] {
  const now = dayjs(today);
  return [
    { key: 'tomorrow', until: now.add(1, 'day').format('YYYY-MM-DD') },
    { key: 'in_days', until: now.add(7, 'day').format('YYYY-MM-DD') },
    { key: 'next_week', until: now.add(((8 - now.day()) % 7) || 7, 'day').format('YYYY-MM-DD') },
  ];
}

export function ReminderActs({ row, today, size = 'small' }: { row: ReminderRow; today: string; size?: 'small' | 'middle' }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const answer = useAnswerReminder();
  if (!canAct) return null;
  const tell = (state: 'done' | 'put_off' | 'not_this_year' | 'open', until: string | null = null) =>
    answer.mutate(
      { customer_id: row.customer_id, kind: row.kind, key: row.key, version: row.version, state, until_on: until, note: null },
      { onSuccess: () => void message.success(t(`reminders.told.${state}`)), onError: refused },
    );
  if (row.state === 'done' || row.state === 'skipped') {
    return <Button size={size} type="text" disabled={row.version === 0} loading={answer.isPending} aria-label={`${t('reminders.take_back')} ${row.customer_name}`} onClick={() => tell('open')}>{t('reminders.take_back')}</Button>;
  }
  const days = laterDays(today);
  const items = [
    ...days.map(({ key }) => ({ key, label: t(`reminders.${key}`, { days: 7 }) })),
    { type: 'divider' as const },
    { key: 'not_this_year', label: t('reminders.not_this_year') },
  ];
  const choose = ({ key }: { key: string }) => {
    const day = days.find((one) => one.key === key);
    if (day) tell('put_off', day.until);
    else tell('not_this_year');
  };
  return (
    <span className="reminder-acts">
      {row.state === 'due' && <RecordButton about={{ id: row.customer_id, name: row.customer_name }} size={size} />}
      <Button size={size} color="primary" variant="filled" loading={answer.isPending} aria-label={`${t('reminders.done')} ${row.customer_name}`} onClick={() => tell('done')}>{t('reminders.done')}</Button>
      <Dropdown trigger={['click']} menu={{ items, onClick: choose }}>
        <Button size={size} type="text" icon={<Icon name="more" size={16} />} aria-label={`${t('reminders.more')} ${row.customer_name}`} />
      </Dropdown>
    </span>
  );
}
