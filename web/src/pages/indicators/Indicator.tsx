// One indicator: can it be trusted here, how do our customers stand in it, and who stands worst. The definition is one
// tab away.

import { Button, Tabs } from 'antd';
import { useMemo, type ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { useIndicator } from '../../api/indicators';
import { Problem } from '../../api/client';
import type { CustomerFigure, GroupFigure, IndicatorPage } from '../../api/types';
import { useGo, useMoment, usePageState, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { BandWord } from '../../parts/Band';
import { Code } from '../../parts/Code';
import { CustomerName } from '../../parts/CustomerName';
import { Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Worse } from './Catalog';
import { Distribution } from './Distribution';
import { Efficacy, Untested } from './Efficacy';
import './indicators.css';
import { ownTable, shown, windowWords } from './measured';
import { PeerGroups } from './PeerGroups';
import { Trend } from './Trend';

export default function IndicatorPageView() {
  const { t } = useSay();
  const { id = '' } = useParams();
  const { data, error, refetch } = useIndicator(id);
  const go = useGo();
  if (error instanceof Problem && error.status === 404) {
    return <div className="page"><Head title={t('indicators.title')} /><div className="card"><Empty title={t('indicators.missing')} acts={<Button onClick={() => go('/indicators')}>{t('indicators.all')}</Button>}>{t('indicators.missing_text', { id })}</Empty></div></div>;
  }
  if (error && !data) return <div className="page"><Head title={t('indicators.title')} /><Fault error={error} what={t('indicators.one')} again={() => void refetch()} /></div>;
  if (!data) return <div className="page"><Head title={t('indicators.title')} /><div className="indicator-columns"><div className="stack"><BoneBlock height={180} /><BoneBlock height={200} /></div><BoneBlock height={320} /></div></div>;
  return <Shown page={data} />;
}

function Shown({ page }: { page: IndicatorPage }) {
  const say = useSay();
  const { t } = say;
  const narrow = useNarrow();
  const { asOf } = useMoment();
  const go = useGo();
  const [query, set] = usePageState();
  const { card } = page;
  const tab = query.get('tab') === 'definition' ? 'definition' : 'overview';
  const at = (path: string) => go(`${path}${encodeURIComponent(card.id)}`);
  return (
    <div className="page">
      <div>
        <Link to={withMoment('/indicators', asOf)} className="back small quiet link"><Icon name="left" size={16} />{t('indicators.all')}</Link>
        <Head
          title={say.say(card.name)}
          sub={(
            <>
              <span className="indicator-asks">{say.say(card.question)}</span>
              <span className="tag">{t(`category.${card.category}`, { defaultValue: card.category })}</span>
              <span>{windowWords(card.window, say)}</span>
              {say.say(card.unit) && <span>{t('explain.unit')} {say.say(card.unit)}</span>}
              <Worse one={card} />
              {card.census.map((one) => <span key={one}>{one}</span>)}
              <code>{card.id}</code>
            </>
          )}
          acts={!narrow && (
            <>
              <Button icon={<Icon name="compare" size={16} />} onClick={() => at('/indicators/compare?left=')}>{t('indicators.compare')}</Button>
              <Button icon={<Icon name="copy" size={16} />} onClick={() => at('/indicators/new?from=')}>{t('indicators.copy_draft')}</Button>
            </>
          )}
        />
      </div>
      <Tabs
        className="indicator-tabs" activeKey={tab} onChange={(next) => set({ tab: next === 'overview' ? null : next }, true)}
        items={[
          { key: 'overview', label: t('indicators.overview'), children: tab === 'overview' ? <Overview page={page} /> : null },
          { key: 'definition', label: t('indicators.definition'), children: tab === 'definition' ? <Definition page={page} /> : null },
        ]}
      />
    </div>
  );
}

function Definition({ page }: { page: IndicatorPage }) {
  const { t } = useSay();
  const text = useMemo(() => ownTable(page.source, page.card.id), [page]);
  return (
    <section className="card part stack">
      <p className="soft">{t('indicators.definition_about')}</p>
      <Code text={text} label={t('indicators.definition')} />
      <p className="small quiet">{t('indicators.version', { version: page.card.version })}</p>
    </section>
  );
}

function Overview({ page }: { page: IndicatorPage }) {
  const { t } = useSay();
  const unit = page.card.unit_key;
  if (page.card.known === 0) {
    return (
      <div className="stack">
        <div className="card part"><h2 className="part-title">{t('indicators.nobody_known')}</h2><Distribution told={page.distribution} unit={unit} /></div>
        {page.efficacy ? <Efficacy row={page.efficacy} card={page.card} /> : null}
      </div>
    );
  }
  return (
    <div className="indicator-columns">
      <div className="stack indicator-main">
        {page.efficacy ? <Efficacy row={page.efficacy} card={page.card} /> : <Untested />}
        <Part title={t('indicators.distribution')}><Distribution told={page.distribution} unit={unit} height={140} /></Part>
        <Part title={t('indicators.trend')} about={t('indicators.trend_about')}><Trend points={page.trend} unit={unit} height={220} /></Part>
      </div>
      <aside className="stack indicator-rail">
        <Extremes title={t(page.card.worse === 'none' || page.card.worse === 'both' ? 'indicators.highest' : 'indicators.worst')} rows={page.worst} page={page} />
        <Extremes title={t(page.card.worse === 'none' || page.card.worse === 'both' ? 'indicators.lowest' : 'indicators.best')} rows={page.best} page={page} />
        <Groups title={t('churn.by_band')} rows={page.groups.filter((group) => group.sort === 'band')} unit={unit} />
        {page.peers && <Part title={t('indicators.peers.title')}><PeerGroups plan={page.peers} /></Part>}
        <Groups title={t('indicators.by_segment')} rows={page.groups.filter((group) => group.sort === 'segment')} unit={unit} />
        <Groups title={t('indicators.by_tier')} rows={page.groups.filter((group) => group.sort === 'tier')} unit={unit} />
        <Groups title={t('churn.by_owner')} rows={page.groups.filter((group) => group.sort === 'owner').slice(0, 8)} unit={unit} />
      </aside>
    </div>
  );
}

function Part({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section className="card part" aria-label={title}>
      <div className="section-title part-title"><h2>{title}</h2>{about && <span className="small quiet">{about}</span>}</div>
      {children}
    </section>
  );
}

function Extremes({ title, rows, page }: { title: string; rows: CustomerFigure[]; page: IndicatorPage }) {
  const say = useSay();
  if (rows.length === 0) return null;
  return (
    <Part title={title}>
      <ol className="extremes">
        {rows.map((row) => <li key={row.id}><CustomerName id={row.id} name={row.name} /><span className="number soft">{shown(row.value, page.card.unit_key, say)}</span></li>)}
      </ol>
    </Part>
  );
}

const BAND_ORDER = ['critical', 'high', 'medium', 'low', '-'];

/** The middle value of each part of the customers as a bar from zero. */
function Groups({ title, rows, unit }: { title: string; rows: GroupFigure[]; unit: string }) {
  const say = useSay();
  const { t, count } = say;
  if (rows.length < 2) return null;
  const sorted = rows[0]?.sort === 'band' ? [...rows].sort((a, b) => BAND_ORDER.indexOf(a.key) - BAND_ORDER.indexOf(b.key)) : rows;
  const most = Math.max(...rows.map((row) => Math.abs(row.median ?? 0)), Number.MIN_VALUE);
  return (
    <Part title={title} about={t('indicators.median')}>
      <ul className="groups">
        {sorted.map((row) => (
          <li key={row.key}>
            <span className="clip" title={t('indicators.customers', { count: row.known, shown: count(row.known) })}><GroupName row={row} /></span>
            <span className="group-bar"><span style={{ width: `${(Math.abs(row.median ?? 0) / most) * 100}%` }} /></span>
            <span className="number soft right">{row.median == null ? '—' : shown(row.median, unit, say)}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function GroupName({ row }: { row: GroupFigure }) {
  const { t, say } = useSay();
  if (row.sort === 'band') return <BandWord band={row.key === '-' ? null : row.key} />;
  if (row.key === '-') return <span className="quiet">{t(row.sort === 'owner' ? 'owner.none' : 'unknown.title')}</span>;
  return row.name ? say(row.name) : row.key;
}
