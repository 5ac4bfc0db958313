// Every indicator of the customer with its own history.

import { useMemo } from 'react';
import { Link } from 'react-router';
import type { CustomerPage, IndicatorRow } from '../../api/types';
import { useMoment, withMoment } from '../../frame/moment';
import { InUnit } from '../../parts/Amount';
import { Explain } from '../../parts/Explain';
import { Export } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { Spark } from '../../parts/Spark';
import { amongWords } from '../indicators/measured';
import { useSay } from '../../words/say';

export function Indicators({ page }: { page: CustomerPage }) {
  const say = useSay();
  const { t } = say;
  const { asOf } = useMoment();
  const window = (row: IndicatorRow) => (row.window ? t('explain.window_days', { window: row.window.replace(/d$/, '') }) : undefined);
  const means = (row: IndicatorRow) => <>{say.say(row.question)}{row.peers && <><br />{amongWords(row.peers, say)}</>}</>;
  const columns = useMemo<Column<IndicatorRow>[]>(() => [
    {
      key: 'name', title: t('indicator.name'), width: 'minmax(160px, 1.4fr)',
      cell: (row) => <Explain title={say.say(row.name)} means={means(row)} window={window(row)} unit={t(`unit.${row.unit}`, { count: 2, defaultValue: row.unit })} asOf={page.as_of} source={<code>{row.id}</code>}><Link to={withMoment(`/indicators/${encodeURIComponent(row.id)}`, asOf)}>{say.say(row.name)}</Link></Explain>,
    },
    { key: 'category', title: t('indicator.category'), width: '88px', cell: (row) => <span className="quiet">{t(`category.${row.category}`, { defaultValue: row.category })}</span> },
    { key: 'history', title: t('indicator.history'), width: '112px', cell: (row) => <Spark values={row.history.map((point) => point.value)} width={104} height={22} label={say.say(row.name)} colour="var(--accent)" /> },
    { key: 'figure', title: t('indicator.now'), width: 'minmax(88px, 0.6fr)', right: true, cell: (row) => <InUnit figure={row.figure} unit={row.unit} title={say.say(row.name)} means={means(row)} window={window(row)} asOf={page.as_of} /> },
  ], [say, t, asOf, page.as_of]);
  if (page.indicators.length === 0) return null;
  return (
    <section className="stack-tight" aria-label={t('indicator.title')}>
      <div className="line part-heading"><h2>{t('indicator.title')}</h2><span className="push"><Export what="customer-indicators" query={{ id: page.row.id }} of={t('indicator.title')} /></span></div>
      <Sheet
        label={t('indicator.title')} columns={columns} rows={page.indicators} rowKey={(row) => row.id} rowHeight={44} keys={false}
        card={(row) => (
          <div className="line">
            <div style={{ minWidth: 0, flex: 1 }}><div className="clip">{say.say(row.name)}</div><div className="small quiet clip">{say.say(row.question)}</div></div>
            <Spark values={row.history.map((point) => point.value)} width={64} height={22} label={say.say(row.name)} colour="var(--accent)" />
            <div className="right" style={{ minWidth: 72 }}><InUnit figure={row.figure} unit={row.unit} title={say.say(row.name)} means={means(row)} asOf={page.as_of} /></div>
          </div>
        )}
      />
    </section>
  );
}
