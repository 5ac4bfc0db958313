// What reaches this person where, when not, and in which language.

import { App, Button, Checkbox, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useChoosing, useNoticeChoice } from '../../../api/notices';
import type { NoticeChoice } from '../../../api/types';
import { useRefused } from '../../../parts/refused';
import { BoneBlock, Empty, Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';

/** Quiet hours of whoever begins to have some. */
const NIGHT = { from: '21:00', to: '08:00' };

export function Choice() {
  const { t } = useSay();
  const { data, error, refetch } = useNoticeChoice();
  return (
    <section aria-label={t('notices.choice')}>
      <div className="settings-bar"><h2>{t('notices.choice')}</h2><span className="soft">{t('notices.choice_about')}</span></div>
      {error && !data ? <Fault error={error} what={t('notices.choice')} again={() => void refetch()} /> : !data ? <BoneBlock height={200} /> : <ChoiceForm key={data.version} choice={data} />}
    </section>
  );
}

function ChoiceForm({ choice }: { choice: NoticeChoice }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const choosing = useChoosing();
  const [told, tell] = useState({ quiet_from: choice.quiet_from, quiet_to: choice.quiet_to, urgent_breaks_quiet: choice.urgent_breaks_quiet, lang: choice.lang, ways: choice.ways });
  const wayOf = (channel: number) => told.ways.find((one) => one.channel_id === channel);
  const put = (channel: number, change: { kinds?: string[]; address?: string | null }) => {
    const before = wayOf(channel) ?? { channel_id: channel, kinds: [], address: null };
    tell({ ...told, ways: [...told.ways.filter((one) => one.channel_id !== channel), { ...before, ...change }] });
  };
  // A way that carries nothing and says nothing is none; nor is one whose channel is gone.
  const ways = told.ways.filter((one) => (one.kinds.length > 0 || one.address) && choice.options.some((option) => option.channel_id === one.channel_id));
  const save = () => choosing.mutate({ ...told, ways, version: choice.version }, { onSuccess: () => void message.success(t('notices.saved')), onError: refused });
  const isQuiet = told.quiet_from !== null;
  return (
    <div className="card notice-choice">
      {choice.options.length === 0 ? <Empty title={t('notices.none_to_choose')} scene={false}>{t('notices.none_to_choose_text')}</Empty> : choice.options.map((option) => {
        const way = wayOf(option.channel_id);
        const kinds = way?.kinds ?? [];
        return (
          <fieldset key={option.channel_id} className="notice-way">
            <legend className="strong">{option.name}</legend>
            <div className="notice-kinds">
              <Checkbox checked={kinds.length === choice.kinds.length} indeterminate={kinds.length > 0 && kinds.length < choice.kinds.length} aria-label={t('notices.all_kinds', { name: option.name })} onChange={(event) => put(option.channel_id, { kinds: event.target.checked ? choice.kinds : [] })}>{t('notices.all')}</Checkbox>
              {choice.kinds.map((kind) => (
                <Checkbox key={kind} checked={kinds.includes(kind)} onChange={(event) => put(option.channel_id, { kinds: event.target.checked ? [...kinds, kind] : kinds.filter((one) => one !== kind) })}>{t(`notices.kind.${kind}`)}</Checkbox>
              ))}
            </div>
            <Input value={way?.address ?? ''} maxLength={200} aria-label={`${t('notices.address')} ${option.name}`} placeholder={t(option.kind === 'mail' ? 'notices.address_mail' : option.needs_address ? 'notices.address_app' : 'notices.address_bot')} onChange={(event) => put(option.channel_id, { address: event.target.value || null })} />
          </fieldset>
        );
      })}
      <div className="notice-when">
        <label className="line"><Switch checked={isQuiet} onChange={(on) => tell({ ...told, quiet_from: on ? NIGHT.from : null, quiet_to: on ? NIGHT.to : null })} />{t('notices.quiet_on')}</label>
        {isQuiet && (
          <span className="line notice-hours">
            <Input type="time" aria-label={t('notices.quiet_from')} value={told.quiet_from ?? ''} onChange={(event) => tell({ ...told, quiet_from: event.target.value })} />
            <span aria-hidden>–</span>
            <Input type="time" aria-label={t('notices.quiet_to')} value={told.quiet_to ?? ''} onChange={(event) => tell({ ...told, quiet_to: event.target.value })} />
            <Checkbox checked={told.urgent_breaks_quiet} onChange={(event) => tell({ ...told, urgent_breaks_quiet: event.target.checked })}>{t('notices.urgent')}</Checkbox>
          </span>
        )}
        <label className="line"><span className="soft">{t('notices.lang')}</span><Select value={told.lang} style={{ width: 120 }} onChange={(lang) => tell({ ...told, lang })} options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} /></label>
        <Button className="push" type="primary" loading={choosing.isPending} onClick={save}>{t('notices.save')}</Button>
      </div>
    </div>
  );
}
