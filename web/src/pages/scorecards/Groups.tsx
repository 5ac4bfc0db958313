// What counts: groups of measures with their weights; each measure opens to its curve and to what a missing or an old
// number does.

import { Button, Input, InputNumber, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useIndicatorCatalog } from '../../api/indicators';
import { api } from '../../api/client';
import type { MeasureSpread } from '../../api/scorecards';
import type { IndicatorPage } from '../../api/types';
import { Field } from '../../parts/Field';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { useSay } from '../../words/say';
import { CurveEditor } from './CurveEditor';
import { firstCurve, groupAt, idOf, percents, rebalanced, within, withAdded, withMeasure, withoutMeasure, withWeights, type Measure, type Path, type Stale, type Tree } from './design';
import { Weight } from './Weights';

export interface Editing {
  tree: Tree;
  set: (tree: Tree) => void;
  spreads: Map<string, MeasureSpread>;
  learn: (spread: MeasureSpread) => void;
  share: Map<string, number>;
  open: string | null;
  setOpen: (id: string | null) => void;
  fixed: boolean;
}

export function Groups(editing: Editing) {
  const { tree, set, fixed } = editing;
  const { t, say } = useSay();
  const weights = tree.dimension.map((one) => one.weight);
  const whole = percents(weights);
  return (
    <section className="card-part" aria-label={t('card.groups')}>
      <div className="section-title"><h2>{t('card.groups')}</h2><span className="small quiet">{t('card.groups_about')}</span></div>
      {tree.dimension.map((one, at) => (
        <section key={one.id} className="card-group" aria-label={say(one.name)}>
          <div className="card-group-head">
            <h3>{say(one.name)}</h3>
            <Weight name={say(one.name)} percent={whole[at]!} alone={weights.length < 2} fixed={fixed} set={(percent) => set(withWeights(tree, [], rebalanced(weights, at, percent)))} />
          </div>
          <Inner path={[at]} {...editing} />
        </section>
      ))}
    </section>
  );
}

/** Measures of a group, then the groups in it. */
function Inner({ path, ...editing }: Editing & { path: Path }) {
  const { tree, set, fixed } = editing;
  const { say } = useSay();
  const group = groupAt(tree, path);
  const sisters = within(group);
  const weights = sisters.map((one) => one.weight);
  const whole = percents(weights);
  const weigh = (at: number) => (percent: number) => set(withWeights(tree, path, rebalanced(weights, at, percent)));
  const measures = group.measure ?? [];
  return (
    <div className="card-measures">
      {measures.map((measure, at) => (
        <Row key={idOf(measure)} measure={measure} path={path} place={at} percent={whole[at]!} alone={weights.length < 2} weigh={weigh(at)} {...editing} />
      ))}
      {(group.group ?? []).map((inner, at) => (
        <section key={inner.id} className="card-group card-inner" aria-label={say(inner.name)}>
          <div className="card-group-head"><h3>{say(inner.name)}</h3><Weight name={say(inner.name)} percent={whole[measures.length + at]!} alone={weights.length < 2} fixed={fixed} set={weigh(measures.length + at)} /></div>
          <Inner path={[...path, at]} {...editing} />
        </section>
      ))}
      {!fixed && <Adding path={path} {...editing} />}
    </div>
  );
}

interface RowProps extends Editing { measure: Measure; path: Path; place: number; percent: number; alone: boolean; weigh: (percent: number) => void }

function Row(props: RowProps) {
  const { measure, percent, alone, weigh, spreads, share, open, setOpen, fixed } = props;
  const { t, say, share: asShare } = useSay();
  const id = idOf(measure);
  const spread = spreads.get(id);
  const name = measure.name ? say(measure.name) : spread ? say(spread.name) : id;
  const isOpen = open === id;
  return (
    <div className="card-measure" data-open={isOpen || undefined}>
      <div className="card-measure-head">
        <button type="button" className="card-measure-name" aria-expanded={isOpen} onClick={() => setOpen(isOpen ? null : id)}>
          <Icon name={isOpen ? 'down' : 'right'} size={14} /><span className="clip">{name}</span>
          <span className="small quiet">{t('card.of_all', { share: asShare(share.get(id) ?? 0, 0) })}</span>
        </button>
        <Weight name={name} percent={percent} alone={alone} fixed={fixed} set={weigh} />
      </div>
      {isOpen && <Open {...props} name={name} spread={spread} />}
    </div>
  );
}

function Open({ tree, set, measure, path, place, name, spread, alone, fixed, setOpen }: RowProps & { name: string; spread: MeasureSpread | undefined }) {
  const { t, say } = useSay();
  const change = (part: Partial<Measure>) => set(withMeasure(tree, path, place, (one) => ({ ...one, ...part })));
  return (
    <div className="card-open">
      {spread?.question && <p className="soft">{say(spread.question)}{measure.own && <span className="quiet"> {t(`card.own.${measure.own.by}`)}</span>}</p>}
      {measure.pulse && !fixed && (
        <Field label={t('card.people_name')}>
          <div className="line"><Input value={measure.name?.zh} maxLength={40} aria-label={t('card.people_name_zh')} onChange={(event) => change({ name: { zh: event.target.value, en: measure.name?.en ?? '' } })} /><Input value={measure.name?.en} maxLength={40} aria-label={t('card.people_name_en')} onChange={(event) => change({ name: { zh: measure.name?.zh ?? '', en: event.target.value } })} /></div>
        </Field>
      )}
      <CurveEditor name={name} curve={measure.curve} spread={spread} fixed={fixed} set={(curve) => change({ curve })} />
      <Field label={t('card.missing')}>
        <Select aria-label={t('card.missing')} value={measure.missing ?? 'leave_out'} disabled={fixed} style={{ width: '100%' }} onChange={(missing: NonNullable<Measure['missing']>) => change({ missing })} options={(['leave_out', 'neutral', 'poor'] as const).map((one) => ({ value: one, label: t(`card.missing_how.${one}`) }))} />
      </Field>
      <Staleness measure={measure} change={change} fixed={fixed} />
      {!fixed && !alone && <div><Button size="small" type="text" icon={<Icon name="trash" size={14} />} onClick={() => { setOpen(null); set(withoutMeasure(tree, path, place)); }}>{t('card.remove')}</Button></div>}
    </div>
  );
}

function Staleness({ measure, change, fixed }: { measure: Measure; change: (part: Partial<Measure>) => void; fixed: boolean }) {
  const { t, say } = useSay();
  const { data } = useIndicatorCatalog();
  const { stale } = measure;
  const ages = useMemo(() => (data?.indicators ?? []).filter((one) => one.unit_key === 'day' && one.id.startsWith('days_since')).map((one) => ({ value: one.id, label: say(one.name) })), [data, say]);
  const own = ages.find((one) => idOf(measure).startsWith(one.value.replace('days_since_', '')))?.value ?? ages[0]?.value;
  const choose = (then: string) => {
    if (then === 'never') return change({ stale: undefined });
    const told: Stale = { ...(measure.pulse ? {} : { by: stale?.by ?? own }), after: stale?.after ?? 90, then: then as Stale['then'], ...(then === 'fade' ? { over: stale?.over ?? 90 } : {}) };
    change({ stale: told });
  };
  const set = (part: Partial<Stale>) => stale && change({ stale: { ...stale, ...part } });
  return (
    <>
      <Field label={t('card.stale')}>
        <Select aria-label={t('card.stale')} value={stale?.then ?? 'never'} disabled={fixed || (!measure.pulse && ages.length === 0)} style={{ width: '100%' }} onChange={choose} options={(['never', 'fade', 'leave_out', 'poor'] as const).map((one) => ({ value: one, label: t(`card.stale_how.${one}`) }))} />
      </Field>
      {stale && (
        <Field label={t('card.stale_after')}>
          <div className="line wrap">
            <InputNumber min={0} value={stale.after} disabled={fixed} aria-label={t('card.stale_after')} onChange={(after) => after !== null && set({ after })} /><span className="small quiet">{t('card.days')}</span>
            {stale.then === 'fade' && <><InputNumber min={1} value={stale.over ?? 90} disabled={fixed} aria-label={t('card.stale_over')} onChange={(over) => over !== null && set({ over })} /><span className="small quiet">{t('card.stale_over')}</span></>}
            {!measure.pulse && <Select aria-label={t('card.stale_by')} value={stale.by} disabled={fixed} style={{ minWidth: 180 }} options={ages} onChange={(by: string) => set({ by })} showSearch={{ optionFilterProp: ['label'] }} />}
          </div>
        </Field>
      )}
    </>
  );
}

/** One more measure: an indicator with a curve made of how it lies, or something that people say. */
function Adding({ path, tree, set, spreads, learn, setOpen }: Editing & { path: Path }) {
  const { t, say } = useSay();
  const refused = useRefused();
  const { data } = useIndicatorCatalog();
  const [busy, setBusy] = useState(false);
  const options = useMemo(() => {
    const taken = new Set<string>();
    const walk = (groups: Tree['dimension']) => groups.forEach((one) => { (one.measure ?? []).forEach((each) => taken.add(idOf(each))); walk(one.group ?? []); });
    walk(tree.dimension);
    const free = (data?.indicators ?? []).filter((one) => !taken.has(one.id) && one.known > 0);
    return [{ value: '', label: t('card.add_people'), find: '' }, ...free.map((one) => ({ value: one.id, label: say(one.name), find: `${one.id} ${one.name.zh} ${one.name.en}` }))];
  }, [data, tree, say, t]);
  const add = async (id: string) => {
    if (id === '') {
      let number = 1;
      while (spreads.has(`pulse_${number}`) || JSON.stringify(tree).includes(`"pulse_${number}"`)) number += 1;
      set(withAdded(tree, path, { pulse: `pulse_${number}`, name: { zh: '员工评分', en: 'Staff pulse' }, curve: [[1, 0], [3, 60], [5, 100]], stale: { after: 60, then: 'fade', over: 60 } }));
      setOpen(`pulse_${number}`);
      return;
    }
    setBusy(true);
    try {
      const page = await api.get<IndicatorPage>(`/api/indicators/${encodeURIComponent(id)}`);
      learn({ id, name: page.card.name, question: page.card.question, unit: page.card.unit_key, worse: page.card.worse, distribution: page.distribution });
      set(withAdded(tree, path, { indicator: id, curve: firstCurve(page.distribution.quantiles, page.card.worse) }));
      setOpen(id);
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  return <Select className="card-add" size="small" variant="borderless" loading={busy} aria-label={t('card.add_to', { name: say(groupAt(tree, path).name) })} placeholder={t('card.add')} value={null} popupMatchSelectWidth={320} showSearch={{ optionFilterProp: ['label', 'find'] }} options={options} onChange={(id: string | null) => id !== null && void add(id)} />;
}
