// From which health on a customer is in a band, on one strip from 0 to 100; and how much must be known.

import { InputNumber } from 'antd';
import { BandShape } from '../../parts/Band';
import { useSay } from '../../words/say';
import { floorOf, withFloor, type Tree } from './design';

const FLOORS = ['low', 'medium', 'high'] as const;

export function Bands({ tree, set, fixed }: { tree: Tree; set: (tree: Tree) => void; fixed: boolean }) {
  const { t } = useSay();
  const floors = FLOORS.map((band) => floorOf(tree.bands[band]));
  const [low, medium, high] = floors as [number, number, number];
  const change = (band: (typeof FLOORS)[number], from: number) => set({ ...tree, bands: { ...tree.bands, [band]: withFloor(tree.bands[band], from) } });
  const parts = [{ band: 'critical', from: 0, to: high }, { band: 'high', from: high, to: medium }, { band: 'medium', from: medium, to: low }, { band: 'low', from: low, to: 100 }];
  const limits: Record<(typeof FLOORS)[number], [number, number]> = { low: [medium + 1, 99], medium: [high + 1, low - 1], high: [1, medium - 1] };
  return (
    <section className="card-part" aria-label={t('card.bands')}>
      <div className="section-title"><h2>{t('card.bands')}</h2><span className="small quiet">{t('card.bands_about')}</span></div>
      <div className="bands-strip" aria-hidden="true">
        {parts.map((one) => <span key={one.band} style={{ width: `${Math.max(0, one.to - one.from)}%`, background: `var(--${one.band})` }} />)}
      </div>
      <div className="bands-floors">
        {FLOORS.map((band) => (
          <label key={band} className="line small">
            <BandShape band={band} /><span className="soft">{t('card.band_from', { band: t(`band.${band}`) })}</span>
            <InputNumber size="small" min={limits[band][0]} max={limits[band][1]} value={floorOf(tree.bands[band])} disabled={fixed} aria-label={t('card.band_from', { band: t(`band.${band}`) })} onChange={(from) => from !== null && change(band, from)} />
          </label>
        ))}
      </div>
      <div className="bands-floors">
        <label className="line small"><span className="soft">{t('card.base')}</span><InputNumber size="small" min={0} max={100} value={tree.base} disabled={fixed} aria-label={t('card.base')} onChange={(base) => base !== null && set({ ...tree, base })} /></label>
        <Part label={t('card.min_coverage')} value={tree.min_coverage} fixed={fixed} set={(min_coverage) => set({ ...tree, min_coverage })} />
        <Part label={t('card.firm_coverage')} value={tree.firm_coverage ?? 0.6} fixed={fixed} set={(firm_coverage) => set({ ...tree, firm_coverage })} />
      </div>
    </section>
  );
}

/** A share as whole percents. */
function Part({ label, value, set, fixed }: { label: string; value: number; set: (value: number) => void; fixed: boolean }) {
  return <label className="line small"><span className="soft">{label}</span><InputNumber size="small" min={0} max={100} value={Math.round(value * 100)} disabled={fixed} aria-label={label} suffix="%" onChange={(next) => next !== null && set(next / 100)} /></label>;
}
