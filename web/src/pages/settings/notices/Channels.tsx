// The ways out of the house: what each is, how its latest message fared, and a test at hand.

import { App, Button, Dropdown, Switch } from 'antd';
import { useState } from 'react';
import { addChannel, changeChannel, removeChannel, testChannel, useChannels, useChannelWork } from '../../../api/notices';
import { Problem } from '../../../api/client';
import type { NoticeChannel } from '../../../api/types';
import { Export } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../../parts/States';
import { useNow, useSay } from '../../../words/say';
import { ChannelForm } from './ChannelForm';

const EVERY_MS = 60_000;

export function Channels() {
  const { t, say } = useSay();
  const { data, error, refetch } = useChannels();
  const [open, setOpen] = useState<NoticeChannel | 'new' | null>(null);
  if (error && !data) return <Fault error={error} what={t('notices.channels')} again={() => void refetch()} />;
  const columns: Column<NoticeChannel>[] = [
    { key: 'name', title: t('notices.name'), width: 'minmax(140px, 1fr)', cell: (one) => <div><div className="strong clip">{one.name}</div><div className="small quiet clip">{say(one.kind_name)}</div></div> },
    { key: 'latest', title: t('notices.latest'), width: 'minmax(200px, 2fr)', cell: (one) => <Latest one={one} /> },
    { key: 'on', title: t('notices.in_use'), width: '84px', cell: (one) => <OnOff one={one} /> },
    { key: 'act', title: '', width: '190px', right: true, cell: (one) => <Acts one={one} edit={() => setOpen(one)} /> },
  ];
  return (
    <section aria-label={t('notices.channels')}>
      <div className="settings-bar">
        <h2>{t('notices.channels')}</h2>
        <span className="soft">{t('notices.channels_about')}</span>
        <span className="push line">
          <Export what="channels" of={t('notices.channels')} />
          <Button type="primary" icon={<Icon name="plus" size={16} />} disabled={!data} onClick={() => setOpen('new')}>{t('notices.add')}</Button>
        </span>
      </div>
      {!data ? <BoneRows rows={2} /> : data.channels.length === 0 ? <div className="card"><Empty title={t('notices.none')} scene={false}>{t('notices.none_text')}</Empty></div> : (
        <Sheet label={t('notices.channels')} columns={columns} rows={data.channels} rowKey={(one) => one.id} rowHeight={60} keys={false} grows
          card={(one) => (
            <div className="stack" style={{ gap: 8 }}>
              <div className="line"><div><div className="strong">{one.name}</div><div className="small quiet">{say(one.kind_name)}</div></div><span className="push"><OnOff one={one} /></span></div>
              <Latest one={one} />
              <Acts one={one} edit={() => setOpen(one)} />
            </div>
          )} />
      )}
      {open && data && <Editing one={open === 'new' ? null : open} close={() => setOpen(null)} />}
    </section>
  );
}

function Latest({ one }: { one: NoticeChannel }) {
  const { t, sentence, near, dayTime } = useSay();
  const now = useNow(EVERY_MS);
  if (one.paused_until && Date.parse(one.paused_until) > Date.parse(now)) return <span className="small notice-bad">{t('notices.resting', { when: dayTime(one.paused_until) })}</span>;
  if (!one.last) return <span className="small quiet">{t('notices.waiting')}</span>;
  if (one.last.trouble) return <div className="small"><span className="notice-bad">{sentence(one.last.trouble.detail)}</span><span className="quiet">{t('punctuation.stop')}{sentence(one.last.trouble.hint)}</span></div>;
  if (!one.last.ended_at) return <span className="small quiet">{t('notices.sending')}</span>;
  return <span className="small soft">{t('notices.fine', { when: near(one.last.ended_at, now) })}</span>;
}

function OnOff({ one }: { one: NoticeChannel }) {
  const { t } = useSay();
  const refused = useRefused();
  const work = useChannelWork(changeChannel);
  return <Switch checked={one.is_enabled} loading={work.isPending} aria-label={`${t('notices.in_use')} ${one.name}`} onChange={(is_enabled) => work.mutate({ id: one.id, version: one.version, is_enabled }, { onError: refused })} />;
}

function Acts({ one, edit }: { one: NoticeChannel; edit: () => void }) {
  const { t } = useSay();
  const { message, modal } = App.useApp();
  const refused = useRefused();
  const test = useChannelWork(testChannel);
  const remove = useChannelWork(removeChannel);
  const ask = () =>
    void modal.confirm({
      title: t('notices.remove', { name: one.name }), content: t('notices.remove_text'), okText: t('act.remove'), cancelText: t('act.cancel'), icon: null,
      onOk: () => remove.mutateAsync(one.id).then(() => void message.success(t('notices.removed')), refused),
    });
  const send = () => test.mutate(one.id, { onSuccess: () => void message.success(t('notices.tested')), onError: refused });
  return (
    <span className="line notice-acts">
      <Button size="small" loading={test.isPending} onClick={send}>{t('notices.test')}</Button>
      <Dropdown trigger={['click']} menu={{ items: [{ key: 'edit', label: t('staff.edit'), onClick: edit }, { key: 'remove', label: t('act.remove'), onClick: ask }] }}>
        <Button size="small" type="text" icon={<Icon name="more" size={16} />} aria-label={`${t('staff.edit')} ${one.name}`} />
      </Dropdown>
    </span>
  );
}

/** Adding or changing; what the server says of it stays in the form until it is right. */
function Editing({ one, close }: { one: NoticeChannel | null; close: () => void }) {
  const { data } = useChannels();
  const { t } = useSay();
  const { message } = App.useApp();
  const add = useChannelWork(addChannel);
  const change = useChannelWork(changeChannel);
  const done = { onSuccess: () => { void message.success(t('settings.saved')); close(); } };
  const error = add.error ?? change.error;
  return (
    <ChannelForm one={one} kinds={data?.kinds ?? []} close={close} busy={add.isPending || change.isPending} problem={error instanceof Problem ? error : null}
      send={(told) => (one === null ? add.mutate(told, done) : change.mutate({ id: one.id, version: one.version, name: told.name, settings: told.settings, secrets: told.secrets }, done))} />
  );
}
