// What may be done now, with what each move asks: beside the case on a desk, under the thumb on a phone.

import { Button, Modal } from 'antd';
import { useState } from 'react';
import type { CaseMove, CaseWork } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Clock } from '../../parts/CaseWork';
import { AdviceButton, RecordButton } from '../../parts/FollowUp';
import { useMover } from '../../parts/Moving';
import { useNow, useSay } from '../../words/say';

/** What a case waits for, most pressing first; once it was acted on, its end. */
const FORWARD = ['acknowledge', 'claim', 'reply', 'act', 'close', 'reopen'];
const ACTED = ['acknowledge', 'claim', 'reply', 'close', 'act', 'reopen'];

/** The move that the case waits for: what lies on nobody's desk is claimed first. */
export function leading({ case: row, moves }: Pick<CaseWork, 'case' | 'moves'>): CaseMove | undefined {
  const order = [...(row.assigned_to ? [] : ['claim']), ...(row.acted_at ? ACTED : FORWARD)];
  const forward = moves.filter((move) => order.includes(move.does) && (move.does !== 'claim' || !row.assigned_to || row.state === 'new'));
  return forward.sort((a, b) => order.indexOf(a.does) - order.indexOf(b.does))[0];
}

function useAsked(): (move: CaseMove) => string {
  const { t } = useSay();
  return (move) => {
    const asked = move.asks.filter((one) => one.required && one.field !== 'churn_reason').map((one) => t(`cases.asks.${one.field}`));
    const means = t(`cases.does.${move.does}`);
    return asked.length > 0 ? `${means}${t('cases.asks_for', { list: asked.join(t('punctuation.list')) })}` : means;
  };
}

export function Moves({ work }: { work: CaseWork }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const { begin, busy } = useMover();
  const asked = useAsked();
  const lead = leading(work);
  const rest = work.moves.filter((move) => move !== lead);
  return (
    <section className="card part case-moves" aria-label={t('cases.moves')}>
      <h2 className="part-title">{t('cases.moves')}</h2>
      {!canAct || !work.can_work ? <p className="small quiet">{t('case.readonly')}</p> : work.moves.length === 0 ? <p className="small quiet">{t('cases.cannot_move')}</p> : (
        <>
          {lead && <Button type="primary" block loading={busy === work.case.id} onClick={() => begin(work, [lead])}>{say(lead.name)}</Button>}
          <ul className="moves">
            {rest.map((move) => (
              <li key={move.id}>
                <button type="button" className="move" disabled={busy === work.case.id} onClick={() => begin(work, [move])}><span className="strong">{say(move.name)}</span><span className="small quiet">{asked(move)}</span></button>
              </li>
            ))}
          </ul>
        </>
      )}
      <FollowUpActs work={work} />
    </section>
  );
}

/** What is done with the customer rather than with the case. */
function FollowUpActs({ work, leave }: { work: CaseWork; leave?: () => void }) {
  const about = { id: work.case.customer_id, name: work.case.customer_name };
  return <div className="line wrap case-follow"><RecordButton about={about} leave={leave} /><AdviceButton about={about} leave={leave} /></div>;
}

/** The same at the lower edge of a phone. */
export function PhoneMoves({ work }: { work: CaseWork }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const narrow = useNarrow();
  const now = useNow(30_000);
  const { begin, busy } = useMover();
  const asked = useAsked();
  const [open, setOpen] = useState(false);
  const lead = leading(work);
  const row = work.case;
  if (!narrow || !canAct || !work.can_work || work.moves.length === 0) return null;
  return (
    <div className="case-thumb" role="group" aria-label={t('cases.moves')}>
      {row.due_at && row.state !== 'closed' && <span className="case-thumb-clock"><Clock due={row.due_at} clock={row.clock} now={now} /></span>}
      <span className="push" />
      <Button size="large" onClick={() => setOpen(true)}>{t('cases.more')}</Button>
      {lead && <Button size="large" type="primary" loading={busy === row.id} onClick={() => begin(work, [lead])}>{say(lead.name)}</Button>}
      <Modal open={open} title={t('cases.moves')} footer={null} onCancel={() => setOpen(false)} destroyOnHidden wrapClassName="ask">
        <ul className="moves">
          {work.moves.map((move) => (
            <li key={move.id}><button type="button" className="move" onClick={() => { setOpen(false); begin(work, [move]); }}><span className="strong">{say(move.name)}</span><span className="small quiet">{asked(move)}</span></button></li>
          ))}
        </ul>
        <FollowUpActs work={work} leave={() => setOpen(false)} />
      </Modal>
    </div>
  );
}
