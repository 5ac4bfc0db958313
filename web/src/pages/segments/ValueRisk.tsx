// Value against risk: who is worth most and nearest the door. Each cell opens its list.

import { Link } from 'react-router';
import type { SegmentList } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { BANDS, BandShape } from '../../parts/Band';
import { Export } from '../../parts/Head';
import { Hint } from '../../parts/Hint';
import { useSay } from '../../words/say';

const COLUMNS = [...BANDS, 'unknown'] as const;

export function ValueRisk({ list }: { list: SegmentList }) {
  const say = useSay();
  const { t, count, money, moneyWhole } = say;
  const { asOf } = useMoment();
  const cell = (tier: string, band: string) => list.matrix.find((one) => one.tier === tier && one.band === band);
  const most = Math.max(1, ...list.matrix.map((one) => one.count));
  const tiers = list.tiers.filter((tier) => tier.tier !== 'unknown' || tier.count > 0);
  const bands = COLUMNS.filter((band) => band !== 'unknown' || list.matrix.some((one) => one.band === band && one.count > 0));
  return (
    <section className="card part" aria-label={t('segments.matrix')}>
      <div className="section-title segments-title"><h2>{t('segments.matrix')}</h2><span className="small quiet">{t('segments.opens')}</span><span className="push"><Export what="value-risk" of={t('segments.matrix')} /></span></div>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col"><span className="hidden">{t('col.tier')}</span></th>
            {bands.map((band) => <th key={band} scope="col"><span className="matrix-band"><BandShape band={band === 'unknown' ? null : band} size={10} />{t(`band.${band}`)}</span></th>)}
          </tr>
        </thead>
        <tbody>
          {tiers.map((tier) => (
            <tr key={tier.tier}>
              <th scope="row">
                <span>{say.say(tier.name)}</span>
                <span className="small quiet number">{tier.from == null ? t('segments.sum', { count: tier.count, shown: count(tier.count) }) : t('segments.from', { amount: money(tier.from) })}</span>
              </th>
              {bands.map((band) => {
                const one = cell(tier.tier, band);
                if (!one || one.count === 0) return <td key={band}><span className="matrix-cell quiet"><span className="number">0</span></span></td>;
                return (
                  <td key={band}>
                    <Hint say={() => <>{say.say(tier.name)} · {t(`band_long.${band}`)}<br /><b>{t('segments.sum', { count: one.count, shown: count(one.count) })}</b><br />{moneyWhole(one.value_sum)}</>}>
                      <Link
                        className="matrix-cell matrix-link" to={withMoment(`/customers?tier=${tier.tier}&band=${band}`, asOf)}
                        aria-label={t('segments.cell', { tier: say.say(tier.name), band: t(`band_long.${band}`), shown: count(one.count) })}
                        style={{ background: `color-mix(in srgb, var(--band-${band}) ${Math.round(5 + 20 * Math.sqrt(one.count / most))}%, var(--surface))` }}
                      >
                        <span className="number matrix-count">{count(one.count)}</span>
                        <span className="small soft number">{tier.tier === 'unknown' ? ' ' : money(one.value_sum)}</span>
                      </Link>
                    </Hint>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
