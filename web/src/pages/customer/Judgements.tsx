// What people say of a customer's health: that it is another than was computed, or a number that only they can tell; each
// with its reason, its author and its end.

import { Button, DatePicker, Form, Input, InputNumber, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useCustomerProof, useJudging, type AskedOfPeople, type JudgementRow } from '../../api/scorecards';
import type { CustomerPage } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';

/** Absent measure: the health itself. */
type About = AskedOfPeople | 'health';

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
      {about && <Saying about={about} page={page} close={() => ask(null)} />}
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

function Saying({ about, page, close }: { about: About; page: CustomerPage; close: () => void }) {
  const { t, say } = useSay();
  const [form] = Form.useForm<{ value: number; reason: string; until?: Dayjs }>();
  const work = useJudging(page.row.id);
  const refused = useRefused();
  const ofHealth = about === 'health';
  const [least, most] = ofHealth ? [0, 100] : [about.least, about.most];
  const save = async () => {
    // What is missing is said at its field.
    const told = await form.validateFields().catch(() => null);
    if (!told) return;
    const until = told.until?.format('YYYY-MM-DD') ?? null;
    work.say.mutate({ measure: ofHealth ? null : about.id, value: told.value, reason: told.reason, until }, { onSuccess: close, onError: refused });
  };
  const needed = [{ required: true, message: t('setup.needed') }];
  const today = dayjs().startOf('day');
  return (
    <Modal open title={ofHealth ? t('judge.override_title', { name: page.row.name }) : `${say(about.name)} · ${page.row.name}`} okText={t('act.save')} cancelText={t('act.cancel')} onOk={() => void save()} onCancel={close} confirmLoading={work.say.isPending} destroyOnHidden>
      <p className="soft judge-about">{t(ofHealth ? 'judge.override_about' : 'judge.pulse_about')}</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={ofHealth ? { value: page.row.verdict.health == null ? undefined : Math.round(page.row.verdict.health) } : {}}>
        <Form.Item name="value" label={ofHealth ? t('judge.health') : t('judge.value', { least, most })} rules={needed}><InputNumber min={least} max={most} style={{ width: 160 }} /></Form.Item>
        <Form.Item name="reason" label={t('judge.reason')} rules={[{ required: true, whitespace: true, message: t('setup.needed') }]}><Input.TextArea rows={3} maxLength={500} placeholder={t('judge.reason_hint')} /></Form.Item>
        <Form.Item name="until" label={ofHealth ? t('judge.ends') : t('judge.ends_maybe')} rules={ofHealth ? needed : []}><DatePicker style={{ width: 200 }} disabledDate={(day) => !day.isAfter(today) || day.isAfter(today.add(1, 'year'))} /></Form.Item>
      </Form>
    </Modal>
  );
}
