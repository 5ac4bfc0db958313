// What a renewal is told by, wherever it is shown: when it is due, for how much, and the three intentions, each by itself.

import type { RenewalRow, RenewalTally } from '../../api/types';
import { Dash } from '../../parts/Amount';
import { Band } from '../../parts/Band';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

/** The last day, and how far it is. */
export function Due({ row }: { row: RenewalRow }) {
  const { t, day } = useSay();
  const left = row.days_left - 1;
  const far = row.outcome ? null : left < 0 ? t('renewal.overdue', { count: -left }) : left === 0 ? t('renewal.due_today') : t('renewal.days_left', { count: left });
  return <div className="nowrap"><div className="number">{day(row.due_on)}</div>{far && <div className={left < 0 ? 'small clock-overdue' : 'small quiet'}>{far}</div>}</div>;
}

export function Money({ amount }: { amount: number | null | undefined }) {
  const { money, moneyWhole } = useSay();
  if (amount == null) return <Dash />;
  return <Hint className="number" say={() => moneyWhole(amount)}>{money(amount)}</Hint>;
}

/** So many contracts, worth so much. */
export function Tally({ tally, none }: { tally: RenewalTally; none?: string }) {
  const { t, count } = useSay();
  if (tally.count === 0) return <span className="quiet">{none ?? '—'}</span>;
  return (
    <div className="tally">
      <Money amount={tally.unpriced === tally.count ? null : tally.amount} />
      <Hint className="small quiet nowrap" say={() => (tally.unpriced > 0 ? t('renewal.unpriced', { count: tally.unpriced }) : t('renewal.amount'))}>{t('renewal.count', { count: tally.count, shown: count(tally.count) })}</Hint>
    </div>
  );
}

/** What the owner judges. */
export function Judged({ row }: { row: RenewalRow }) {
  const { t, money, dayTime } = useSay();
  const word = row.judgement;
  if (!word) return <span className="quiet">{t('renewal.says.none')}</span>;
  return <Hint className={`word word-${word.says}`} say={() => <>{t('renewal.by', { who: word.by, when: dayTime(word.at) })}{word.note && <><br />{word.note}</>}</>}>{t(`renewal.says.${word.says}`)}{word.amount != null && <span className="number"> {money(word.amount)}</span>}</Hint>;
}

/** What the customer answered. */
export function Answered({ row }: { row: RenewalRow }) {
  const { t, dayTime } = useSay();
  const word = row.answer;
  if (!word) return <span className="quiet">{t('renewal.answers.none')}</span>;
  return <Hint className={`word word-${word.says}`} say={() => <>{t('renewal.by', { who: word.by, when: dayTime(word.at) })}{word.note && <><br />{word.note}</>}</>}>{t(`renewal.answers.${word.says}`)}</Hint>;
}

/** What was computed: the record of the band, or that there is none. */
export function Computed({ row }: { row: RenewalRow }) {
  const { t, share } = useSay();
  const { rate, renewed, decided } = row.model;
  const words = useModelWords(row);
  if (rate == null) return <Hint className="quiet" say={() => words}>{decided === 0 ? t('renewal.no_record') : t('renewal.rate_of', { renewed, decided })}</Hint>;
  return <Hint className="number" say={() => words}>{share(rate, 0)}</Hint>;
}

export function useModelWords(row: RenewalRow): string {
  const { t, share } = useSay();
  const { band, rate, renewed, decided } = row.model;
  if (decided === 0) return t('renewal.no_record');
  const name = t(`band.${band ?? 'unknown'}`);
  return rate == null ? t('renewal.model_few', { band: name, renewed, decided }) : t('renewal.model_is', { band: name, renewed, decided, rate: share(rate, 0) });
}

/** What became of it: the facts first; a contradiction is shown. */
export function Outcome({ row }: { row: RenewalRow }) {
  const { t } = useSay();
  if (!row.outcome) return null;
  const byHand = !row.fact;
  return (
    <span className="line" style={{ gap: 6 }}>
      <span className={`tag outcome-${row.outcome}`}>{byHand ? t('renewal.by_hand', { outcome: t(`renewal.outcome.${row.outcome}`) }) : t(`renewal.outcome.${row.outcome}`)}</span>
      {row.contradicts && <span className="tag tag-warn">{t('renewal.contradicts')}</span>}
    </span>
  );
}

/** A renewal as a card: on the board, and instead of a row on a phone. */
export function RenewalCard({ row, board = false, open }: { row: RenewalRow; board?: boolean; open: (row: RenewalRow) => void }) {
  const { t, day, sentence } = useSay();
  return (
    <div className="renewal-card">
      <div className="line"><Band verdict={row.verdict} /><span className="push" /><Money amount={row.amount} /></div>
      <button type="button" className={`sheet-name renewal-name ${board ? 'clip-2' : 'clip'}`} aria-label={t('renewal.open_row', { name: row.customer_name })} title={row.customer_name} onClick={(event) => { event.stopPropagation(); open(row); }}>{row.customer_name}</button>
      <div className="line wrap small"><Due row={row} />{row.outcome ? <Outcome row={row} /> : !board && <span className="tag">{t(`renewal.stages.${row.stage}`)}</span>}</div>
      {!row.outcome && (row.judgement || row.answer) && (
        <div className="line wrap small renewal-words">
          {row.judgement && <span><span className="quiet">{t('renewal.judged')} </span><Judged row={row} /></span>}
          {row.answer && <span><span className="quiet">{t('renewal.answered')} </span><Answered row={row} /></span>}
        </div>
      )}
      {!row.outcome && row.next_step && <div className="small soft clip-2">{row.next_on && <span className="quiet">{day(row.next_on)} </span>}{row.next_step}</div>}
      {!board && row.reason && <div className="small soft clip-2">{sentence(row.reason)}</div>}
    </div>
  );
}
