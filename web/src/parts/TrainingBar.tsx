// How far a training is, wherever its model is waited for.

import { useSay } from '../words/say';

export function TrainingBar({ part, words }: { part: number; words: 'model.running_text' | 'model.running_here' }) {
  const { t, share } = useSay();
  return (
    <div className="stack" role="status">
      <div className="progress"><span style={{ width: `${part * 100}%` }} /></div>
      <p className="small quiet">{t(words, { part: share(part, 0) })}</p>
    </div>
  );
}
