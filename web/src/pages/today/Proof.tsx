// How far the score is proved on this firm's own history.

import type { Proof as ProofRow } from '../../api/types';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

const SIGNS: Record<string, string> = { untested: '◌', backtested: '◑', live: '●' };

export function Proof({ proof }: { proof: ProofRow }) {
  const { t, say, sentence } = useSay();
  return (
    <Hint className="proof" focusable say={() => t(`proof.${proof.stage}_means`, { defaultValue: say(proof.sentence) })}>
      <span aria-hidden="true">{SIGNS[proof.stage] ?? '◌'}</span> {sentence(proof.sentence).replace(/^[◌◑●]\s*/, '')}
    </Hint>
  );
}
