// Something is learnt from history, or was and came to nothing: how far it is, why not, what is missing.

import { Button } from 'antd';
import { useSay } from '../words/say';
import type { Words } from '../api/types';
import './learning.css';

interface Run {
  state: string;
  progress?: number | null;
  refusal?: { detail: Words; hint: Words } | null;
  failure?: Words | null;
}

interface LearningProps { run: Run; running: string; refused: string; may: boolean; busy: boolean; stop: () => void }

/** Nothing once there is an answer. */
export function Learning({ run, running, refused, may, busy, stop }: LearningProps) {
  const { t, say, share } = useSay();
  if (run.state === 'running') {
    const part = run.progress ?? 0;
    return (
      <div className="learning" role="status">
        <p>{running} <span className="quiet number">{share(part, 0)}</span></p>
        <div className="progress"><span style={{ width: `${part * 100}%` }} /></div>
        {may && <div><Button size="small" loading={busy} onClick={stop}>{t('act.cancel')}</Button></div>}
      </div>
    );
  }
  const why = run.refusal?.detail ?? run.failure;
  if (!why) return run.state === 'stopped' ? <p className="quiet" role="status">{t('learn.stopped')}</p> : null;
  return (
    <div className="learning" role="status">
      <p className="strong">{refused}</p>
      <p>{say(why)}</p>
      {run.refusal && <p className="soft">{say(run.refusal.hint)}</p>}
    </div>
  );
}
