// By what customers belong together: value against risk, RFM, named segments. Every number opens the list behind it.

import { useMemo } from 'react';
import { Trans } from 'react-i18next';
import { Link } from 'react-router';
import { useRfm, useSegments } from '../../api/segments';
import type { SegmentList, SegmentRow } from '../../api/types';
import { useGo, useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Explain } from '../../parts/Explain';
import { Export, Head } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneBlock, BoneRows, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import { RfmPicture } from './RfmPicture';
import { CustomerTabs } from './Tabs';
import { ValueRisk } from './ValueRisk';

export default function SegmentsPage() {
  const { t, say } = useSay();
  const admin = useSession()?.staff?.role === 'admin';
  const { data, error, refetch } = useSegments();
  const rfm = useRfm();
  if (error && !data) return <div className="page"><CustomerTabs /><Head title={t('segments.title')} /><Fault error={error} what={t('segments.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><CustomerTabs /><Head title={t('segments.title')} /><BoneBlock height={280} /><BoneRows rows={6} /></div>;
  if (data.customer_count === 0) {
    return <div className="page"><CustomerTabs /><Head title={t('segments.title')} /><div className="card"><Empty title={t('customers.none')}>{t('customers.none_text')}</Empty></div></div>;
  }
  return (
    <div className="page">
      <CustomerTabs />
      <Head title={t('segments.title')} sentence={<Sentence list={data} />} sub={<><span>{say(data.value_sentence)}</span>{admin && <Link className="link" to="/settings/value">{t('value.choose')}</Link>}</>} />
      <div className="segments-pair">
        <ValueRisk list={data} />
        {rfm.data && <RfmPicture rfm={rfm.data} />}
        {!rfm.data && !rfm.error && <BoneBlock height={280} />}
        {rfm.error && !rfm.data && <Fault error={rfm.error} what="RFM" again={() => void rfm.refetch()} />}
      </div>
      <section>
        <div className="line segments-heading"><h2>{t('segments.named')}</h2><span className="push"><Export what="segments" of={t('segments.named')} /></span></div>
        {data.segments.length === 0 ? <div className="card"><Empty title={t('segments.none')}>{t('segments.none_text')}</Empty></div> : <Named list={data} />}
      </section>
    </div>
  );
}

function Sentence({ list }: { list: SegmentList }) {
  const { t, count } = useSay();
  const high = list.tiers.find((tier) => tier.tier === 'high');
  if (!high || high.count === 0) return <Trans t={t} i18nKey="segments.sentence_plain" count={list.customer_count} values={{ shown: count(list.customer_count) }} components={{ b: <b /> }} />;
  return <Trans t={t} i18nKey="segments.sentence" count={high.count} values={{ shown: count(high.count), all: count(list.customer_count), risk: count(high.at_risk_count) }} components={{ b: <b /> }} />;
}

const addressOf = (row: SegmentRow) => `/segments/${encodeURIComponent(row.id)}`;

function Named({ list }: { list: SegmentList }) {
  const say = useSay();
  const { t, count, share, money, moneyWhole } = say;
  const { asOf } = useMoment();
  const go = useGo();
  const narrow = useNarrow();
  const all = Math.max(1, list.customer_count);
  const columns = useMemo<Column<SegmentRow>[]>(() => [
    { key: 'name', title: t('segments.name'), width: 'minmax(140px, 1fr)', cell: (row) => <div><Link className="sheet-name clip" style={{ display: 'block' }} to={withMoment(addressOf(row), asOf)}>{say.say(row.name)}</Link><div className="small quiet clip" title={say.say(row.about)}>{say.say(row.about)}</div></div> },
    { key: 'when', title: t('segments.condition'), width: 'minmax(220px, 2fr)', cell: (row) => <span className="soft clip-2" title={say.say(row.sentence)}>{say.sentence(row.sentence)}</span> },
    { key: 'share', title: t('churn.share'), width: 'minmax(96px, 140px)', cell: (row) => <span className="segments-share"><span style={{ width: `${(row.count / all) * 100}%` }} /><span className="small soft number">{share(row.count / all, 0)}</span></span> },
    { key: 'count', title: t('churn.count'), width: '72px', right: true, cell: (row) => <Explain title={say.say(row.name)} means={t('segments.count_means', { unknown: count(row.unknown_count), outside: count(row.outside_count) })} asOf={list.as_of}><span className="number strong">{count(row.count)}</span></Explain> },
    { key: 'risk', title: t('churn.at_risk'), width: '64px', right: true, cell: (row) => <span className="number">{count(row.at_risk_count)}</span> },
    { key: 'value', title: t('churn.value'), width: '96px', right: true, cell: (row) => <span className="number" title={moneyWhole(row.value_sum)}>{money(row.value_sum)}</span> },
  ], [say, t, count, share, money, moneyWhole, asOf, all, list.as_of]);
  return (
    <Sheet
      label={t('segments.named')} columns={columns} rows={list.segments} rowKey={(row) => row.id} rowHeight={60} minWidth={narrow ? 0 : 820} open={(row) => go(addressOf(row))}
      card={(row) => (
        <div style={{ display: 'grid', gap: 4 }}>
          <div className="line"><Link className="sheet-name clip" to={withMoment(addressOf(row), asOf)}>{say.say(row.name)}</Link><span className="push number strong">{count(row.count)}</span></div>
          <div className="soft small">{say.sentence(row.sentence)}</div>
          <div className="small quiet line"><span>{share(row.count / all, 0)}</span><span>{t('churn.at_risk')} {count(row.at_risk_count)}</span><span className="push number">{money(row.value_sum)}</span></div>
        </div>
      )}
    />
  );
}
