// One source: what to paste where, what is coming in right now, and its few switches.

import { App, Button, Switch, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { Problem } from '../../api/client';
import { useSource, useSourceWork } from '../../api/intake';
import type { Snippet, Source } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { Code, CodeLine } from '../../parts/Code';
import { Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useNow, useSay, useSession } from '../../words/say';
import './data.css';
import { Hook } from './hook/Hook';
import { isFetched, kindOf } from './kinds';
import { Tail } from './live/Tail';
import { Fetching } from './pull/Fetching';
import { lastSeen, PulseMark, pulseOf, useAgo } from './SourceCard';

export default function SourcePage() {
  const { t } = useSay();
  const id = Number(useParams().id);
  const may = useMayChange();
  const { data, error, refetch } = useSource(Number.isFinite(id) ? id : null);
  if (error && !data) {
    const gone = error instanceof Problem && error.status === 404;
    return (
      <div className="page">
        <Head title={t('data.title')} />
        {gone ? <div className="card"><Empty title={t('source.gone')} acts={<Link to="/data"><Button>{t('data.title')}</Button></Link>} /></div> : <Fault error={error} what={t('data.sources')} again={() => void refetch()} />}
      </div>
    );
  }
  if (!data) return <div className="page"><Head title={t('data.title')} /><BoneBlock height={240} /></div>;
  const { source, snippets } = data;
  return (
    <div className="page">
      <div>
        <Link to="/data" className="link small line back"><Icon name="left" size={14} />{t('data.title')}</Link>
        <Head title={source.name} sentence={<span className="line"><Icon name={kindOf(source.kind).icon} size={20} /><span>{source.name}</span></span>} sub={<Standing source={source} />} acts={<Acts source={source} />} />
      </div>
      <div className="source-page">
        <div className="stack">
          {snippets.length > 0 && !HOOKS.includes(source.kind) && <Ways snippets={snippets} words="connect" />}
          {HOOKS.includes(source.kind) && <Hook source={source} may={may} />}
          {snippets.length > 0 && HOOKS.includes(source.kind) && <Ways snippets={snippets} words="try" />}
          {source.key && <Arriving source={source} />}
          {isFetched(source.kind) && <Fetching source={source} may={may} />}
        </div>
        <Rail source={source} />
      </div>
    </div>
  );
}

/** The last few messages, as they come: whoever has just pasted the lines sees that they work. */
function Arriving({ source }: { source: Source }) {
  const { t } = useSay();
  const filter = useMemo(() => ({ source: source.name }), [source.name]);
  return (
    <section className="card source-tail" aria-label={t('live.title')}>
      <div className="section-title"><h2>{t('live.title')}</h2><Link className="link small push" to={`/data/live?source=${encodeURIComponent(source.name)}`}>{t('live.open')}</Link></div>
      <Tail filter={filter} most={8} waiting={t('source.waiting', { name: source.name })} />
    </section>
  );
}

const HOOKS = ['webhook', 'jiandaoyun', 'wecom'];

/** Whether this person may change sources, now. */
function useMayChange(): boolean {
  const { canAct } = useMoment();
  return useSession()?.staff?.role === 'admin' && canAct;
}

function Standing({ source }: { source: Source }) {
  const { t, say, count, dayTime } = useSay();
  const ago = useAgo();
  const now = useNow();
  const last = lastSeen(source);
  return (
    <>
      <PulseMark pulse={pulseOf(source, now)} />
      <span>{say(source.kind_name)}</span>
      {last ? <span title={dayTime(last)}>{t('source.last_seen')} {ago(last, now)}</span> : <span>{t('source.never')}</span>}
      {source.facts > 0 && <span>{t('data.facts', { count: source.facts, shown: count(source.facts) })}</span>}
      {source.in_quarantine > 0 && <Link className="link" to={`/data/held?source=${encodeURIComponent(source.name)}`}>{t('source.held_count', { count: source.in_quarantine, shown: count(source.in_quarantine) })}</Link>}
    </>
  );
}

function Acts({ source }: { source: Source }) {
  const { t } = useSay();
  const may = useMayChange();
  const { change } = useSourceWork();
  const refused = useRefused();
  return (
    <span className="line small soft">
      <span>{t(source.is_enabled ? 'source.on' : 'source.off')}</span>
      <Switch checked={source.is_enabled} disabled={!may} loading={change.isPending} aria-label={t('source.enabled')} onChange={(is_enabled) => change.mutate({ id: source.id, version: source.version, is_enabled }, { onError: refused })} />
    </span>
  );
}

/** What people call the place where a snippet goes. */
const SHORT: Record<string, string> = {
  '@segment/analytics-next': 'browser', 'sa-sdk-javascript': 'browser', '@segment/analytics-node': 'Node.js', 'segment-analytics-python': 'Python', SensorsAnalyticsSDK: 'Python',
  'com.segment.analytics.java': 'Java', 'SensorsAnalyticsSDK (Java)': 'Java', 'analytics-go': 'Go', curl: 'shell',
};

/** Snippets with the firm's own key and address, one tab per client. */
function Ways({ snippets, words }: { snippets: Snippet[]; words: 'connect' | 'try' }) {
  const { t } = useSay();
  const [chosen, choose] = useState<string | null>(null);
  const shown = snippets.find((one) => one.sdk === chosen) ?? snippets[0]!;
  const name = (one: Snippet) => t(`source.sdk.${SHORT[one.sdk]}`, { defaultValue: SHORT[one.sdk] ?? one.sdk, nsSeparator: false, keySeparator: '.' });
  return (
    <section className="card wizard-body ways" aria-label={t(`source.${words}`)}>
      <div className="section-title"><h2>{t(`source.${words}`)}</h2><span className="small quiet">{t(`source.${words}_about`)}</span></div>
      <Tabs size="small" activeKey={shown.sdk} onChange={choose} items={snippets.map((one) => ({ key: one.sdk, label: name(one), children: one === shown ? <Code text={one.code} label={one.sdk} /> : null }))} />
    </section>
  );
}

function Rail({ source }: { source: Source }) {
  const { t, dayTime } = useSay();
  const may = useMayChange();
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const refused = useRefused();
  const { change, rotate, remove } = useSourceWork();
  const [seen, see] = useState(false);
  const ask = (title: string, content: string, okText: string, run: () => Promise<unknown>) =>
    modal.confirm({ title, content, okText, cancelText: t('act.cancel'), icon: null, okButtonProps: { danger: true }, onOk: () => run().catch(refused) });
  const turn = () => ask(t('source.rotate_title'), t('source.rotate_text'), t('source.rotate'), async () => { await rotate.mutateAsync(source.id); void message.success(t('source.rotated')); });
  const takeAway = () => ask(t('source.remove_title', { name: source.name }), t('source.remove_text'), t('act.remove'), async () => { await remove.mutateAsync(source.id); void navigate('/data', { replace: true }); });
  return (
    <aside className="stack source-rail">
      {source.key && (
        <section className="card rail-card" aria-label={t('source.key')}>
          <h2>{t('source.key')}</h2>
          {may ? <CodeLine text={source.key} shown={seen ? source.key : `${'•'.repeat(12)}${source.key.slice(-4)}`} label={t('source.key')} /> : <code>{source.key}</code>}
          {may && <div className="line small"><Button size="small" type="text" onClick={() => see(!seen)}>{t(seen ? 'source.hide' : 'source.show')}</Button><Button size="small" type="text" onClick={() => void turn()}>{t('source.rotate')}</Button></div>}
          <p className="small quiet">{t('source.key_about')}</p>
        </section>
      )}
      {source.key && (
        <section className="card rail-card">
          <div className="line"><h2>{t('source.strict')}</h2><span className="push" /><Switch size="small" checked={source.is_strict} disabled={!may} loading={change.isPending} aria-label={t('source.strict')} onChange={(is_strict) => change.mutate({ id: source.id, version: source.version, is_strict }, { onError: refused })} /></div>
          <p className="small quiet">{t('source.strict_about')}</p>
        </section>
      )}
      <section className="card rail-card small">
        <dl className="facts-list">
          <dt>{t('source.created')}</dt><dd className="number">{dayTime(source.created_at)}</dd>
          <dt>{t('source.changed')}</dt><dd className="number">{dayTime(source.updated_at)}</dd>
        </dl>
        {may && <div><Button size="small" type="text" danger icon={<Icon name="trash" size={14} />} onClick={() => void takeAway()}>{t('source.remove')}</Button></div>}
      </section>
    </aside>
  );
}
