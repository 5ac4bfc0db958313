// What colleagues say to each other about the case; @ calls somebody. Nothing said is changed or taken away.

import { Button, Mentions } from 'antd';
import { useState, type ReactNode } from 'react';
import { useComment } from '../../api/cases';
import { Problem } from '../../api/client';
import type { CaseComment, CaseWork } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Refused } from '../../parts/Moving';
import { useSay } from '../../words/say';

export function Comments({ work, now }: { work: CaseWork; now: string }) {
  const { t } = useSay();
  const { canAct } = useMoment();
  return (
    <section className="card part" aria-label={t('cases.comments')}>
      <h2 className="part-title">{t('cases.comments')}</h2>
      {work.comments.length === 0 && <p className="small quiet">{t('cases.comments_none')}</p>}
      {work.comments.length > 0 && <ul className="comments">{work.comments.map((one) => <Comment key={one.id} one={one} now={now} />)}</ul>}
      {canAct && work.can_work && <Write work={work} />}
    </section>
  );
}

function Comment({ one, now }: { one: CaseComment; now: string }) {
  const { near, dayTime } = useSay();
  return (
    <li>
      <div className="line"><span className="strong">{one.by}</span><span className="small quiet" title={dayTime(one.at)}>{near(one.at, now)}</span></div>
      <p className="comment-words">{called(one)}</p>
    </li>
  );
}

/** Whoever was called stands out. */
function called({ body, mentions }: CaseComment): ReactNode {
  const names = mentions.map((one) => `@${one.name}`).sort((a, b) => b.length - a.length);
  if (names.length === 0) return body;
  const parts = body.split(new RegExp(`(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`));
  return parts.map((part, index) => (names.includes(part) ? <b key={index} className="mention">{part}</b> : part));
}

function Write({ work }: { work: CaseWork }) {
  const { t } = useSay();
  const say = useComment();
  const [body, setBody] = useState('');
  const send = () => {
    if (body.trim() !== '') say.mutate({ id: work.case.id, body: body.trim() }, { onSuccess: () => setBody('') });
  };
  return (
    <div className="comment-write">
      {say.error instanceof Problem && <Refused problem={say.error} allowed work={work} />}
      <Mentions value={body} onChange={setBody} maxLength={2000} autoSize={{ minRows: 2, maxRows: 8 }} placeholder={t('cases.comment_hint')} aria-label={t('cases.comment')} options={work.people.map((one) => ({ value: one.name, label: one.name, key: String(one.id) }))}
        onKeyDown={(event) => { if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send(); }} />
      <div className="line"><span className="small quiet comment-keys">{t('cases.comment_keys')}</span><span className="push" /><Button type="primary" disabled={body.trim() === ''} loading={say.isPending} onClick={send}>{t('cases.comment_send')}</Button></div>
    </div>
  );
}
