// How a case ended: the outcome, and for a customer who left the reason.

import { Radio } from 'antd';
import { useCaseTypes } from '../api/cases';
import { useSay } from '../words/say';
import './ask.css';

const OUTCOMES = ['retained', 'churned', 'no_action_needed', 'false_alarm'];

export interface Ended { outcome: string | null; churn_reason: string | null }

export const OPEN_END: Ended = { outcome: null, churn_reason: null };

/** Who left has a reason; every other outcome needs none. */
export const isEnded = ({ outcome, churn_reason }: Ended): boolean => outcome !== null && (outcome !== 'churned' || churn_reason !== null);

export function Ending({ value, set }: { value: Ended; set: (next: Ended) => void }) {
  const { t, say } = useSay();
  const { data: types } = useCaseTypes();
  const outcomes = types?.outcomes.map((one) => ({ id: one.id, name: say(one.name) })) ?? OUTCOMES.map((id) => ({ id, name: t(`outcome.${id}`) }));
  return (
    <div>
      <Radio.Group value={value.outcome} onChange={(event) => set({ ...value, outcome: event.target.value as string })} aria-label={t('case.outcome')}>
        <div className="ending">
          {outcomes.map((one) => (
            <Radio key={one.id} value={one.id}>
              <span className="strong">{one.name}</span> <span className="quiet small">{t(`outcome.${one.id}_means`, { defaultValue: '' })}</span>
            </Radio>
          ))}
        </div>
      </Radio.Group>
      {value.outcome === 'churned' && (
        <div className="ending-why" role="group" aria-label={t('cases.churn_reason')}>
          <span className="small soft">{t('cases.churn_reason')}</span>
          <div className="ask-chips">
            {types?.churn_reasons.map((one) => (
              <button key={one.id} type="button" className="chip" aria-pressed={value.churn_reason === one.id} onClick={() => set({ ...value, churn_reason: one.id })}>{say(one.name)}</button>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

/** What is sent: the reason belongs to who left only. */
export const sentEnding = ({ outcome, churn_reason }: Ended): Ended => ({ outcome, churn_reason: outcome === 'churned' ? churn_reason : null });
