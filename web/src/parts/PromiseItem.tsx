// A promise with the two words that end it; a word can be taken back.

import { App, Button } from 'antd';
import { useSettle } from '../api/followUps';
import type { PromiseRow } from '../api/types';
import { useMoment } from '../frame/moment';
import { useNow, useSay } from '../words/say';
import './follow-up.css';
import { Hint } from './Hint';
import { useRefused } from './refused';

/** 兑现, 未兑现, or back. */
export function PromiseActs({ promise, size = 'small' }: { promise: PromiseRow; size?: 'small' | 'middle' }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { message } = App.useApp();
  const refused = useRefused();
  const settle = useSettle();
  if (!canAct) return null;
  const to = (state: string) => settle.mutate({ id: promise.id, version: promise.version, state, note: null }, { onSuccess: () => void message.success(t(`promise.done.${state}`)), onError: refused });
  const name = promise.words;
  if (promise.state !== 'open') return <Button size={size} type="text" loading={settle.isPending} aria-label={`${t('promise.take_back')} ${name}`} onClick={() => to('open')}>{t('promise.take_back')}</Button>;
  return (
    <span className="line" style={{ gap: 4 }}>
      <Button size={size} color="primary" variant="filled" loading={settle.isPending} aria-label={`${t('promise.kept')} ${name}`} onClick={() => to('kept')}>{t('promise.kept')}</Button>
      <Button size={size} disabled={settle.isPending} aria-label={`${t('promise.broken')} ${name}`} onClick={() => to('broken')}>{t('promise.broken')}</Button>
    </span>
  );
}

/** By when, or what became of it. */
export function PromiseStands({ promise }: { promise: PromiseRow }) {
  const { t, near, day, dayTime } = useSay();
  const now = useNow(60_000);
  if (promise.state !== 'open') {
    return <Hint className="small quiet" say={() => [dayTime(promise.settled_at ?? promise.made_at), promise.settled_by].filter(Boolean).join(' · ')}>{t(`promise.state.${promise.state}`)}</Hint>;
  }
  return <Hint className={promise.is_overdue ? 'clock clock-overdue' : 'clock'} say={() => day(promise.due_on)}>{t(promise.is_overdue ? 'promise.was_due' : 'promise.due', { when: near(promise.due_on, now) })}</Hint>;
}

export function PromiseItem({ promise }: { promise: PromiseRow }) {
  const { t } = useSay();
  return (
    <li>
      <div className="line"><span className="promise-words">{promise.words}</span><span className="push" /><PromiseStands promise={promise} /></div>
      <div className="line small quiet"><span>{t('promise.by', { who: promise.made_by })}</span><span className="push" /><PromiseActs promise={promise} /></div>
    </li>
  );
}
