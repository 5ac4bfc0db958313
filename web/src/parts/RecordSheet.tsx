// 写跟进: in fifteen seconds with one thumb. By which way, whether they talked, how they stand, what was said, what was
// promised by when, when next. What was typed stays until it is recorded.

import { App, Input } from 'antd';
import { useState } from 'react';
import { useRecord } from '../api/followUps';
import { useSay } from '../words/say';
import { Ask, Asked } from './Ask';
import { Dial } from './Dial';
import { DayChoice } from './DayChoice';
import { draftOf, keepDraft, missing, recordOf, type Draft } from './draft';
import type { About } from './FollowUp';
import { Icon } from './Icon';
import { useRefused } from './refused';

const CHANNELS = ['call', 'message', 'visit', 'meeting', 'email', 'other'];
const OUTCOMES = ['talked', 'left_word', 'no_answer', 'refused'];
const MOODS = ['stay', 'unsure', 'leave', 'unclear'];

export default function RecordSheet({ about, note = '', leave }: { about: About; note?: string; leave: () => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const recording = useRecord();
  const [draft, setDraft] = useState<Draft>(() => begun(about.id, note));
  const [promising, setPromising] = useState(draft.promised !== '');
  const set = (change: Partial<Draft>) => {
    const next = { ...draft, ...change };
    setDraft(next);
    keepDraft(about.id, next);
  };
  const lacks = missing(draft);
  const send = () => {
    if (lacks) return;
    recording.mutate({ customer: about.id, record: recordOf(draft) }, {
      onSuccess: () => { keepDraft(about.id, null); leave(); void message.success(t('follow_up.recorded', { name: about.name })); },
      // What was typed stays, under its own name: sent again, it is recorded once.
      onError: refused,
    });
  };
  const talked = draft.outcome === 'talked';
  return (
    <Ask title={t('follow_up.title', { name: about.name })} ok={t('follow_up.send')} ready={lacks === null} busy={recording.isPending} send={send} leave={leave}>
      <Dial customer={about.id} />
      <Asked label={t('follow_up.channel')}><Chips label={t('follow_up.channel')} all={CHANNELS} words="follow_up.channels" value={draft.channel} choose={(channel) => set({ channel })} /></Asked>
      <Asked label={t('follow_up.outcome')}><Chips label={t('follow_up.outcome')} all={OUTCOMES} words="follow_up.outcomes" value={draft.outcome} choose={(outcome) => set({ outcome })} /></Asked>
      {talked && <Asked label={t('follow_up.mood')}><Chips label={t('follow_up.mood')} all={MOODS} words="follow_up.moods" value={draft.mood} choose={(mood) => set({ mood: draft.mood === mood ? null : mood })} /></Asked>}
      <Asked label={t('follow_up.note')} optional={!talked || draft.mood !== null}>
        <Input.TextArea value={draft.note} rows={2} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} placeholder={t('follow_up.note_hint')} aria-label={t('follow_up.note')} onChange={(event) => set({ note: event.target.value })} />
      </Asked>
      {promising ? (
        <Asked label={t('follow_up.promise')}>
          <Input value={draft.promised} maxLength={200} placeholder={t('follow_up.promise_hint')} aria-label={t('follow_up.promise')} onChange={(event) => set({ promised: event.target.value })} />
          <DayChoice label={t('follow_up.due')} value={draft.due} choose={(due) => set({ due })} />
          {lacks === 'due' && <span className="small soft">{t('follow_up.due_needed')}</span>}
        </Asked>
      ) : <button type="button" className="link small line follow-add" onClick={() => setPromising(true)}><Icon name="plus" size={14} />{t('follow_up.add_promise')}</button>}
      <Asked label={t('follow_up.next')} optional><DayChoice label={t('follow_up.next')} value={draft.next} choose={(next) => set({ next })} /></Asked>
    </Ask>
  );
}

/** What was being typed goes before what is proposed. */
function begun(customer: string, note: string): Draft {
  const draft = draftOf(customer);
  return draft.note.trim() === '' ? { ...draft, note } : draft;
}

interface ChipsProps { label: string; all: string[]; words: string; value: string | null; choose: (one: string) => void }

function Chips({ label, all, words, value, choose }: ChipsProps) {
  const { t } = useSay();
  return <div className="ask-chips" role="group" aria-label={label}>{all.map((one) => <button key={one} type="button" className="chip" aria-pressed={value === one} onClick={() => choose(one)}>{t(`${words}.${one}`)}</button>)}</div>;
}
