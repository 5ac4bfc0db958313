// What came in and could not become a fact: nothing is lost, so it waits here to be mended and sent again.

import { App, Button, Checkbox, Drawer, Input, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useHeld, useHeldWork, useSources } from '../../../api/intake';
import type { QuarantineRow, Words } from '../../../api/types';
import { useMoment, usePageState } from '../../../frame/moment';
import { useNarrow } from '../../../frame/narrow';
import { Export, Head } from '../../../parts/Head';
import { Said } from '../../../parts/Said';
import { Json } from '../../../parts/Json';
import { useRefused } from '../../../parts/refused';
import { Sheet, type Column } from '../../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../../parts/States';
import { useNow, useSay } from '../../../words/say';
import '../data.css';
import { useAgo } from '../SourceCard';
import { DataTabs } from '../Tabs';
import './live.css';

export default function HeldPage() {
  const { t, count } = useSay();
  const { canAct } = useMoment();
  const [query, set] = usePageState();
  const filter = useMemo(() => ({ source: query.get('source') }), [query]);
  const { data, error, refetch, fetchNextPage, isFetchingNextPage } = useHeld(filter);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const { data: sources } = useSources();
  const holding = (sources ?? []).filter((one) => one.in_quarantine > 0);
  // Sources that are no longer there may hold rows too: at least as many as are seen.
  const total = Math.max(rows.length, holding.filter((one) => !filter.source || one.name === filter.source).reduce((all, one) => all + one.in_quarantine, 0));
  const [opened, open] = useState<QuarantineRow | null>(null);
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
  const columns = useColumns(rows, canAct, chosen, choose);
  return (
    <div className="page">
      <Head title={t('data.tabs.held')} sentence={data && (total === 0 ? t('held.none_title') : <Said words="held.sentence" count={total} shown={count(total)} />)} sub={<span>{t('held.about')}</span>} acts={rows.length > 0 && <Export what="held" query={filter} />} />
      <DataTabs />
      {(holding.length > 1 || filter.source) && (
        <div className="filters">
          <Select allowClear placeholder={t('live.all_sources')} aria-label={t('live.source')} style={{ width: 200 }} value={query.get('source')} onChange={(source: string | undefined) => set({ source: source ?? null })} options={holding.map((one) => ({ value: one.name, label: `${one.name} · ${count(one.in_quarantine)}` }))} />
        </div>
      )}
      {error && !data && <Fault error={error} what={t('data.tabs.held')} again={() => void refetch()} />}
      {!data && !error && <BoneRows rows={6} />}
      {data && rows.length === 0 && <div className="card"><Empty title={t('held.none')}>{t('held.none_text')}</Empty></div>}
      {rows.length > 0 && (
        <Sheet label={t('data.tabs.held')} columns={columns} rows={rows} rowKey={(row) => row.number} rowHeight={52} minWidth={820} open={open} active={opened?.number ?? null}
          total={total} hasMore={data?.pages.at(-1)?.next != null} more={() => { if (!isFetchingNextPage) void fetchNextPage(); }}
          card={(row) => <Card row={row} />} />
      )}
      {chosen.size > 0 && <Bulk numbers={[...chosen]} clear={() => choose(new Set())} />}
      <Mending row={opened} close={() => open(null)} />
    </div>
  );
}

/** The place and the words of a fault. */
function Why({ row }: { row: QuarantineRow }) {
  const { say } = useSay();
  return <div style={{ minWidth: 0 }}><div className="clip" title={say(row.fault)}>{say(row.fault)}</div>{row.fault_path && <code className="small quiet">{row.fault_path}</code>}</div>;
}

function useColumns(rows: QuarantineRow[], canAct: boolean, chosen: ReadonlySet<number>, choose: (next: ReadonlySet<number>) => void): Column<QuarantineRow>[] {
  const { t, dayTime } = useSay();
  const ago = useAgo();
  const now = useNow();
  const toggle = (number: number) => {
    const next = new Set(chosen);
    if (!next.delete(number)) next.add(number);
    choose(next);
  };
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.number));
  const pick: Column<QuarantineRow> = {
    key: 'pick', width: '20px',
    title: <Checkbox aria-label={t('held.select_all')} checked={all} indeterminate={chosen.size > 0 && !all} onChange={(event) => choose(new Set(event.target.checked ? rows.map((row) => row.number) : []))} />,
    cell: (row) => <Checkbox aria-label={t('held.select', { id: row.message_id })} checked={chosen.has(row.number)} onChange={() => toggle(row.number)} />,
  };
  return [
    ...(canAct ? [pick] : []),
    { key: 'why', title: t('held.why'), width: 'minmax(220px, 2fr)', cell: (row) => <Why row={row} /> },
    { key: 'what', title: t('held.what'), width: 'minmax(140px, 1fr)', cell: (row) => <span className="clip soft" style={{ display: 'block' }}>{gist(row.body)}</span> },
    { key: 'source', title: t('live.source'), width: '140px', cell: (row) => <span className="soft clip">{row.source}</span> },
    { key: 'when', title: t('held.when'), width: '120px', right: true, cell: (row) => <span className="soft nowrap" title={dayTime(row.at)}>{ago(row.at, now)}</span> },
  ];
}

/** The few words by which a person knows it again. */
export function gist(body: string): string {
  try {
    const told = JSON.parse(body) as Record<string, unknown>;
    const words = [told.type, told.event, told.userId ?? told.distinct_id ?? told.anonymousId].filter((one) => typeof one === 'string' && one !== '');
    return words.length > 0 ? words.join(' · ') : body.slice(0, 80);
  } catch {
    return body.slice(0, 80);
  }
}

function Card({ row }: { row: QuarantineRow }) {
  return <div style={{ display: 'grid', gap: 4 }}><Why row={row} /><div className="line small quiet"><span className="clip">{gist(row.body)}</span><span className="push">{row.source}</span></div></div>;
}

function Mending({ row, close }: { row: QuarantineRow | null; close: () => void }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const { message, modal } = App.useApp();
  const narrow = useNarrow();
  const refused = useRefused();
  const { replay, discard } = useHeldWork();
  const [text, setText] = useState('');
  const [editing, edit] = useState(false);
  const [still, setStill] = useState<{ fault: Words | null; path: string | null } | null>(null);
  useEffect(() => {
    setText(row ? pretty(row.body) : '');
    edit(false);
    setStill(null);
  }, [row]);
  const fault = useMemo(() => (editing ? jsonFault(text) : null), [editing, text]);
  const send = () => row && replay.mutate({ number: row.number, body: editing ? text : null }, {
    onSuccess: (told) => {
      if (told.outcome === 'held') setStill({ fault: told.fault, path: told.fault_path });
      else {
        void message.success(t(told.outcome === 'accepted' ? 'held.replayed' : 'held.replayed_known'));
        close();
      }
    },
    onError: refused,
  });
  const drop = () => row && void modal.confirm({
    title: t('held.discard_title', { count: 1 }), content: t('held.discard_text'), okText: t('held.discard'), cancelText: t('act.cancel'), icon: null, okButtonProps: { danger: true },
    onOk: () => discard.mutateAsync([row.number]).then(close, refused),
  });
  return (
    <Drawer open={row !== null} onClose={close} size={narrow ? '100%' : 640} title={t('held.mend')}
      footer={canAct && row && (
        <div className="line">
          <Button danger type="text" onClick={drop}>{t('held.discard')}</Button>
          <span className="push" />
          {editing ? <Button onClick={() => { edit(false); setText(pretty(row.body)); }}>{t('held.as_it_came')}</Button> : <Button onClick={() => edit(true)}>{t('held.edit')}</Button>}
          <Button type="primary" disabled={fault !== null} loading={replay.isPending} onClick={send}>{t('held.replay')}</Button>
        </div>
      )}>
      {row && (
        <div className="stack held-edit">
          <div className="held-fault" role="note">{still && <span className="small">{t('held.still')}</span>}<span className="strong">{say(still?.fault ?? row.fault)}</span>{(still?.path ?? row.fault_path) && <code>{still?.path ?? row.fault_path}</code>}</div>
          <dl className="facts-list"><dt>{t('live.source')}</dt><dd>{row.source}</dd><dt>{t('live.message_id')}</dt><dd><code>{row.message_id}</code></dd></dl>
          {editing ? (
            <>
              <Input.TextArea value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 12, maxRows: 28 }} aria-label={t('live.body')} spellCheck={false} status={fault ? 'error' : undefined} />
              {fault && <p className="small" role="alert" style={{ color: 'var(--high-text)' }}>{t('held.not_json')} {fault}</p>}
            </>
          ) : <Json text={row.body} mark={row.fault_path} label={t('live.body')} />}
        </div>
      )}
    </Drawer>
  );
}

const pretty = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

const jsonFault = (text: string): string | null => {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

function Bulk({ numbers, clear }: { numbers: number[]; clear: () => void }) {
  const { t, count } = useSay();
  const { message, modal } = App.useApp();
  const refused = useRefused();
  const { replayMany, discard } = useHeldWork();
  const send = () => replayMany.mutate(numbers, {
    onSuccess: (told) => {
      void message.info(t('held.replayed_many', { sent: count(told.replayed), left: count(told.held) }));
      clear();
    },
    onError: refused,
  });
  const drop = () => void modal.confirm({
    title: t('held.discard_title', { count: numbers.length }), content: t('held.discard_text'), okText: t('held.discard'), cancelText: t('act.cancel'), icon: null, okButtonProps: { danger: true },
    onOk: () => discard.mutateAsync(numbers).then(clear, refused),
  });
  return (
    <div className="bulk" role="region" aria-label={t('held.selected', { count: numbers.length })}>
      <span>{t('held.selected', { count: numbers.length })}</span>
      <Button type="primary" loading={replayMany.isPending} onClick={send}>{t('held.replay')}</Button>
      <Button danger type="text" onClick={drop}>{t('held.discard')}</Button>
      <Button type="text" onClick={clear}>{t('alerts.clear')}</Button>
    </div>
  );
}
