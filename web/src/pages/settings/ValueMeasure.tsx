// 客户价值: by what a customer is measured, and what another measure would change, shown before it is saved.

import { App, Button, Radio } from 'antd';
import { useState } from 'react';
import { useValue, useValueChoice } from '../../api/value';
import type { ValueOption, ValuePage } from '../../api/types';
import { useRefused } from '../../parts/refused';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { part } from '../indicators/measured';

export function ValueMeasure() {
  const { t } = useSay();
  const { data, error, refetch } = useValue();
  if (error && !data) return <Fault error={error} what={t('settings.parts.value')} again={() => void refetch()} />;
  if (!data) return <BoneBlock height={320} />;
  if (data.customers === 0) return <div className="card"><Empty title={t('value.nobody')}>{t('value.nobody_text')}</Empty></div>;
  return <Choice key={data.in_use} page={data} />;
}

function Choice({ page }: { page: ValuePage }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const save = useValueChoice();
  const [chosen, choose] = useState(page.in_use ?? null);
  const option = page.options.find((one) => one.id === chosen);
  const isOther = chosen !== null && chosen !== page.in_use;
  const keep = () => save.mutate(chosen === page.by_scorecard ? null : chosen, { onError: refused, onSuccess: () => void message.success(t('settings.saved')) });
  return (
    <section className="card settings-form" aria-label={t('settings.parts.value')}>
      <p className="soft" style={{ marginBottom: 16 }}>{t('value.about')}</p>
      <Radio.Group value={chosen} onChange={(event) => choose(event.target.value as string)} aria-label={t('settings.parts.value')} className="value-options">
        {page.options.map((one) => <Option key={one.id} one={one} page={page} />)}
      </Radio.Group>
      {isOther && option && <Consequence option={option} />}
      <Button type="primary" disabled={!isOther} loading={save.isPending} onClick={keep}>{t('act.save')}</Button>
    </section>
  );
}

function Option({ one, page }: { one: ValueOption; page: ValuePage }) {
  const { t, say, count, share, moneyWhole } = useSay();
  const unknown = one.known === 0;
  return (
    <Radio value={one.id} disabled={unknown} className="value-option">
      <span className="value-name">
        {say(one.name)}
        {one.id === page.in_use && <span className="tag">{t('value.in_use')}</span>}
        {one.id === page.by_scorecard && <span className="tag">{t('value.by_scorecard')}</span>}
      </span>
      <span className="small quiet value-line">{say(one.question)}</span>
      <span className={unknown ? 'small soft value-line' : 'small soft value-line number'}>
        {unknown ? t(one.id === 'margin_365d' ? 'value.no_cost' : 'value.unknown') : t('value.known', { known: count(one.known), share: part(one.known / page.customers, share), sum: moneyWhole(one.sum) })}
      </span>
    </Radio>
  );
}

/** What saving would do: who changes tier, and where the tiers would be cut. */
function Consequence({ option }: { option: ValueOption }) {
  const { t, say, count, moneyWhole } = useSay();
  const moves = (['raised', 'lowered', 'gained', 'lost'] as const).filter((one) => option[one] > 0);
  const all = moves.reduce((sum, one) => sum + option[one], 0);
  return (
    <div className="settings-preview" role="status">
      <div className="small quiet">{t('value.consequence')}</div>
      <p><b>{all === 0 ? t('value.no_change') : t('value.change', { count: all, shown: count(all) })}</b>{moves.length > 0 && <> {moves.map((one) => t(`value.${one}`, { count: option[one], shown: count(option[one]) })).join(t('punctuation.comma'))}</>}</p>
      {option.tiers.length > 0 && (
        <ul className="value-tiers">
          {option.tiers.map((tier) => <li key={tier.tier}><span>{say(tier.name)}</span><span className="number soft">{tier.from == null ? '' : t('segments.from', { amount: moneyWhole(tier.from) })}</span><span className="number right">{t('segments.sum', { count: tier.count, shown: count(tier.count) })}</span></li>)}
        </ul>
      )}
      <p className="small soft">{t('value.follows')}</p>
    </div>
  );
}
