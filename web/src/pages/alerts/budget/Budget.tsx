// 预警预算: how many people work alerts, how many cases each can take in a week; where the line falls through what is open
// now, who is just below it, and what the last half year would have been. The decision: how much comes on the desk.

import { App, Button, InputNumber, Slider, Switch } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { Trans } from 'react-i18next';
import { api } from '../../../api/client';
import { useBudget, useBudgetPreview, usePutBudget } from '../../../api/desk';
import type { Budget, BudgetPage as Told } from '../../../api/types';
import { useMoment } from '../../../frame/moment';
import { Explain } from '../../../parts/Explain';
import { Export, Head } from '../../../parts/Head';
import { useRefused } from '../../../parts/refused';
import { BoneBlock, Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';
import './budget.css';
import { Line } from './Line';
import { Weeks } from './Weeks';

const CASES = 20;

export default function BudgetPage() {
  const { t, count } = useSay();
  const { canAct } = useMoment();
  const { data: told, error, refetch } = useBudget();
  const [own, setOwn] = useState<Budget | null>(null);
  useEffect(() => {
    if (told && !own) setOwn(told.budget ?? { people: Math.max(1, told.staff_count), cases_per_person: CASES, urgent_passes: true });
  }, [told, own]);
  const asked = useDeferredValue(own);
  const { data: preview, error: missing, isPlaceholderData } = useBudgetPreview(asked);
  if (error || missing) return <div className="page"><Head title={t('budget.title')} /><Fault error={error ?? missing} what={t('budget.title')} again={() => void refetch()} /></div>;
  if (!told || !own) return <div className="page"><Head title={t('budget.title')} /><BoneBlock height={420} /></div>;
  const values = { people: count(own.people), cases: count(own.cases_per_person), per_week: count(own.people * own.cases_per_person) };
  return (
    <div className="page budget">
      <Head title={t('budget.title')} sentence={<Trans t={t} i18nKey="budget.sentence" values={values} components={{ b: <b /> }} />} sub={<InForce told={told} />} acts={<><Export what="budget" query={{ people: own.people, cases: own.cases_per_person, urgent_passes: own.urgent_passes }} />{canAct && <Acts told={told} own={own} />}</>} />
      <div className="budget-grid">
        <Controls own={own} set={setOwn} />
        {preview ? <Line preview={preview} stale={isPlaceholderData} /> : <BoneBlock height={420} />}
      </div>
      {preview && <Weeks preview={preview} />}
      <Changes told={told} />
    </div>
  );
}

function InForce({ told }: { told: Told }) {
  const { t, count } = useSay();
  if (!told.budget) return <span>{t('budget.sub_none')}</span>;
  return (
    <>
      <span>{t('budget.sub_set', { people: count(told.budget.people), cases: count(told.budget.cases_per_person) })}</span>
      {told.week && <span>{t('budget.week', { opened: count(told.week.opened), allowance: count(told.week.allowance) })}</span>}
    </>
  );
}

function Acts({ told, own }: { told: Told; own: Budget }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const put = usePutBudget();
  const same = told.budget !== null && JSON.stringify(told.budget) === JSON.stringify(own);
  const compute = () => void api.post('/api/cycle').catch(refused);
  const saved = (words: string) => message.success({ duration: 15, content: <span>{words}<Button type="link" size="small" onClick={compute}>{t('budget.compute')}</Button></span> });
  const send = (budget: Budget | null) => put.mutate(budget, { onError: refused, onSuccess: () => void saved(t(budget ? 'budget.saved' : 'budget.removed')) });
  return (
    <>
      {told.budget && <Button disabled={put.isPending} onClick={() => send(null)}>{t('budget.remove')}</Button>}
      <Button type="primary" disabled={same} loading={put.isPending} onClick={() => send(own)}>{t('budget.save')}</Button>
    </>
  );
}

function Controls({ own, set }: { own: Budget; set: (budget: Budget) => void }) {
  const { t } = useSay();
  const dial = (key: 'people' | 'cases_per_person', label: string, most: number) => (
    <div className="budget-dial">
      <label htmlFor={`budget-${key}`}>{label}</label>
      <InputNumber id={`budget-${key}`} min={1} max={1000} value={own[key]} onChange={(value) => value && set({ ...own, [key]: Math.round(value) })} />
      <Slider min={1} max={Math.max(most, own[key])} value={own[key]} onChange={(value) => set({ ...own, [key]: value })} ariaLabelForHandle={label} tooltip={{ open: false }} />
    </div>
  );
  return (
    <section className="card budget-controls" aria-label={t('budget.title')}>
      {dial('people', t('budget.people'), 20)}
      {dial('cases_per_person', t('budget.cases'), 60)}
      <div className="line">
        <Explain title={t('budget.urgent')} means={t('budget.urgent_means')}>{t('budget.urgent')}</Explain>
        <span className="push" />
        <Switch checked={own.urgent_passes} aria-label={t('budget.urgent')} onChange={(urgent_passes) => set({ ...own, urgent_passes })} />
      </div>
      <p className="small quiet">{t('budget.how')}</p>
    </section>
  );
}

function Changes({ told }: { told: Told }) {
  const { t, count, dayTime } = useSay();
  if (told.changes.length === 0) return null;
  return (
    <section className="card budget-changes">
      <h2>{t('budget.changes')}</h2>
      <ul>
        {told.changes.slice(0, 8).map((one) => (
          <li key={one.at + one.actor}>
            <span className="strong">{one.budget ? t('budget.change', { people: count(one.budget.people), cases: count(one.budget.cases_per_person) }) : t('budget.change_none')}</span>
            {one.budget?.urgent_passes && <span className="tag">{t('budget.urgent_on')}</span>}
            <span className="quiet small">{t('budget.by', { actor: one.actor, at: dayTime(one.at) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
