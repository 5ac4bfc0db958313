// How a case ended: the outcome as its type calls it, and for a customer who left the reason.

import { Radio } from 'antd';
import { useCaseTypes } from '../api/cases';
import { useSay } from '../words/say';
import './ask.css';

/** What a type that says nothing ends in; also what is offered until the types are read. */
const USUAL = [['retained', 'kept'], ['churned', 'lost'], ['no_action_needed', 'other'], ['false_alarm', 'mistaken']] as const;

export interface Ended { outcome: string | null; means: string | null; churn_reason: string | null }

export const OPEN_END: Ended = { outcome: null, means: null, churn_reason: null };

/** Who left has a reason; every other outcome needs none. */
export const isEnded = ({ outcome, means, churn_reason }: Ended): boolean => outcome !== null && (means !== 'lost' || churn_reason !== null);

interface EndingProps {
  value: Ended;
  set: (next: Ended) => void;
  /** The case's type; that of alerts where it is not known. */
  type?: string | null;
}

export function Ending({ value, set, type = null }: EndingProps) {
  const { t, say } = useSay();
  const { data: types } = useCaseTypes();
  const own = types?.types.find((one) => (type ? one.id === type : one.is_for_alerts));
  const outcomes: { id: string; means: string; name: string; about: string }[] = own?.outcomes.map((one) => ({ id: one.id, means: one.means, name: say(one.name), about: say(one.about) }))
    ?? USUAL.map(([id, means]) => ({ id, means, name: t(`outcome.${id}`), about: t(`outcome.${id}_means`) }));
  const choose = (id: string) => set({ ...value, outcome: id, means: outcomes.find((one) => one.id === id)?.means ?? null });
  return (
    <div>
      <Radio.Group value={value.outcome} onChange={(event) => choose(event.target.value as string)} aria-label={t('case.outcome')}>
        <div className="ending">
          {outcomes.map((one) => (
            <Radio key={one.id} value={one.id}>
              <span className="strong">{one.name}</span> <span className="quiet small">{one.about}</span>
            </Radio>
          ))}
        </div>
      </Radio.Group>
      {value.means === 'lost' && (
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
export const sentEnding = ({ outcome, means, churn_reason }: Ended) => ({ outcome, churn_reason: means === 'lost' ? churn_reason : null });
