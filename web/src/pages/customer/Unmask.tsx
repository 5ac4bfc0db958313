// Numbers and addresses in full, for whoever may, by a click that is recorded.

import { Button } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { unmask } from '../../api/staff';
import { useRefused } from '../../parts/refused';
import { useSay, useSession } from '../../words/say';

export function Unmask({ id }: { id: string }) {
  const { t } = useSay();
  const refused = useRefused();
  const may = useSession()?.permissions.some((one) => one === 'unmask') ?? false;
  const look = useMutation({ mutationFn: () => unmask(id), onError: refused });
  if (!may) return null;
  if (look.data) {
    const { contacts } = look.data;
    if (contacts.length === 0) return <p className="small quiet">{t('unmask.none')}</p>;
    return <dl className="traits" aria-live="polite">{contacts.map((one) => <div key={one.key}><dt title={one.key}>{t(`trait.${one.key}`, { defaultValue: one.key })}</dt><dd className="number">{one.value}</dd></div>)}</dl>;
  }
  return <div className="line small"><Button size="small" loading={look.isPending} onClick={() => look.mutate()}>{t('unmask.show')}</Button><span className="quiet">{t('unmask.about')}</span></div>;
}
