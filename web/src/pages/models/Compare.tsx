// A challenger beside the model in service: on the same customers and moments, and who would change lists.

import { useComparison, useModels, type ModelComparison, type ModelContest, type ModelMetric, type ModelMover, type ModelPage } from '../../api/models';
import { useNarrow } from '../../frame/narrow';
import { CustomerName } from '../../parts/CustomerName';
import { BoneRows, Fault } from '../../parts/States';
import { useSay } from '../../words/say';

/** Customers named on each side. */
const NAMED = 8;

export function Compare({ page: { row } }: { page: ModelPage }) {
  const { t } = useSay();
  const { data: models } = useModels();
  const champion = models?.items.find((one) => one.state === 'champion' && one.passport.churn === row.passport.churn);
  const isAsked = champion !== undefined && champion.id !== row.id;
  const { data, error, refetch } = useComparison(row.id, isAsked);
  if (!isAsked) return null;
  return (
    <section className="card model-part" aria-label={t('model.compare')}>
      <h2>{t('model.compare')}</h2>
      <p className="small quiet">{t('model.compare_about')}</p>
      {error && !data ? <Fault error={error} what={t('model.compare')} again={() => void refetch()} /> : !data ? <BoneRows rows={5} /> : <Told found={data} />}
    </section>
  );
}

function Told({ found }: { found: ModelComparison }) {
  const { t, sentence, count, day } = useSay();
  const narrow = useNarrow();
  const { told, lists } = found;
  return (
    <div className="stack">
      {found.notes.map((one) => <p key={one.en} className="soft">{sentence(one)}</p>)}
      {found.not_yet && <p>{sentence(found.not_yet)}</p>}
      {told && (
        <>
          <p><b>{sentence(told.says)}</b></p>
          <div className="model-scroll">
            <table className="model-table model-beside small">
              <thead><tr><th scope="col">{t('model.figure')}</th><th scope="col" className="right">{t('model.compare_champion')}</th><th scope="col" className="right">{t('model.compare_this')}</th><th scope="col" className="right">{t('model.compare_gap')}</th>{!narrow && <th scope="col">{t('model.compare_verdict')}</th>}</tr></thead>
              <tbody>{told.contests.map((one) => <Row key={one.figure} one={one} />)}</tbody>
            </table>
          </div>
          <p className="small quiet">{t('model.compare_rows', { first: day(told.moments[0] ?? ''), last: day(told.moments.at(-1) ?? ''), shown: count(told.rows), left: count(told.left) })}{told.unsaid > 0 && <> · {t('model.compare_unsaid', { shown: count(told.unsaid) })}</>}</p>
        </>
      )}
      {lists && (
        <>
          <h3>{t('model.lists')}</h3>
          <p className="soft">{lists.changed === 0 ? t('model.lists_same') : t('model.lists_about', { top: count(lists.top), changed: count(lists.changed) })}</p>
          {lists.changed > 0 && (
            <div className="model-pair">
              <Movers title={t('model.enters')} rows={lists.movers.filter((one) => one.enters)} />
              <Movers title={t('model.leaves')} rows={lists.movers.filter((one) => !one.enters)} />
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Row({ one }: { one: ModelContest }) {
  const { t, count, signed } = useSay();
  const narrow = useNarrow();
  const figure = (metric: ModelMetric) => <td className="number right">{count(metric.value, 3)} <span className="quiet model-within">{count(metric.low, 3)}–{count(metric.high, 3)}</span></td>;
  const verdict = one.is_better == null ? 'alike' : one.is_better ? 'better' : 'worse';
  const judged = <span className="model-verdict" data-verdict={verdict}>{t(`model.${verdict}`)}</span>;
  return (
    <tr>
      <th scope="row" title={t(`model.metric_means.${one.figure}`)}>{t(`model.metric.${one.figure}`)}</th>
      {figure(one.champion)}
      {figure(one.challenger)}
      <td className="number right">{signed(one.gap.value, 3)} <span className="quiet model-gap">[{signed(one.gap.low, 3)}, {signed(one.gap.high, 3)}]</span>{narrow && judged}</td>
      {!narrow && <td>{judged}</td>}
    </tr>
  );
}

function Movers({ title, rows }: { title: string; rows: ModelMover[] }) {
  const { t, share } = useSay();
  return (
    <div className="model-list">
      <h4 className="small">{title}</h4>
      <ul className="model-movers small">
        {rows.slice(0, NAMED).map((one) => <li key={one.customer_id}><CustomerName id={one.customer_id} name={one.name} /><span className="number quiet">{t('model.mover', { one: share(one.champion, 1), other: share(one.challenger, 1) })}</span></li>)}
      </ul>
    </div>
  );
}
