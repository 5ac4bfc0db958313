// How far the score is proved on this firm's own history.

import { Tooltip } from 'antd';
import type { Proof as ProofRow } from '../../api/types';
import { useSay } from '../../words/say';

const SIGNS: Record<string, string> = { untested: '◌', backtested: '◑', live: '●' };

export function Proof({ proof }: { proof: ProofRow }) {
  const { t, say } = useSay();
  return (
    <Tooltip title={t(`proof.${proof.stage}_means`, { defaultValue: say(proof.sentence) })}>
      <span className="proof" tabIndex={0}><span aria-hidden="true">{SIGNS[proof.stage] ?? '◌'}</span> {say(proof.sentence).replace(/^[◌◑●]\s*/, '')}</span>
    </Tooltip>
  );
}
