// 写跟进 and 处理建议, wherever a customer is shown: the two sheets are held once for the whole frame.

import { Button } from 'antd';
import { createContext, lazy, Suspense, useContext, useMemo, useState, type ReactNode } from 'react';
import { useMoment } from '../frame/moment';
import { useSay } from '../words/say';
import './follow-up.css';
import { Icon } from './Icon';

const RecordSheet = lazy(() => import('./RecordSheet'));
const AdviceSheet = lazy(() => import('./AdviceSheet'));

/** Whom a sheet is about. */
export interface About { id: string; name: string }

interface FollowUpDesk {
  /** With what there is to say already, if anything. */
  record: (about: About, note?: string) => void;
  advise: (about: About) => void;
}

const DeskContext = createContext<FollowUpDesk>({ record: () => undefined, advise: () => undefined });
export const useFollowUp = () => useContext(DeskContext);

export function FollowUpDesk({ children }: { children: ReactNode }) {
  const [recording, setRecording] = useState<{ about: About; note?: string } | null>(null);
  const [advised, advise] = useState<About | null>(null);
  const desk = useMemo<FollowUpDesk>(() => ({ record: (about, note) => { advise(null); setRecording({ about, note }); }, advise }), []);
  return (
    <DeskContext.Provider value={desk}>
      {children}
      <Suspense fallback={null}>
        {advised && <AdviceSheet key={advised.id} about={advised} leave={() => advise(null)} record={() => desk.record(advised)} />}
        {recording && <RecordSheet key={recording.about.id} about={recording.about} note={recording.note} leave={() => setRecording(null)} />}
      </Suspense>
    </DeskContext.Provider>
  );
}

interface ActProps {
  about: About;
  size?: 'small' | 'middle' | 'large';
  block?: boolean;
  /** Closes what the button stands in, in the same breath. */
  leave?: () => void;
}

/** 写跟进: for whoever may act, in the present. */
export function RecordButton({ about, size = 'middle', block = false, leave }: ActProps) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { record } = useFollowUp();
  if (!canAct) return null;
  return <Button size={size} block={block} icon={<Icon name="chat" size={16} />} onClick={(event) => { event.stopPropagation(); leave?.(); record(about); }}>{t('follow_up.record')}</Button>;
}

/** 处理建议. */
export function AdviceButton({ about, size = 'middle', block = false, leave }: ActProps) {
  const { t } = useSay();
  const { advise } = useFollowUp();
  return <Button size={size} block={block} icon={<Icon name="book" size={16} />} onClick={(event) => { event.stopPropagation(); leave?.(); advise(about); }}>{t('advice.show')}</Button>;
}

/** The same as a word in a line of words. */
export function AdviceLink({ about }: { about: About }) {
  const { t } = useSay();
  const { advise } = useFollowUp();
  return <button type="button" className="link small advice-link" aria-label={t('advice.show_of', { name: about.name })} onClick={(event) => { event.stopPropagation(); advise(about); }}>{t('advice.show')}</button>;
}
