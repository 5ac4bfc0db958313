// When it is over, how urgent it is, on which days it speaks, what it says and what it is called.

import { AutoComplete, Input, InputNumber, Radio, Segmented, Select } from 'antd';
import { Field, Section } from '../../../parts/Field';
import { Severity } from '../../../parts/Severity';
import { useSay } from '../../../words/say';
import { AmountInput } from './Amounts';
import { useAround, useNaming } from './around';
import { branch, isBranch, numbers, opposite } from './condition';
import { DAYS, SEVERITIES, TIERS, WEEKDAYS, idOf, sayOf, type Draft, type Schedule } from './draft';
import { Tree } from './Tree';

export interface MannerProps { draft: Draft; set: (change: Partial<Draft>) => void }

export function Clearing({ draft, set }: MannerProps) {
  const { t } = useSay();
  const { wrong } = useAround();
  const begin = () => {
    const turned = opposite(draft.when);
    set({ clear: isBranch(turned) ? turned : branch([turned]) });
  };
  return (
    <Section part="clear" title={t('rules.clear')} about={t('rules.clear_about')} wrong={wrong.filter((one) => one.trail === null)}>
      <Radio.Group value={draft.clear ? 'own' : 'when'} aria-label={t('rules.clear')} onChange={(event) => (event.target.value === 'own' ? begin() : set({ clear: null }))}>
        <div className="stack" style={{ gap: 8 }}>
          <Radio value="when">{t('rules.clear_when')}</Radio>
          <Radio value="own">{t('rules.clear_own')} <span className="small quiet">{t('rules.clear_own_means')}</span></Radio>
        </div>
      </Radio.Group>
      {draft.clear && <Tree of="clear" root={draft.clear} set={(clear) => set({ clear })} />}
    </Section>
  );
}

export function Timing({ draft, set }: MannerProps) {
  const { t } = useSay();
  const { wrong } = useAround();
  const severities = SEVERITIES.map((one) => ({ value: one as string, label: <Severity severity={one} word /> }));
  const often = draft.schedule?.every ?? 'day';
  const schedule = (every: string): Schedule | null => (every === 'day' ? null : { every: every as Schedule['every'], weekday: draft.schedule?.weekday ?? 'monday', day: draft.schedule?.day ?? 1 });
  const tier = (one: string, severity: string) => {
    const { [one]: _, ...rest } = draft.severityByTier;
    set({ severityByTier: severity ? { ...rest, [one]: severity } : rest });
  };
  return (
    <Section part="timing" title={t('rules.timing')} wrong={wrong}>
      <Field label={t('col.severity')}><div><Segmented className="rule-severity" aria-label={t('col.severity')} value={draft.severity} options={severities} onChange={(severity) => set({ severity: String(severity) })} /></div></Field>
      <Field label={t('rules.by_tier')} about={t('rules.by_tier_about')}>
        <div className="rule-tiers">
          {TIERS.map((one) => (
            <label key={one} className="small soft">{t(`tier.${one}`)}
              <Select size="small" aria-label={`${t('rules.by_tier')} ${t(`tier.${one}`)}`} value={draft.severityByTier[one] ?? ''} style={{ width: 108 }} popupMatchSelectWidth={false} onChange={(severity: string) => tier(one, severity)} options={[{ value: '', label: t('rules.same') }, ...SEVERITIES.map((each) => ({ value: each as string, label: t(`severity.${each}`) }))]} />
            </label>
          ))}
        </div>
      </Field>
      <Field label={t('rules.cooldown')} about={t('rules.cooldown_about')}>
        <span className="line soft"><AmountInput label={t('rules.cooldown')} value={draft.cooldown} set={(cooldown) => set({ cooldown })} least={0} most={365} whole width={72} />{t('rules.day_unit')}</span>
      </Field>
      <Field label={t('rules.on')}><div><Segmented aria-label={t('rules.on')} value={draft.on} options={DAYS.map((one) => ({ value: one as string, label: t(`rules.on_days.${one}`) }))} onChange={(on) => set({ on: String(on) })} /></div></Field>
      <Field label={t('rules.often')}>
        <div className="rule-row">
          <Select aria-label={t('rules.often')} value={often} style={{ width: 132 }} options={(['day', 'week', 'month'] as const).map((one) => ({ value: one as string, label: t(`rules.every.${one}`) }))} onChange={(every: string) => set({ schedule: schedule(every) })} />
          {draft.schedule?.every === 'week' && <Select aria-label={t('rules.weekday')} value={draft.schedule.weekday} style={{ width: 112 }} options={WEEKDAYS.map((one) => ({ value: one as string, label: t(`rules.weekdays.${one}`) }))} onChange={(weekday: string) => set({ schedule: { ...draft.schedule!, weekday } })} />}
          {draft.schedule?.every === 'month' && <span className="line soft">{t('rules.on_day')}<InputNumber aria-label={t('rules.month_day')} value={draft.schedule.day} min={1} max={28} precision={0} controls={false} style={{ width: 56 }} onChange={(day) => day && set({ schedule: { ...draft.schedule!, day } })} />{t('rules.of_month')}</span>}
        </div>
      </Field>
    </Section>
  );
}

/** The words of an alert. What is left empty is made of the condition's own figures. */
export function Saying({ draft, set }: MannerProps) {
  const { t, lang, say } = useSay();
  const { vocabulary, wrong } = useAround();
  const naming = useNaming(vocabulary);
  const own = lang === 'zh' ? (['sayZh', 'stepZh'] as const) : (['sayEn', 'stepEn'] as const);
  const other = lang === 'zh' ? (['sayEn', 'stepEn'] as const) : (['sayZh', 'stepZh'] as const);
  const made = sayOf(draft.when, naming, { zh: '', en: '' });
  const figures = numbers(draft.when).filter((id) => id !== 'health_change_7d');
  const put = (id: string) => {
    const before = draft[own[0]] || (lang === 'zh' ? made.zh : made.en);
    set({ [own[0]]: `${before}${before && !/\s$/.test(before) ? ' ' : ''}{${id}}` });
  };
  return (
    <Section part="saying" title={t('rules.saying')} about={t('rules.saying_about')} wrong={wrong}>
      <Field label={t('rules.say')}>
        <Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} value={draft[own[0]]} maxLength={300} aria-label={t('rules.say')} placeholder={(lang === 'zh' ? made.zh : made.en) || t('rules.say_hint')} onChange={(event) => set({ [own[0]]: event.target.value })} />
        {figures.length > 0 && <div className="line wrap small">{figures.map((id) => <button key={id} type="button" className="chip" onClick={() => put(id)}>{t('rules.put_in', { name: say(vocabulary?.quantities.find((one) => one.id === id)?.name) || id })}</button>)}</div>}
      </Field>
      <Field label={t('rules.say_also')}><Input value={draft[other[0]]} maxLength={300} aria-label={t('rules.say_also')} placeholder={t('build.optional')} onChange={(event) => set({ [other[0]]: event.target.value })} /></Field>
      <Field label={t('today.next_step')}><Input value={draft[own[1]]} maxLength={60} aria-label={t('today.next_step')} placeholder={t('rules.untitled_step')} onChange={(event) => set({ [own[1]]: event.target.value })} /></Field>
      <Field label={t('rules.step_also')}><Input value={draft[other[1]]} maxLength={60} aria-label={t('rules.step_also')} placeholder={t('build.optional')} onChange={(event) => set({ [other[1]]: event.target.value })} /></Field>
    </Section>
  );
}

export const causeWord = (t: (key: string, options: { defaultValue: string }) => string, cause: string): string => t(`rules.causes.${cause}`, { defaultValue: cause });

export function Naming({ draft, set, fixed, taken }: MannerProps & { fixed: boolean; taken: string[] }) {
  const { t, lang } = useSay();
  const { vocabulary, wrong } = useAround();
  const [own, other] = lang === 'zh' ? (['nameZh', 'nameEn'] as const) : (['nameEn', 'nameZh'] as const);
  const causes = vocabulary?.causes ?? [];
  return (
    <Section part="naming" title={t('rules.naming')} wrong={wrong}>
      <Field label={t('build.called')}><Input value={draft[own]} maxLength={60} aria-label={t('build.called')} placeholder={t('rules.called_hint')} onChange={(event) => set({ [own]: event.target.value })} /></Field>
      <Field label={t('build.called_also')}><Input value={draft[other]} maxLength={60} aria-label={t('build.called_also')} placeholder={t('build.optional')} onChange={(event) => set({ [other]: event.target.value })} /></Field>
      <Field label={t('rules.cause')} about={t('rules.cause_about')}>
        <AutoComplete aria-label={t('rules.cause')} value={draft.cause} placeholder={t('rules.cause_hint')} style={{ width: '100%' }} onChange={(cause: string) => set({ cause })} options={causes.map((one) => ({ value: one, label: causeWord(t as never, one) }))} showSearch={{ filterOption: (typed, option) => `${option?.label} ${option?.value}`.toLowerCase().includes(typed.toLowerCase()) }} />
      </Field>
      {!fixed && <Field label={t('build.id')}><Input value={draft.id} maxLength={60} aria-label={t('build.id')} placeholder={idOf({ ...draft, id: '' }, taken)} onChange={(event) => set({ id: event.target.value.toLowerCase().replace(/[^a-z0-9_]/g, '_') })} /></Field>}
    </Section>
  );
}
