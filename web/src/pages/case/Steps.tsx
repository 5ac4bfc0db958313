// What was done to the case: who, when, how long it had stood there, with what result.

import type { CaseRow } from '../../api/types';
import { useSpan } from '../../parts/span';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

export function Steps({ steps, now }: { steps: CaseRow['steps']; now: string }) {
  const { t, say, near, dayTime } = useSay();
  const span = useSpan();
  return (
    <ol className="case-steps">
      {steps.map((step, index) => {
        const before = steps[index - 1];
        const moved = before && before.stage !== step.stage;
        const given = step.assigned_to !== (before?.assigned_to ?? null);
        return (
          <li key={index}>
            <div className="line wrap case-step-head">
              <span className="strong">{say(step.move_name)}</span>
              <span className="soft">{step.actor === 'liuke' ? t('case.by_liuke') : step.actor}</span>
              <span className="small quiet" title={dayTime(step.at)}>{near(step.at, now)}</span>
              {step.outcome_name && <span className="tag">{say(step.outcome_name)}</span>}
            </div>
            {step.note && <p className="case-step-note">{step.note}</p>}
            <div className="small quiet line wrap case-step-foot">
              {moved && <span>{say(before.stage_name)} → {say(step.stage_name)}</span>}
              {given && (step.assigned_name ?? step.assigned_to) && <span>{t('cases.given_to', { who: step.assigned_name ?? step.assigned_to ?? '' })}</span>}
              {before && step.stage_seconds > 0 && <Hint say={() => t('cases.stood_means', { stage: say(before.stage_name), span: span(step.stage_seconds), working: span(step.working_seconds, true) })}><span>{t('cases.stood', { stage: say(before.stage_name), span: span(step.working_seconds, true) })}</span></Hint>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
