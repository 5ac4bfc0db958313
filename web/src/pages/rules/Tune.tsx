// A rule's thresholds where it stands: changed, seen at work on real customers, and switched on with them.

import { App, Button, InputNumber } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useRulePreview, useRuleWork, type RuleValue } from '../../api/rules';
import type { RulePage, RuleParameter } from '../../api/types';
import { isTable } from '../../parts/filter';
import { useRefused } from '../../parts/refused';
import { useRested } from '../../parts/rested';
import { Bone, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { plainly } from './build/Amounts';
import { Advice, Caught, HalfYear } from './Effect';
import { useMayChange } from './may';

/** The rule with other thresholds. */
export function withValues(rule: RuleValue, values: Record<string, number>): RuleValue {
  if (!isTable(rule.parameters)) return rule;
  const parameters = Object.fromEntries(Object.entries(rule.parameters).map(([id, one]) => [id, isTable(one) && values[id] !== undefined ? { ...one, value: values[id] } : one]));
  return { ...rule, parameters };
}

interface TuneProps { page: RulePage; done: () => void; close?: () => void }

export function Tune({ page, done, close }: TuneProps) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const may = useMayChange();
  const refused = useRefused();
  const { turn } = useRuleWork();
  const [values, setValues] = useState<Record<string, number>>({});
  const changed = Object.fromEntries(page.parameters.filter((one) => values[one.id] !== undefined && values[one.id] !== one.value).map((one) => [one.id, values[one.id]!]));
  const isChanged = Object.keys(changed).length > 0;
  const rested = useRested(JSON.stringify(changed));
  const preview = useRulePreview(useMemo(() => ({ rule: withValues(page.rule as unknown as RuleValue, JSON.parse(rested) as Record<string, number>) }), [page, rested]));
  const good = useRef(preview.data);
  if (preview.data && !preview.error) good.current = preview.data;
  const told = good.current;
  const { is_active: isActive, id } = page.row;
  const act = (active: boolean) => turn.mutate(
    { id, is_active: active, parameters: changed, note: null },
    {
      onSuccess: (after) => {
        setValues({});
        void message.success(t(isActive && active ? 'rules.tuned' : active ? 'rules.turned_on' : 'rules.turned_off', { name: say(after.row.name) }), 4);
        done();
      },
      onError: refused,
    },
  );
  return (
    <div className="rule-tune">
      <div className="rule-thresholds">
        {page.parameters.length === 0 ? <p className="small quiet">{t('rules.no_parameters')}</p> : page.parameters.map((one) => <Threshold key={one.id} one={one} value={values[one.id] ?? one.value} set={(value) => setValues((before) => ({ ...before, [one.id]: value }))} fixed={!may} />)}
        {may && (
          <div className="line wrap rule-tune-acts">
            {(!isActive || isChanged) && <Button type="primary" loading={turn.isPending} onClick={() => act(true)}>{t(isActive ? 'act.save' : 'rules.turn_on')}</Button>}
            {isChanged && <Button onClick={() => setValues({})}>{t('rules.put_back')}</Button>}
            {!isChanged && close && <Button type="text" onClick={close}>{t('keys.close')}</Button>}
          </div>
        )}
        {!may && <p className="small quiet">{t('rules.admin_only')}</p>}
      </div>
      <div className={preview.isFetching ? 'rule-tune-effect build-stale' : 'rule-tune-effect'} aria-live="polite">
        {preview.error ? <Fault error={preview.error} what={t('rules.effect')} again={() => void preview.refetch()} /> : !told ? <div className="stack" role="status" aria-label={t('state.loading')}><Bone w="60%" h={16} /><Bone w="100%" h={64} /></div> : (
          <div className="stack" style={{ gap: 8 }}>
            <p className="strong"><Caught told={told} /></p>
            <Advice told={told} />
            <HalfYear told={told} height={56} />
          </div>
        )}
      </div>
    </div>
  );
}

function Threshold({ one, value, set, fixed }: { one: RuleParameter; value: number; set: (next: number) => void; fixed: boolean }) {
  const { t, say, count } = useSay();
  const unit = t(`unit.${one.unit}`, { count: value, defaultValue: '' });
  const isOwn = one.shipped != null && one.shipped !== value;
  return (
    <div className="rule-threshold">
      <span className="soft">{say(one.name)}</span>
      <span className="line"><InputNumber aria-label={say(one.name)} value={value} min={one.least} max={one.most} step={one.most - one.least <= 5 ? 0.1 : 1} disabled={fixed} formatter={plainly} style={{ width: 96 }} onChange={(next) => next !== null && set(next)} /><span className="soft">{unit}</span></span>
      <span className="small quiet">{isOwn ? t('rules.shipped', { value: count(one.shipped ?? 0, 2) }) : t('rules.between', { least: count(one.least, 2), most: count(one.most, 2) })}</span>
    </div>
  );
}
