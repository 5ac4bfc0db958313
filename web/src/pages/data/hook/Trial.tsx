// What a mapping makes of a delivery: the facts it would be, the keys it tells of, what would be held and why.

import type { HookPreview } from '../../../api/types';
import { useSay } from '../../../words/say';
import { Findings } from '../CheckStep';

export function Trial({ made }: { made: HookPreview }) {
  const { t, count, dayTime } = useSay();
  return (
    <div className="stack" role="status">
      <p className={made.facts.length > 0 ? 'strong' : 'soft'}>{t('hook.makes', { count: made.facts.length })}</p>
      {made.facts.slice(0, 10).map((fact, at) => (
        <div key={at} className="hook-made">
          <div className="line wrap"><span className="strong">{t(`event.${fact.name}`, { defaultValue: fact.name })}</span><span className="tag">{t(`kind.${fact.kind}`, { defaultValue: fact.kind })}</span><span>{fact.customer_id ?? fact.actor_id ?? '—'}</span>{fact.value !== null && <span className="number">{count(fact.value ?? 0, 2)} {fact.currency}</span>}<span className="push small quiet">{dayTime(fact.occurred_at)}</span></div>
          <div className="small soft">{Object.entries(fact.properties).map(([name, value]) => `${name} = ${value ?? '—'}`).join(t('punctuation.comma'))}</div>
        </div>
      ))}
      {made.identities.map((one) => <div key={one.key} className="small"><code>{one.key}</code> → <code>{one.customer_id}</code></div>)}
      {made.findings.length > 0 && <Findings rows={made.findings} />}
    </div>
  );
}
