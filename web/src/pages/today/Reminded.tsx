// What else to think of today: the reminders that are due, and the festival that is near.

import { Link } from 'react-router';
import { useReminderDays } from '../../api/reminders';
import { useMoment, withMoment } from '../../frame/moment';
import { customerAddress } from '../../parts/CustomerName';
import { Icon } from '../../parts/Icon';
import { useSay } from '../../words/say';

const SHOWN = 4;

export function Reminded({ owner }: { owner: string | null }) {
  const { t, say } = useSay();
  const { asOf } = useMoment();
  const { data } = useReminderDays({ owner }, SHOWN);
  const festival = data?.festival?.is_near ? data.festival : null;
  if (!data || (data.due_count === 0 && !festival)) return null;
  const at = (query: string) => withMoment(`/reminders${query}`, asOf);
  return (
    <section className="good" aria-label={t('reminders.panel')}>
      <h2 className="small soft">{t('reminders.panel')}</h2>
      <ul>
        {data.rows.map((row) => (
          <li key={`${row.customer_id} ${row.kind} ${row.key}`}>
            <Icon name="clock" size={16} />
            <span><Link className="strong" to={withMoment(customerAddress(row.customer_id), asOf)}>{row.customer_name}</Link> <span className="soft">{say(row.sentence)}</span></span>
          </li>
        ))}
        {festival && (
          <li>
            <Icon name="today" size={16} />
            <span><span className="soft">{t('reminders.near', { name: say(festival.name), days: festival.working_days_left })}</span> <Link className="strong" to={at('?view=festival')}>{t('reminders.open_list')}</Link></span>
          </li>
        )}
      </ul>
      {data.due_count > 0 && <p className="small"><Link to={at('')}>{t('reminders.panel_all', { count: data.due_count })}</Link></p>}
    </section>
  );
}
