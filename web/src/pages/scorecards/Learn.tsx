// Weights learnt from who left, beside those on the card: what would change, how both did on later months, and one step that
// takes the suggestion into the draft. Nothing is saved here.

import { App, Button } from 'antd';
import { useWeights, type CardFigures, type SuggestedWeights } from '../../api/learning';
import { Learning } from '../../parts/Learning';
import { useRefused } from '../../parts/refused';
import { Bone, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

export interface LearnProps {
  card: string;
  /** The card as it is on the left, saved or not. */
  definition: string;
  /** What each measure weighs there now. */
  share: Map<string, number>;
  may: boolean;
  /** Takes shares over into what is being written. */
  take: (shares: Map<string, number>) => void;
}

/** Shares closer than this are the same. */
const SAME = 0.0005;

export function Learn({ card, definition, share, may, take }: LearnProps) {
  const { t } = useSay();
  const refused = useRefused();
  const { page, start, stop } = useWeights(card);
  if (page.error && !page.data) return <Fault error={page.error} what={t('card.tabs.learn')} again={() => void page.refetch()} />;
  if (!page.data) return <div className="stack"><Bone w="60%" h={16} /><Bone w="100%" h={120} /></div>;
  const run = page.data.run ?? null;
  const running = run?.state === 'running';
  const begin = () => start.mutate({ definition }, { onError: refused });
  const button = may && <Button type={run?.answer ? 'default' : 'primary'} loading={start.isPending} disabled={running} onClick={begin}>{t('learn.weights')}</Button>;
  if (!run) return <Empty title={t('learn.weights_none')} scene={false} acts={button}>{t('learn.weights_about')}</Empty>;
  return (
    <div className="stack">
      <div className="line wide"><p className="soft" style={{ flex: 1 }}>{t('learn.weights_about')}</p>{button}</div>
      <Learning run={run} running={t('learn.weights_running')} refused={t('learn.weights_refused')} may={may} busy={stop.isPending} stop={() => stop.mutate(undefined, { onError: refused })} />
      {run.answer && <Answer answer={run.answer} share={share} may={may} take={take} />}
    </div>
  );
}

function Answer({ answer, share, may, take }: { answer: SuggestedWeights } & Pick<LearnProps, 'share' | 'may' | 'take'>) {
  const { t, sentence, count, signed, day } = useSay();
  const { message } = App.useApp();
  const suggested = new Map(answer.measures.map((one) => [one.id, one.suggested]));
  const differs = (of: (one: SuggestedWeights['measures'][number]) => number) => answer.measures.some((one) => Math.abs((share.get(one.id) ?? 0) - of(one)) > SAME) || share.size !== answer.measures.length;
  const [moved, taken] = [differs((one) => one.hand), !differs((one) => one.suggested)];
  const isSame = answer.measures.every((one) => Math.abs(one.suggested - one.hand) <= SAME);
  const go = () => {
    take(suggested);
    void message.success(t('learn.taken'));
  };
  return (
    <>
      <div className="replay-answer">
        <h3 className="small soft">{t('learn.judged_on')} <span className="quiet number">{day(answer.tested.first)} – {day(answer.tested.last)}</span></h3>
        <p className="efficacy-sentence">{sentence(answer.sentence)}</p>
        <p className="soft small">{t('learn.how', { first: day(answer.learnt.first), last: day((answer.chosen ?? answer.learnt).last), leavers: count(answer.learnt.leavers + (answer.chosen?.leavers ?? 0)) })}{!answer.chosen && ` ${t('learn.short')}`}</p>
      </div>
      <div className="learn-scroll">
        <table className="moments small" aria-label={t('learn.weights_table')}>
          <thead><tr><th scope="col">{t('learn.measure')}</th><th scope="col" className="right">{t('learn.hand')}</th><th scope="col" className="right">{t('learn.suggested')}</th><th scope="col" className="right">{t('card.difference')}</th></tr></thead>
          <tbody>{answer.measures.map((one) => <Row key={one.id} one={one} />)}</tbody>
        </table>
      </div>
      <div className="learn-scroll">
        <table className="moments small" aria-label={t('learn.both')}>
          <thead><tr><th scope="col">{t('card.figure')}</th><th scope="col" className="right">{t('learn.hand')}</th><th scope="col" className="right">{t('learn.suggested')}</th></tr></thead>
          <tbody><Figures hand={answer.hand} suggested={answer.suggested} /></tbody>
        </table>
      </div>
      <p className="small quiet">{t('learn.auc_difference', { value: signed(answer.difference.value, 3), low: signed(answer.difference.low, 3), high: signed(answer.difference.high, 3) })} {t('learn.warned_means')}</p>
      {moved && !taken && <p className="small quiet" role="note">{t('learn.moved')}</p>}
      {may && !isSame && <div className="line"><Button type={answer.better === 'suggested' ? 'primary' : 'default'} disabled={taken} onClick={go}>{t(taken ? 'learn.is_taken' : 'learn.take')}</Button>{answer.better !== 'suggested' && <span className="small quiet">{t('learn.not_better')}</span>}</div>}
    </>
  );
}

function Row({ one }: { one: SuggestedWeights['measures'][number] }) {
  const { t, say, share, signed } = useSay();
  const change = (one.suggested - one.hand) * 100;
  const points = Math.abs(change) < 0.05 ? '0' : signed(change, 1);
  return (
    <tr>
      <th scope="row">{say(one.name)}{one.unlearnt && <span className="quiet"> {t(`learn.unlearnt.${one.unlearnt}`)}</span>}</th>
      <td className="number right">{share(one.hand, 1)}</td>
      <td className="number right">{share(one.suggested, 1)}</td>
      <td className={points === '0' ? 'number right quiet' : 'number right strong'}>{points}</td>
    </tr>
  );
}

function Figures({ hand, suggested }: { hand: CardFigures; suggested: CardFigures }) {
  const { t, count, share } = useSay();
  const within = (one: { share: number; low: number; high: number }) => `${share(one.share, 0)} (${share(one.low, 0)}–${share(one.high, 0)})`;
  const rows: [string, (one: CardFigures) => string][] = [
    ['auc', (one) => `${count(one.auc.value, 3)} (${count(one.auc.low, 3)}–${count(one.auc.high, 3)})`],
    ['leavers', (one) => count(one.leavers)],
    ['caught', (one) => count(one.caught)],
    ['warned', (one) => count(one.warned)],
    ['recall', (one) => within(one.recall)],
    ['precision', (one) => within(one.precision)],
  ];
  return <>{rows.map(([key, of]) => <tr key={key}><th scope="row">{t(`learn.figures.${key}`)}</th>{[hand, suggested].map((one, at) => <td key={at} className="number right">{of(one)}</td>)}</tr>)}</>;
}
