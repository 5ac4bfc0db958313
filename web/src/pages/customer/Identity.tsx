// By which keys this customer is known, and the people there; a key that was merged can be parted again.

import { App, Button } from 'antd';
import { useCustomerIdentity, useIdentityWork } from '../../api/intake';
import type { ContactRow, KeyRow } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Hint } from '../../parts/Hint';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

export function Identity({ id }: { id: string }) {
  const { t } = useSay();
  const { data } = useCustomerIdentity(id);
  if (!data) return null;
  const { keys, contacts } = data;
  return (
    <>
      {contacts.length > 0 && (
        <section className="card part">
          <h2 className="part-title">{t('identity.contacts')}</h2>
          <ul className="rail-list">{contacts.slice(0, 8).map((one) => <Contact key={one.id} one={one} />)}</ul>
        </section>
      )}
      {keys.length > 1 && (
        <section className="card part" aria-label={t('identity.keys')}>
          <h2 className="part-title">{t('identity.keys')}</h2>
          <ul className="rail-list">{keys.slice(0, 20).map((one) => <Key key={one.key} one={one} />)}</ul>
        </section>
      )}
    </>
  );
}

function Contact({ one }: { one: ContactRow }) {
  const { t, day } = useSay();
  return (
    <li className={one.left_at ? 'quiet' : undefined}>
      <div className="line"><span>{one.name ?? one.id}</span>{one.role && <span className="tag">{one.role}</span>}{one.left_at && <span className="push small quiet">{t('identity.left', { when: day(one.left_at) })}</span>}</div>
      {(one.phone || one.email) && <div className="small quiet">{[one.phone, one.email].filter(Boolean).join(' · ')}</div>}
    </li>
  );
}

function Key({ one }: { one: KeyRow }) {
  const { t, day } = useSay();
  const { canAct } = useMoment();
  const { message, modal } = App.useApp();
  const refused = useRefused();
  const { part } = useIdentityWork();
  const ask = () => void modal.confirm({
    title: t('identity.unmerge_title', { key: one.key }), content: t('identity.unmerge_text'), okText: t('identity.unmerge'), cancelText: t('act.cancel'), icon: null,
    onOk: () => part.mutateAsync([one.key]).then(() => void message.success(t('identity.unmerged')), refused),
  });
  const who = one.source === 'identity' ? t('identity.by_rule') : one.source === 'people' ? t('identity.by_person') : one.source;
  return (
    <li>
      <div className="line">
        <Hint say={() => [who, one.since && t('customer.trait_since', { when: day(one.since) })].filter(Boolean).join(' · ')}><code>{one.key}</code></Hint>
        <span className="push small quiet">{t(`identity.key.${one.sort}`, { defaultValue: one.sort })}</span>
        {one.is_merged && canAct && <Button size="small" type="text" onClick={ask}>{t('identity.unmerge')}</Button>}
      </div>
    </li>
  );
}
