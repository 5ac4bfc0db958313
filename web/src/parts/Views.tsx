// 视图: a person's own filters of a page, kept by the server, so that they are there on every machine.

import { App, Button, Dropdown, Input, Modal } from 'antd';
import { useState } from 'react';
import { useViews, useViewWork } from '../api/desk';
import { useMoment } from '../frame/moment';
import { useSay } from '../words/say';
import { Icon } from './Icon';
import { useRefused } from './refused';

interface ViewsProps {
  page: 'alerts' | 'cases';
  /** What of the address is kept. */
  keys: string[];
  query: URLSearchParams;
  set: (change: Record<string, string | null>) => void;
}

export function Views({ page, keys, query, set }: ViewsProps) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const { canAct } = useMoment();
  const { data: views } = useViews(page);
  const { save, forget } = useViewWork();
  const [name, setName] = useState<string | null>(null);
  const take = (text: string) => {
    const wanted = new URLSearchParams(text);
    set(Object.fromEntries(keys.map((key) => [key, wanted.get(key)])));
  };
  const present = new URLSearchParams(keys.flatMap((key) => (query.get(key) ? [[key, query.get(key)!]] : []))).toString();
  const keep = () => {
    if (!name?.trim()) return;
    save.mutate({ page, name, query: present }, { onError: refused, onSuccess: (view) => { setName(null); void message.success(t('desk.views.saved', { name: view.name })); } });
  };
  const items = (views ?? []).map((view) => ({
    key: view.id,
    label: (
      <span className="line">
        <span className="clip" style={{ flex: 1 }}>{view.name}</span>
        <Button type="text" size="small" aria-label={t('desk.views.forget', { name: view.name })} icon={<Icon name="trash" size={14} />} onClick={(event) => { event.stopPropagation(); forget.mutate(view.id, { onError: refused }); }} />
      </span>
    ),
    onClick: () => take(view.query),
  }));
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items: [...items, ...(items.length > 0 ? [{ type: 'divider' as const }] : [{ key: 'none', disabled: true, label: t('desk.views.none') }]), { key: 'save', disabled: !canAct || present === '', label: t('desk.views.save'), onClick: () => setName('') }] }}>
        <Button icon={<Icon name="book" size={16} />}>{views?.find((view) => view.query === present)?.name ?? t('desk.views.title')}</Button>
      </Dropdown>
      <Modal open={name !== null} title={t('desk.views.save')} okText={t('desk.views.keep')} cancelText={t('act.cancel')} okButtonProps={{ disabled: !name?.trim(), loading: save.isPending }} onOk={keep} onCancel={() => setName(null)} destroyOnHidden width={400}>
        <Input autoFocus maxLength={40} value={name ?? ''} onChange={(event) => setName(event.target.value)} onPressEnter={keep} aria-label={t('desk.views.name')} placeholder={t('desk.views.name_hint')} />
      </Modal>
    </>
  );
}
