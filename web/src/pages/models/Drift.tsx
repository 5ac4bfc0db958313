// What has become of a model since it was judged: whether customers look as they did, whether what it says comes true.

import { Button } from 'antd';
import { useMemo } from 'react';
import { useDrift, useLook, type ModelDrift, type ModelMonth, type ModelPage } from '../../api/models';
import { useMoment } from '../../frame/moment';
import { Chart } from '../../parts/Chart';
import { useRefused } from '../../parts/refused';
import { BoneBlock, Fault } from '../../parts/States';
import { useMode } from '../../theme/mode';
import { palettes } from '../../theme/tokens';
import { useSay, useSession, type Say } from '../../words/say';

const HEIGHT = 180;
/** Indicators shown of the last month. */
const SHOWN = 8;

export function Drift({ page: { row } }: { page: ModelPage }) {
  const { t, day } = useSay();
  const { canAct } = useMoment();
  const may = useSession()?.permissions.some((one) => one === 'edit_definitions') ?? false;
  const refused = useRefused();
  const { data, error, refetch } = useDrift(row.id);
  const look = useLook(row.id);
  if (row.state === 'challenger' && !data) return null;
  const again = canAct && may && <Button size="small" loading={look.isPending} onClick={() => look.mutate(undefined, { onError: refused })}>{t('model.look')}</Button>;
  return (
    <section className="card model-part" aria-label={t('model.drift')}>
      <div className="line"><h2>{t('model.drift')}</h2><span className="push">{again}</span></div>
      {error && data === undefined ? <Fault error={error} what={t('model.drift')} again={() => void refetch()} />
        : data === undefined ? <BoneBlock height={HEIGHT} />
        : data === null ? <><p>{t('model.drift_none')}</p><p className="small quiet">{t('model.drift_none_text')}</p></>
        : (
          <>
            <p className="small quiet">{t('model.drift_about', { first: day(data.before.first), last: day(data.before.last) })}</p>
            <Signs drift={data} said={t('model.drift_fine_text', { day: day(data.as_of) })} />
            <div className="model-pair">
              <Moved drift={data} />
              <Kept drift={data} />
            </div>
            <Inputs month={data.months.at(-1)} />
          </>
        )}
    </section>
  );
}

/** A month with its year: 2025-06 in Chinese, Jun 2025 in English. */
const monthOf = ({ lang, month }: Say, at: string): string => (lang === 'zh' ? at.slice(0, 7) : month(at, true));

function Signs({ drift, said }: { drift: ModelDrift; said: string }) {
  const say = useSay();
  const { t, sentence } = say;
  const last = drift.months.at(-1);
  const unsaid = last?.unsaid ?? 0;
  return (
    <div className="stack" role="status">
      {drift.signs.length === 0 && <p><b>{t('model.drift_fine')}</b> <span className="soft">{said}</span></p>}
      {drift.signs.map((one) => <p key={one.code} className="model-sign"><span className="tag" data-state="off">{t(`model.sign.${one.code}`)}</span> <span className="number quiet">{monthOf(say, one.at)}</span> {sentence(one.says)}</p>)}
      {unsaid > 0 && <p className="soft"><Unsaid count={unsaid} /></p>}
    </div>
  );
}

function Unsaid({ count: shown }: { count: number }) {
  const { t, count } = useSay();
  return <>{t('model.unsaid', { count: shown, shown: count(shown) })}</>;
}

/** The first of each month on the axis, short. */
const useMonths = (months: ModelMonth[]) => {
  const { lang, month } = useSay();
  return useMemo(() => ({
    type: 'category', data: months.map((one) => one.at.slice(0, 7)), boundaryGap: true,
    axisLabel: { formatter: (at: string) => (lang === 'zh' ? at.slice(2) : month(at)), hideOverlap: true },
  }), [months, lang, month]);
};

/** How far the probabilities are from what they were; the lines say from where on that matters. */
function Moved({ drift }: { drift: ModelDrift }) {
  const say = useSay();
  const { t, count } = say;
  const mode = useMode();
  const xAxis = useMonths(drift.months);
  const option = useMemo(() => {
    const p = palettes[mode];
    const values = drift.months.map((one) => one.score?.psi ?? null);
    // The colours of risk are for customers; here what is moved stands out by ink.
    const style = (level: string | undefined) => (level === 'moved' ? { color: p.ink } : { color: p.accent, opacity: level === 'watch' ? 1 : 0.5 });
    const line = (at: number) => ({ type: 'line', silent: true, symbol: 'none', data: drift.months.map(() => at), lineStyle: { color: p.ink3, width: 1, type: 'dashed' }, tooltip: { show: false } });
    return {
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const month = drift.months[items[0]?.dataIndex ?? 0];
          return month?.score ? `${monthOf(say, month.at)}<br/><b>PSI ${count(month.score.psi, 3)}</b><br/>${t('model.psi_chance', { chance: count(month.score.chance, 3) })}` : '';
        },
      },
      xAxis,
      yAxis: { type: 'value', min: 0, max: Math.ceil(10 * Math.max(drift.moved * 1.2, ...values.map((one) => one ?? 0))) / 10, splitNumber: 4, axisLabel: { formatter: (value: number) => count(value, 2) } },
      series: [
        { type: 'bar', barMaxWidth: 22, data: drift.months.map((one) => ({ value: one.score?.psi ?? null, itemStyle: style(one.score?.level) })) },
        line(drift.watch), line(drift.moved),
      ],
    };
  }, [drift, mode, xAxis, say]);
  const words = drift.months.filter((one) => one.score).map((one) => `${monthOf(say, one.at)} ${count(one.score!.psi, 2)} ${t(`model.level.${one.score!.level}`)}`).join(', ');
  return (
    <div className="stack">
      <h3>{t('model.psi')}</h3>
      <p className="small quiet">{t('model.psi_about', { watch: count(drift.watch, 2), moved: count(drift.moved, 2) })}</p>
      <Chart option={option} height={HEIGHT} label={t('model.psi_label', { list: words })} />
    </div>
  );
}

/** Leavers seen for each that was expected, with the interval as a band; 1 is right. */
function Kept({ drift }: { drift: ModelDrift }) {
  const say = useSay();
  const { t, count, day } = say;
  const mode = useMode();
  const xAxis = useMonths(drift.months);
  const told = drift.months.filter((one) => one.kept);
  const option = useMemo(() => {
    const p = palettes[mode];
    const of = (pick: (kept: NonNullable<ModelMonth['kept']>) => number) => drift.months.map((one) => (one.kept ? pick(one.kept) : null));
    const most = Math.max(2, ...drift.months.map((one) => one.kept?.ratio.high ?? 0));
    const band = { type: 'line', stack: 'band', silent: true, symbol: 'none', lineStyle: { opacity: 0 }, stackStrategy: 'all', emphasis: { disabled: true }, tooltip: { show: false } };
    return {
      grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis',
        formatter: (items: { dataIndex: number }[]) => {
          const month = drift.months[items[0]?.dataIndex ?? 0];
          const kept = month?.kept;
          return month && kept ? `${monthOf(say, month.at)}<br/><b>${count(kept.ratio.value, 2)}</b> ${count(kept.ratio.low, 2)}–${count(kept.ratio.high, 2)}<br/>${t('model.kept_point', { said: count(kept.said, 0), left: count(kept.left) })}` : '';
        },
      },
      xAxis,
      yAxis: { type: 'value', min: 0, max: Math.min(most * 1.05, 6), splitNumber: 4, axisLabel: { formatter: (value: number) => count(value, 1) } },
      series: [
        { ...band, data: of((kept) => kept.ratio.low) },
        { ...band, data: of((kept) => kept.ratio.high - kept.ratio.low), areaStyle: { color: p.accent, opacity: mode === 'dark' ? 0.2 : 0.14 } },
        { type: 'line', data: drift.months.map((one) => ({ value: one.kept?.ratio.value ?? null, itemStyle: { color: one.kept?.is_off ? p.ink : p.accent } })), symbol: 'circle', symbolSize: 8, lineStyle: { color: p.accent, width: 2 } },
        { type: 'line', silent: true, symbol: 'none', data: drift.months.map(() => 1), lineStyle: { color: p.ink3, width: 1, type: 'dashed' }, tooltip: { show: false } },
      ],
    };
  }, [drift, mode, xAxis, say]);
  const words = told.map((one) => `${monthOf(say, one.at)} ${count(one.kept!.ratio.value, 2)}`).join(', ');
  const next = drift.months.find((one) => !one.kept);
  return (
    <div className="stack">
      <h3>{t('model.kept')}</h3>
      <p className="small quiet">{t('model.kept_about')}</p>
      {told.length > 0 ? <Chart option={option} height={HEIGHT} label={t('model.kept_label', { list: words })} /> : <p className="soft">{t('model.kept_none')}{next && <> · {t('model.kept_from', { at: monthOf(say, next.at), day: day(next.told_on) })}</>}</p>}
    </div>
  );
}

/** The indicators of the last month that are farthest from what they were. */
function Inputs({ month }: { month: ModelMonth | undefined }) {
  const { t, say, count } = useSay();
  const moved = (month?.inputs ?? []).filter((one) => one.shift.level !== 'steady').slice(0, SHOWN);
  if (!month || month.inputs.length === 0) return null;
  const most = Math.max(...moved.map((one) => one.shift.psi), 1e-9);
  return (
    <div className="stack">
      <h3>{t('model.inputs')}</h3>
      {moved.length === 0 ? <p className="small quiet">{t('model.inputs_none')}</p> : (
        <ul className="model-columns model-moved small">
          {moved.map((one) => (
            <li key={one.id} title={t('model.psi_chance', { chance: count(one.shift.chance, 3) })}>
              <span className="clip">{say(one.name)}</span>
              <span className="model-bar" aria-hidden="true"><i style={{ width: `${(100 * one.shift.psi) / most}%` }} /></span>
              <span className="number right quiet">{count(one.shift.psi, 2)} {t(`model.level.${one.shift.level}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
