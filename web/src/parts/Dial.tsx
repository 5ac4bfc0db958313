// The customer's numbers to call, for whoever may see them; looking is recorded. The phone calls, the page waits.

import { Button } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { unmask } from '../api/staff';
import { useSay, useSession } from '../words/say';
import { Icon } from './Icon';
import { useRefused } from './refused';

/** Whether a text is a number that a telephone understands. */
export const isNumber = (text: string) => /^\+?[\d\s()-]{5,20}$/.test(text.trim()) && text.replace(/\D/g, '').length >= 5;

export function Dial({ customer }: { customer: string }) {
  const { t } = useSay();
  const refused = useRefused();
  const may = useSession()?.permissions.some((one) => one === 'unmask') ?? false;
  const look = useMutation({ mutationFn: () => unmask(customer), onError: refused });
  if (!may) return null;
  if (!look.data) return <div className="line"><Button icon={<Icon name="phone" size={16} />} loading={look.isPending} onClick={() => look.mutate()}>{t('follow_up.dial')}</Button><span className="small quiet">{t('unmask.about')}</span></div>;
  const numbers = look.data.contacts.filter((one) => isNumber(one.value));
  if (numbers.length === 0) return <p className="small quiet">{t('unmask.none')}</p>;
  return (
    <div className="ask-chips">
      {numbers.map((one) => <a key={one.key} className="chip" href={`tel:${one.value.replace(/[^\d+]/g, '')}`}><Icon name="phone" size={14} /><span>{t(`trait.${one.key}`, { defaultValue: one.key })}</span><span className="number">{one.value}</span></a>)}
    </div>
  );
}
