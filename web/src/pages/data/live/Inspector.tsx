// Is it arriving, and as what? Everything that came in, as it comes, with the few filters that find one message in many.

import { Button, Input, Segmented, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useSources } from '../../../api/intake';
import { usePageState } from '../../../frame/moment';
import { Head } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { Said } from '../../../parts/Said';
import { useNow, useSay } from '../../../words/say';
import '../data.css';
import { DataTabs } from '../Tabs';
import { useLive, type Live } from './live';
import { LiveRow, Waiting } from './Tail';

const OUTCOMES = ['all', 'accepted', 'held', 'duplicate', 'rejected'];
const MINUTE_MS = 60_000;

export default function InspectorPage() {
  const { t, zone, count } = useSay();
  const [query, set] = usePageState();
  const told = query.get('q') ?? '';
  const [text, setText] = useState(told);
  useEffect(() => {
    if (text.trim() === told) return undefined;
    const wait = setTimeout(() => set({ q: text.trim() }), 250);
    return () => clearTimeout(wait);
  }, [text]);
  const filter = useMemo(() => ({ source: query.get('source'), outcome: query.get('outcome'), q: query.get('q') }), [query]);
  const live = useLive(filter);
  const { data: sources } = useSources();
  const filtered = filter.source !== null || filter.outcome !== null || filter.q !== null;
  return (
    <div className="page">
      <Head title={t('data.tabs.live')} sentence={<Sentence live={live} />} sub={<span>{t('live.about')}</span>} acts={<Acts live={live} />} />
      <DataTabs />
      <div className="filters">
        <Segmented value={filter.outcome ?? 'all'} onChange={(one) => set({ outcome: one === 'all' ? null : String(one) })} aria-label={t('live.outcome')} options={OUTCOMES.map((one) => ({ value: one, label: t(`outcome_in.${one}`) }))} />
        <Select allowClear showSearch placeholder={t('live.all_sources')} aria-label={t('live.source')} style={{ width: 180 }} value={filter.source} onChange={(source: string | undefined) => set({ source: source ?? null })} options={(sources ?? []).map((one) => ({ value: one.name, label: one.name }))} />
        <Input allowClear prefix={<Icon name="search" size={16} />} placeholder={t('live.search')} aria-label={t('live.search')} value={text} onChange={(event) => setText(event.target.value)} style={{ width: 240 }} />
        {live.paused && live.waiting > 0 && <button type="button" className="chip" aria-pressed="true" onClick={() => live.pause(false)}>{t('live.waiting', { count: live.waiting, shown: count(live.waiting) })}</button>}
        {live.missed > 0 && <span className="small quiet">{t('live.missed', { count: live.missed, shown: count(live.missed) })}</span>}
      </div>
      <div className="card live-card">
        {live.entries.length === 0
          ? <Waiting connection={live.connection} words={t(filtered ? 'live.none_match' : 'live.none')} />
          : <div role="log" aria-live="off" aria-label={t('live.title')} className="live-list">{live.entries.map((row) => <LiveRow key={row.number} row={row} zone={zone} />)}</div>}
      </div>
    </div>
  );
}

function Sentence({ live }: { live: Live }) {
  const { t } = useSay();
  const now = Date.parse(useNow(1_000));
  if (live.connection === 'lost') return <>{t('live.sentence_lost')}</>;
  return <Said words="live.sentence" count={live.entries.filter((row) => now - Date.parse(row.at) < MINUTE_MS).length} />;
}

function Acts({ live }: { live: Live }) {
  const { t } = useSay();
  return (
    <>
      <Button type="text" onClick={live.clear} disabled={live.entries.length === 0}>{t('live.clear')}</Button>
      <Button icon={<Icon name={live.paused ? 'play' : 'pause'} size={16} />} onClick={() => live.pause(!live.paused)}>{t(live.paused ? 'live.go_on' : 'live.pause')}</Button>
    </>
  );
}
