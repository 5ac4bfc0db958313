// Every way in, and whether its heart beats: who sends, how much, since when, and what waits to be mended.

import { Button } from 'antd';
import { Link } from 'react-router';
import { useData } from '../../api/reading';
import { useSources } from '../../api/intake';
import type { Source, SourceRow } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Hint } from '../../parts/Hint';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { Said } from '../../parts/Said';
import { useNow, useSay } from '../../words/say';
import './data.css';
import { pulseOf, SourceCard } from './SourceCard';
import { DataTabs } from './Tabs';

export default function SourcesPage() {
  const { t, count } = useSay();
  const { canAct } = useMoment();
  const now = useNow();
  const { data: list, error, refetch } = useSources();
  const { data: lake } = useData();
  const known = new Set(list?.map((one) => one.name));
  const others = lake?.sources.filter((one) => !known.has(one.name)) ?? [];
  const empty = list?.length === 0 && others.length === 0;
  const acts = (
    <>
      {list && list.length > 0 && <Export what="sources" />}
      {canAct && <><Link to="/data/import"><Button icon={<Icon name="upload" size={16} />}>{t('data.import')}</Button></Link>
      <Link to="/data/sources/new"><Button type="primary" icon={<Icon name="plus" size={16} />}>{t('source.add')}</Button></Link></>}
    </>
  );
  return (
    <div className="page">
      <Head
        title={t('data.title')}
        sentence={list && lake && <Sentence list={list} facts={lake.facts} now={now} />}
        sub={lake && lake.facts > 0 && <span>{t('data.customers', { count: lake.customers, shown: count(lake.customers) })}</span>}
        acts={!empty && acts}
      />
      <DataTabs />
      {error && !list && <Fault error={error} what={t('data.sources')} again={() => void refetch()} />}
      {!list && !error && <BoneBlock height={160} />}
      {empty && <div className="card"><Empty title={t('data.none')} acts={acts}>{t('data.none_text')}</Empty></div>}
      {list && list.length > 0 && <ul className="sources">{list.map((one) => <SourceCard key={one.id} source={one} now={now} />)}</ul>}
      {others.length > 0 && (
        <section>
          <h2 className="data-heading">{t('data.from_files')}</h2>
          <ul className="lake-sources">{others.map((one) => <LakeSource key={one.name} source={one} now={now} />)}</ul>
        </section>
      )}
    </div>
  );
}

function Sentence({ list, facts, now }: { list: Source[]; facts: number; now: string }) {
  const { t, count } = useSay();
  const at = (...pulses: string[]) => list.filter((one) => pulses.includes(pulseOf(one, now))).length;
  const [live, quiet] = [at('live', 'idle'), at('quiet')];
  if (facts === 0 && list.length === 0) return <>{t('data.sentence_none')}</>;
  return (
    <>
      {t('data.sentence_facts', { shown: count(facts) })}
      {live > 0 && <Said words="data.sentence_sources" count={live} />}
      {quiet > 0 && <Said words="data.sentence_quiet" count={quiet} />}
    </>
  );
}

/** What came in by files, or by a source that is no longer there. Quiet for more than three days is said. */
function LakeSource({ source, now }: { source: SourceRow; now: string }) {
  const { t, count, near, day, dayTime, daysBetween } = useSay();
  const quiet = daysBetween(source.last_at, now) > 3;
  return (
    <li className="card lake-source">
      <div className="line"><span className={quiet ? 'beat quiet-beat' : 'beat'} aria-hidden="true" /><span className="strong clip">{source.name}</span><span className="push number">{t('data.facts', { count: source.facts, shown: count(source.facts) })}</span></div>
      <div className="small soft clip-2">{source.kinds.map((kind) => `${t(`kind.${kind.key}`, { defaultValue: kind.key })} ${count(kind.count)}`).join(' · ')}</div>
      <div className="small quiet">
        <Hint say={() => `${t('data.first')} ${dayTime(source.first_at)}`}><span>{day(source.first_at)} – </span></Hint>
        <Hint say={() => `${t('data.last')} ${dayTime(source.last_at)} · ${t('data.written')} ${dayTime(source.recorded_at)}`}><span>{near(source.last_at, now)}</span></Hint>
        {quiet && <div>{t('data.quiet_since', { when: day(source.last_at) })}</div>}
      </div>
    </li>
  );
}
