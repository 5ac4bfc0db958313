// 处理建议: who acts, how to begin, what not to offer, what to send; what we promised and have not kept comes first. From
// here to the telephone and to the record.

import { Button, Drawer, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAdvice, useAdviceTask } from '../api/followUps';
import type { AdvicePage, AdviceResult } from '../api/types';
import { useMoment } from '../frame/moment';
import { useNarrow } from '../frame/narrow';
import { useSay } from '../words/say';
import { useCopy } from './Code';
import { Dial } from './Dial';
import type { About } from './FollowUp';
import { Icon } from './Icon';
import { PromiseItem } from './PromiseItem';
import { useRefused } from './refused';
import { Bone, Fault } from './States';

export default function AdviceSheet({ about, leave, record }: { about: About; leave: () => void; record: () => void }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  const narrow = useNarrow();
  const [reason, setReason] = useState<string | null>(null);
  const { data, error, refetch, isPlaceholderData } = useAdvice(about.id, reason);
  return (
    <Drawer
      open onClose={leave} title={t('advice.title', { name: about.name })} placement={narrow ? 'bottom' : 'right'} size={narrow ? '88%' : 480}
      footer={canAct && (
        <div className="advice-foot">
          {data && <TaskButton key={data.reason} page={data} leave={leave} />}
          <Button type="primary" size="large" block icon={<Icon name="chat" size={16} />} onClick={record}>{t('follow_up.record')}</Button>
        </div>
      )}
    >
      {error && !data ? <Fault error={error} what={t('advice.show')} again={() => void refetch()} />
        : !data ? <div className="stack" role="status" aria-label={t('state.loading')}><Bone w="60%" h={16} /><Bone w="100%" h={72} /><Bone w="100%" h={120} /></div>
          : <div className="stack advice" style={isPlaceholderData ? { opacity: 0.6 } : undefined}><Told page={data} choose={setReason} />{canAct && <Dial customer={about.id} />}</div>}
    </Drawer>
  );
}

/** One click makes the first step a task of the case; then it leads there. */
function TaskButton({ page, leave }: { page: AdvicePage; leave: () => void }) {
  const { t, lang, dayTime } = useSay();
  const refused = useRefused();
  const { mutate, data: told, isPending } = useAdviceTask();
  if (told) {
    const { task, case_id: of } = told;
    return (
      <p className="small advice-made" role="status">
        {t(told.made ? 'advice.task_made' : 'advice.task_waits', { who: task.who ?? t('cases.task_nobody'), when: task.due_at ? dayTime(task.due_at) : '' })} <Link className="link" to={`/cases/${of}`} onClick={leave}>{t('advice.task_open', { id: of })}</Link>
      </p>
    );
  }
  return <Button size="large" block icon={<Icon name="check" size={16} />} loading={isPending} onClick={() => mutate({ customer: page.customer_id, reason: page.reason, lang }, { onError: refused })}>{t('advice.task')}</Button>;
}

/** What following it came to: counts, and that they are no more. */
export function AdviceCame({ result }: { result: AdviceResult }) {
  const { t, count } = useSay();
  const of = (key: keyof AdviceResult) => count(result[key]);
  return <p className="small soft">{t('advice.came', { taken: of('taken'), done: of('done'), cases: of('cases'), kept: of('kept'), lost: of('lost'), other: of('other'), open: of('open') })} <span className="quiet">{t('advice.no_claim')}</span></p>;
}

function Told({ page, choose }: { page: AdvicePage; choose: (reason: string) => void }) {
  const { t, say, sentence } = useSay();
  const copy = useCopy();
  return (
    <>
      <div className="advice-why">
        <Select value={page.reason} aria-label={t('advice.reason')} options={page.choices.map((one) => ({ value: one.id, label: say(one.name) }))} onChange={choose} style={{ width: '100%' }} />
        {page.because && <p className="soft">{sentence(page.because)}</p>}
        <p className="small quiet">{t(page.tier ? 'advice.for_tier' : 'advice.no_tier', { tier: page.tier ? t(`tier.${page.tier}`) : '' })}</p>
      </div>
      {page.promises.length > 0 && (
        <section aria-label={t('advice.promises')}>
          <h3>{t('advice.promises')}</h3>
          <ul className="promise-list">{page.promises.map((one) => <PromiseItem key={one.id} promise={one} />)}</ul>
        </section>
      )}
      <section><h3>{t('advice.first_step')}</h3><p className="strong">{say(page.first_step)}</p><p className="small soft">{t('advice.who')} {say(page.who)}</p></section>
      <section>
        <h3>{t('advice.openings')}</h3>
        <ul className="advice-openings">
          {page.openings.map((one) => (
            <li key={one.zh}><span>{say(one)}</span><Button type="text" size="small" icon={<Icon name="copy" size={14} />} aria-label={t('advice.copy')} onClick={() => void copy(say(one))} /></li>
          ))}
        </ul>
      </section>
      <section><h3>{t('advice.not_offer')}</h3><p>{say(page.not_offer)}</p></section>
      <section><h3>{t('advice.tutorial')}</h3><p>{say(page.tutorial)}</p></section>
      {page.result && <section><h3>{t('advice.result')}</h3><AdviceCame result={page.result} /></section>}
    </>
  );
}
