// What people say of a customer's health: that it is another than was computed, or a number that only they can tell; each
// with its reason, its author and its end.

import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useCustomerProof, useJudging, type AskedOfPeople, type JudgementRow } from '../../api/scorecards';
import type { CustomerPage } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

const Saying = lazy(() => import('./Saying'));

/** Absent measure: the health itself. */
export type About = AskedOfPeople | 'health';

export function Judgements({ page }: { page: CustomerPage }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const { data } = useCustomerProof(page.row.id, canAct);
  const [about, ask] = useState<About | null>(null);
  const work = useJudging(page.row.id);
  const refused = useRefused();
  const asked = data?.asked ?? [];
  const standing = page.judgements.filter((one) => one.stands);
  const past = page.judgements.filter((one) => !one.stands);
  if (!canAct && page.judgements.length === 0) return null;
  return (
    <section className="card part" aria-label={t('judge.title')}>
      <h2 className="part-title">{t('judge.title')}</h2>
      {standing.length === 0 && <p className="quiet small">{t('judge.none')}</p>}
      <ul className="rail-list">
        {standing.map((one) => <Word key={one.id} word={one} asked={asked} takeBack={canAct ? () => work.takeBack.mutate(one.id, { onError: refused }) : null} />)}
        {past.slice(0, 3).map((one) => <Word key={one.id} word={one} asked={asked} takeBack={null} />)}
      </ul>
      {canAct && (
        <div className="line wrap judge-acts">
          <Button size="small" onClick={() => ask('health')}>{t('judge.override')}</Button>
          {asked.map((one) => <Button key={one.id} size="small" onClick={() => ask(one)}><Name of={one} /></Button>)}
        </div>
      )}
      {about && <Suspense fallback={null}><Saying about={about} page={page} close={() => ask(null)} /></Suspense>}
    </section>
  );
}

const Name = ({ of }: { of: AskedOfPeople }) => <>{useSay().say(of.name)}</>;

function Word({ word, asked, takeBack }: { word: JudgementRow; asked: AskedOfPeople[]; takeBack: (() => void) | null }) {
  const { t, say, day, count } = useSay();
  const measure = asked.find((one) => one.id === word.measure);
  const name = word.measure ? (measure ? say(measure.name) : word.measure) : t('health.title');
  return (
    <li className={word.stands ? undefined : 'quiet'}>
      <div className="line small"><span className="strong">{t('judge.set', { name, value: count(word.value, 1) })}</span>{takeBack && <button type="button" className="link push judge-back" onClick={takeBack} aria-label={`${t('judge.take_back')} ${name}`}>{t('judge.take_back')}</button>}</div>
      <p className="rail-words">{word.reason}</p>
      <div className="small quiet">{word.author} · {day(word.said_at)}{word.withdrawn_at ? ` · ${t('judge.withdrawn', { who: word.withdrawn_by ?? '' })}` : word.until ? ` · ${t('judge.until', { day: day(word.until) })}` : ''}</div>
    </li>
  );
}
