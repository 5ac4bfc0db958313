// What is asked before alerts are put off, called false, closed or taken up: the day, the reason, the outcome; no more.

import { App, DatePicker, Input, Modal } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { useCase } from '../../api/cases';
import { useBulk, type Bulk } from '../../api/desk';
import type { AlertRow } from '../../api/types';
import { Ending, isEnded, OPEN_END, sentEnding } from '../../parts/Ending';
import { useRefused } from '../../parts/refused';
import { isoDay } from '../../words/moment';
import { useSay, useSession } from '../../words/say';
import type { Undone } from './Bulk';

export interface Deed { kind: 'snooze' | 'wake' | 'false_alarm' | 'close'; rows: AlertRow[] }
export type Ask = (kind: Deed['kind'], rows: AlertRow[]) => void;

const QUICK = ['asked', 'season', 'data', 'holiday'];

/** Alerts of lines: what is put off, taken up or called false goes for all of the customer's alerts; a case is one. */
export function alertsOf(kind: string, rows: AlertRow[]): Bulk['alerts'] {
  const whole = kind === 'snooze' || kind === 'wake' || kind === 'false_alarm';
  return rows.flatMap((row) => [
    { id: row.id, version: row.version, case_version: row.case_version ?? null },
    ...(whole ? row.others.map((one) => ({ id: one.id, version: one.version, case_version: null })) : []),
  ]);
}

/** Sends, says what was done, and hands back what was not. */
export function useSend() {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const bulk = useBulk();
  const send = (request: Bulk, rows: AlertRow[], then: (undone: Undone[]) => void) =>
    bulk.mutate(request, {
      onError: refused,
      onSuccess: (result) => {
        const lead = (id: number) => rows.find((row) => row.id === id || row.others.some((one) => one.id === id));
        const left = new Map<number, Undone>();
        for (const one of result.rows.filter((each) => !each.done)) {
          const row = lead(one.id);
          if (row) left.set(row.id, { id: row.id, name: row.customer_name, why: say(one.detail) });
        }
        const done = rows.length - left.size;
        if (done > 0) void message.success(t('desk.done', { count: done }));
        if (left.size > 0) void message.warning(t('desk.partly', { count: left.size }));
        then([...left.values()]);
      },
    });
  return { send, busy: bulk.isPending };
}

export function Deeds({ deed, done, leave }: { deed: Deed | null; done: (undone: Undone[]) => void; leave: () => void }) {
  const { t } = useSay();
  const { send, busy } = useSend();
  const [until, setUntil] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const [ended, setEnded] = useState(OPEN_END);
  // How one case may end is said by its type; many are mostly what alerts open.
  const { data: standing } = useCase(deed?.kind === 'close' && deed.rows.length === 1 ? (deed.rows[0]!.case_id ?? null) : null);
  useEffect(() => {
    setUntil(null);
    setReason('');
    setEnded(OPEN_END);
    // Taking up again asks nothing.
    if (deed?.kind === 'wake') send({ action: 'wake', alerts: alertsOf('wake', deed.rows) }, deed.rows, done);
  }, [deed]);
  if (!deed || deed.kind === 'wake') return null;
  const { kind, rows } = deed;
  const ready = kind === 'close' ? isEnded(ended) : reason.trim() !== '' && (kind !== 'snooze' || until !== null);
  const name = rows.length === 1 ? rows[0]!.customer_name : null;
  const title = kind === 'close' && name ? t('case.close_title', { name }) : name ? t(`desk.${kind}.title`, { name }) : t(`desk.${kind}.title_many`, { count: rows.length });
  const go = () => {
    if (ready) send({ action: kind, alerts: alertsOf(kind, rows), until, reason: kind === 'close' ? null : reason, ...sentEnding(ended), note: kind === 'close' ? reason.trim() || null : null }, rows, done);
  };
  return (
    <Modal open title={title} okText={t('desk.send')} cancelText={t('act.cancel')} okButtonProps={{ disabled: !ready, loading: busy }} onOk={go} onCancel={leave} destroyOnHidden width={480}>
      <div className="stack deed">
        {kind === 'snooze' && <Until until={until} choose={setUntil} />}
        {kind === 'false_alarm' && (
          <div className="line deed-quick">{QUICK.map((key) => { const words = t(`desk.false_alarm.quick.${key}`); return <button key={key} type="button" className="chip" aria-pressed={reason === words} onClick={() => setReason(words)}>{words}</button>; })}</div>
        )}
        {kind === 'close' && <Ending value={ended} set={setEnded} type={standing?.case.type_id} />}
        <Input.TextArea value={reason} rows={3} maxLength={500} onChange={(event) => setReason(event.target.value)} aria-label={kind === 'close' ? t('case.note') : t(`desk.${kind}.reason`)} placeholder={kind === 'close' ? t('case.note_hint') : t(`desk.${kind}.reason_hint`)} />
        {kind !== 'close' && <p className="small quiet">{t(`desk.${kind}.means`)}</p>}
      </div>
    </Modal>
  );
}

/** Days that people mean, and any other within a year. */
function Until({ until, choose }: { until: string | null; choose: (day: string | null) => void }) {
  const { t, day, zone } = useSay();
  const session = useSession();
  const today = dayjs(isoDay(session?.now ?? new Date().toISOString(), zone));
  const monday = today.add(((8 - today.day()) % 7) || 7, 'day');
  const days: [string, string][] = [
    [t('desk.snooze.tomorrow'), today.add(1, 'day').format('YYYY-MM-DD')],
    [t('desk.snooze.in_days', { count: 3 }), today.add(3, 'day').format('YYYY-MM-DD')],
    [t('desk.snooze.next_week'), monday.format('YYYY-MM-DD')],
    [t('desk.snooze.next_month'), today.add(1, 'month').startOf('month').format('YYYY-MM-DD')],
  ];
  return (
    <div role="group" aria-label={t('desk.snooze.until')}>
      <div className="small quiet">{t('desk.snooze.until')}</div>
      <div className="line deed-quick">
        {days.map(([words, when]) => <button key={words} type="button" className="chip" title={day(when)} aria-pressed={until === when} onClick={() => choose(when)}>{words}</button>)}
        <DatePicker value={until ? dayjs(until) : null} minDate={today.add(1, 'day')} maxDate={today.add(1, 'year')} placeholder={t('desk.snooze.pick')} aria-label={t('desk.snooze.pick')} onChange={(picked) => choose(picked ? picked.format('YYYY-MM-DD') : null)} />
      </div>
    </div>
  );
}
