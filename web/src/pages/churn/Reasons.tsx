// Why customers leave: as people confirmed it, as the model in service predicts it, and whether the two say the same.

import { Drawer, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useTrainingPart } from '../../api/models';
import { useReasons, type AgreementRow, type ReasonRow, type ReasonsPage } from '../../api/risk';
import { useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Value } from '../../parts/Amount';
import { CustomerName } from '../../parts/CustomerName';
import { Export, Head } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { TrainingBar } from '../../parts/TrainingBar';
import { useSay, useSession } from '../../words/say';
import './churn.css';
import './reasons.css';

/** What is open: a row of one side. */
interface Opened { side: 'confirmed' | 'predicted'; node: string }

export default function ReasonsPage() {
  const { t, sentence } = useSay();
  const [query, set] = usePageState();
  const { asOf } = useMoment();
  const asked = { quarter: query.get('quarter'), segment: query.get('segment') };
  const { data, error, refetch } = useReasons(asked.quarter, asked.segment);
  const [opened, setOpened] = useState<Opened | null>(null);
  const back = <Link className="chip" to={withMoment('/churn', asOf)}>{t('reasons.back')}</Link>;
  if (error && !data) return <div className="page"><Head title={t('reasons.title')} acts={back} /><Fault error={error} what={t('reasons.title')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('reasons.title')} acts={back} /><BoneRows rows={8} /></div>;
  const row = opened ? data[opened.side].rows.find((one) => one.node === opened.node) : undefined;
  return (
    <div className="page">
      <Head title={t('reasons.title')} sentence={sentence(data.predicted.count > 0 ? data.predicted.sentence : data.confirmed.sentence)} sub={<span>{t('reasons.about')}</span>} acts={<>{back}<Export what="churn-reasons" query={asked} /></>} />
      <Filters data={data} set={set} />
      <div className="reasons">
        <Confirmed data={data} open={(node) => setOpened({ side: 'confirmed', node })} />
        <Predicted data={data} open={(node) => setOpened({ side: 'predicted', node })} />
      </div>
      {data.agreement && <Agreement data={data.agreement} asked={asked} />}
      <Names row={row} close={() => setOpened(null)} asOf={data.as_of} />
    </div>
  );
}

function Filters({ data, set }: { data: ReasonsPage; set: (change: Record<string, string | null>) => void }) {
  const { t, say } = useSay();
  return (
    <div className="filters">
      <Select aria-label={t('reasons.quarter')} style={{ width: 120 }} value={data.quarter} options={data.quarters.map((one) => ({ value: one, label: one }))} onChange={(one: string) => set({ quarter: one === data.quarters[0] ? null : one })} />
      <Select allowClear showSearch={{ optionFilterProp: 'label' }} aria-label={t('reasons.segment')} placeholder={t('reasons.everybody')} style={{ width: 180 }} value={data.segment ?? undefined} options={data.segments.map((one) => ({ value: one.id, label: say(one.name) }))} onChange={(one: string | undefined) => set({ segment: one ?? null })} />
    </div>
  );
}

function Confirmed({ data, open }: { data: ReasonsPage; open: (node: string) => void }) {
  const { t, count } = useSay();
  const { confirmed, quarter } = data;
  const title = t('reasons.confirmed', { quarter });
  const sum = t('reasons.confirmed_sum', { left: count(confirmed.left), confirmed: count(confirmed.confirmed_left), unconfirmed: count(confirmed.unconfirmed), only: count(confirmed.confirmed_only) });
  return (
    <section className="stack reasons-side">
      <div className="section-title"><h2>{title}</h2><span className="small quiet">{t('reasons.confirmed_about')}</span></div>
      <p className="small soft">{sum}</p>
      {confirmed.rows.length === 0 ? <div className="card"><Empty title={t('reasons.confirmed_none')}>{t('reasons.confirmed_none_text')}</Empty></div> : <Rows label={title} rows={confirmed.rows} open={open} colour="var(--ink2)" />}
    </section>
  );
}

function Predicted({ data, open }: { data: ReasonsPage; open: (node: string) => void }) {
  const { t, say, count, share } = useSay();
  const { asOf } = useMoment();
  const may = useSession()?.permissions.some((one) => one === 'see_definitions');
  const { predicted } = data;
  const told = predicted.state === 'told' && predicted.count > 0;
  const part = useTrainingPart(predicted.state === 'no_model' && asOf === null);
  return (
    <section className="stack reasons-side">
      <div className="section-title"><h2>{t('reasons.predicted')}</h2><span className="small quiet">{t('reasons.predicted_about')}</span></div>
      {told && <p className="small soft" title={predicted.model ?? undefined}>{t('reasons.predicted_sum', { asked: count(predicted.asked), count: count(predicted.count), days: predicted.horizon_days, least: share(predicted.least_risk ?? 0, 0) })}</p>}
      {told ? <Rows label={t('reasons.predicted')} rows={predicted.rows} open={open} colour="var(--accent)" />
        : part !== null ? <div className="card reasons-wait"><h3>{t('model.running')}</h3><TrainingBar part={part} words="model.running_here" /></div>
        : <div className="card"><Empty title={t('reasons.predicted_none')} acts={may && <Link className="chip" to={withMoment('/models', asOf)}>{t('reasons.to_models')}</Link>}>{say(predicted.because ?? predicted.sentence)}</Empty></div>}
    </section>
  );
}

const TIERS = ['high', 'middle', 'low', 'unknown'];

function Rows({ label, rows, open, colour }: { label: string; rows: ReasonRow[]; open: (node: string) => void; colour: string }) {
  const { t, count } = useSay();
  const narrow = useNarrow();
  const most = Math.max(1, ...rows.map((row) => row.count));
  const tier = (row: ReasonRow, key: string) => row.tiers.find((one) => one.key === key)?.count ?? 0;
  const columns: Column<ReasonRow>[] = [
    { key: 'node', title: t('reasons.branch'), width: 'minmax(132px, 2fr)', cell: (row) => <ReasonName row={row} /> },
    { key: 'count', title: t('reasons.count'), width: narrow ? '72px' : 'minmax(88px, 1fr)', cell: (row) => <span className="slice"><span className="slice-bar" style={{ width: `${(row.count / most) * 60}%`, background: colour }} /><span className="number">{count(row.count)}</span></span> },
    ...(narrow ? [] : TIERS.filter((key) => key !== 'unknown' || rows.some((row) => tier(row, key) > 0)).map((key) => ({ key, title: t(`reasons.tier.${key}`), width: '56px', right: true, cell: (row: ReasonRow) => <span className={tier(row, key) ? 'number' : 'number quiet'}>{count(tier(row, key))}</span> }))),
  ];
  return <Sheet label={label} columns={columns} rows={rows} rowKey={(row) => row.node} rowHeight={64} keys={false} open={(row) => open(row.node)} />;
}

function ReasonName({ row }: { row: ReasonRow }) {
  const { t, say } = useSay();
  return <div><div className="clip-2 reasons-name" title={say(row.name)}>{say(row.name)}</div>{row.sort && <div className="small quiet">{t(`risk.sort.${row.sort}`)}</div>}</div>;
}

function Agreement({ data, asked }: { data: NonNullable<ReasonsPage['agreement']>; asked: { quarter: string | null; segment: string | null } }) {
  const { t, say, sentence, count } = useSay();
  const number = (key: 'confirmed' | 'first' | 'first_two' | 'instead', title: string): Column<AgreementRow> => ({ key, title, width: 'minmax(72px, 1fr)', right: true, cell: (row) => <span className={row[key] ? 'number' : 'number quiet'}>{count(row[key])}</span> });
  const columns: Column<AgreementRow>[] = [
    { key: 'node', title: t('reasons.branch'), width: 'minmax(120px, 1.6fr)', cell: (row) => <span className="clip">{say(row.name)}</span> },
    number('confirmed', t('reasons.agreed')), number('first', t('reasons.first')), number('first_two', t('reasons.first_two')), number('instead', t('reasons.instead')),
  ];
  return (
    <section className="stack reasons-side">
      <div className="line wrap"><div className="section-title"><h2>{t('reasons.agreement')}</h2><span className="small quiet">{t('reasons.agreement_about')}</span></div><span className="push"><Export what="reason-agreement" query={asked} of={t('reasons.agreement')} /></span></div>
      <p className="small soft">{sentence(data.sentence)}</p>
      <Sheet label={t('reasons.agreement')} columns={columns} rows={data.rows} rowKey={(row) => row.node} rowHeight={44} keys={false} />
    </section>
  );
}

/** The customers behind a number. */
function Names({ row, close, asOf }: { row: ReasonRow | undefined; close: () => void; asOf: string }) {
  const { t, say, count, share } = useSay();
  const narrow = useNarrow();
  return (
    <Drawer open={row !== undefined} onClose={close} size={narrow ? '100%' : 520} title={row && t('reasons.names', { name: say(row.name), shown: count(row.count) })} destroyOnHidden>
      {row && row.count > row.customers.length && <p className="small quiet">{t('reasons.names_most', { most: row.customers.length })}</p>}
      <ul className="reason-names">
        {row?.customers.map((one) => (
          <li key={one.id}><CustomerName id={one.id} name={one.name} />{one.risk != null && <span className="number soft">{share(one.risk, 0)}</span>}<Value figure={one.value} asOf={asOf} /></li>
        ))}
      </ul>
    </Drawer>
  );
}
