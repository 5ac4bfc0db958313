// What was said to the customer and promised to it; the next contact.

import { useFollowUps } from '../../api/followUps';
import type { FollowUpRow } from '../../api/types';
import { RecordButton } from '../../parts/FollowUp';
import { Hint } from '../../parts/Hint';
import { PromiseItem } from '../../parts/PromiseItem';
import { Bone } from '../../parts/States';
import { useSay } from '../../words/say';

const SHOWN = 3;

export function FollowUps({ id, name, now }: { id: string; name: string; now: string }) {
  const { t, near } = useSay();
  const { data } = useFollowUps(id);
  return (
    <section className="card part" aria-label={t('follow_up.part')}>
      <h2 className="part-title">{t('follow_up.part')}</h2>
      {!data ? <Bone w="60%" /> : (
        <>
          {data.rows.length === 0 && data.promises.length === 0 && <p className="quiet small">{t('follow_up.none')}</p>}
          {data.next_on && <p className="small soft">{t('follow_up.next_is', { when: near(data.next_on, now) })}</p>}
          {data.promises.length > 0 && <ul className="promise-list">{data.promises.slice(0, SHOWN).map((one) => <PromiseItem key={one.id} promise={one} />)}</ul>}
          {data.rows.length > 0 && <ul className="said-list">{data.rows.slice(0, SHOWN).map((one) => <Record key={one.id} row={one} now={now} />)}</ul>}
        </>
      )}
      <RecordButton about={{ id, name }} size="small" />
    </section>
  );
}

function Record({ row, now }: { row: FollowUpRow; now: string }) {
  const { t, near, dayTime } = useSay();
  return (
    <li>
      <div className="line small"><span className="strong">{t(`follow_up.channels.${row.channel}`)}</span><span className="soft">{t(`follow_up.outcomes.${row.outcome}`)}</span>{row.mood && <span className="tag">{t(`follow_up.moods.${row.mood}`)}</span>}
        <Hint className="push quiet nowrap" say={() => dayTime(row.at)}>{near(row.at, now)}</Hint></div>
      {row.note && <p className="rail-words">{row.note}</p>}
      <div className="small quiet">{row.actor}</div>
    </li>
  );
}
