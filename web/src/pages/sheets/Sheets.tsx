// 回填: a table that was changed in Excel comes back. What would it change, who was faster, and how is it taken back?

import { Button, Popconfirm, Upload } from 'antd';
import { useState } from 'react';
import { useCompared, useSheets, useSheetWork } from '../../api/sheets';
import type { SheetApplied, SheetBack, SheetDifferences } from '../../api/types';
import { useGo } from '../../frame/moment';
import { Export, Head } from '../../parts/Head';
import { Icon } from '../../parts/Icon';
import { useRefused } from '../../parts/refused';
import { Said } from '../../parts/Said';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { Differences, taken, type Chosen } from './Differences';
import './sheets.css';

const ACCEPTS = '.xlsx,.xls,.csv,.txt,.tsv';

export default function SheetsPage() {
  const { t, count, dayTime } = useSay();
  const refused = useRefused();
  const compared = useCompared();
  const { apply, undo } = useSheetWork();
  const [chosen, setChosen] = useState<Chosen>({ overwrite: new Set(), leave: new Set() });
  const told = compared.data;
  const done = apply.data;
  const take = (file: File) => {
    setChosen({ overwrite: new Set(), leave: new Set() });
    apply.reset();
    undo.reset();
    compared.mutate(file, { onError: refused });
    return false;
  };
  const pick = (words: string, primary: boolean) => (
    <Upload accept={ACCEPTS} showUploadList={false} beforeUpload={take}>
      <Button type={primary ? 'primary' : 'default'} icon={<Icon name="upload" size={16} />} loading={compared.isPending}>{words}</Button>
    </Upload>
  );
  const number = told ? taken(told.cells, chosen) : 0;
  const send = () => told && apply.mutate({ id: told.upload_id, overwrite: [...chosen.overwrite], leave: [...chosen.leave] }, { onError: refused });
  const acts = !told ? pick(t('sheets.choose'), true) : (
    <>
      {pick(t(done ? 'sheets.done_more' : 'sheets.other'), false)}
      {!done && number > 0 && <Button type="primary" loading={apply.isPending} onClick={send}>{t('sheets.apply', { count: number, shown: count(number) })}</Button>}
    </>
  );
  return (
    <div className="page">
      <Head title={t('sheets.page')} sentence={told && !done ? <Sentence told={told} /> : t('sheets.page')} sub={told && !done && <Where told={told} dayTime={dayTime} />} acts={acts} />
      {!told && <Begin take={take} busy={compared.isPending} />}
      {told && !done && <Differences told={told} chosen={chosen} choose={setChosen} />}
      {done && <Done done={done} undone={undo.data} busy={undo.isPending} undo={(id) => undo.mutate(id, { onError: refused })} />}
      {(!told || done) && <History />}
    </div>
  );
}

function Sentence({ told }: { told: SheetDifferences }) {
  const { t, count } = useSay();
  if (told.change_count + told.conflict_count + told.rejected_count === 0) return <>{t('sheets.nothing')}</>;
  return (
    <>
      <Said words="sheets.sentence" count={told.change_count} shown={count(told.change_count)} customers={count(told.customer_count)} />
      {told.conflict_count > 0 && <Said words="sheets.conflicts" count={told.conflict_count} shown={count(told.conflict_count)} />}
      {told.rejected_count > 0 && <Said words="sheets.rejected" count={told.rejected_count} shown={count(told.rejected_count)} />}
    </>
  );
}

function Where({ told, dayTime }: { told: SheetDifferences; dayTime: (at: string) => string }) {
  const { t, count } = useSay();
  const before = told.applied_before;
  return (
    <span>
      {told.file_name} · {t('sheets.rows', { count: told.row_count, shown: count(told.row_count) })} · {told.exported_at ? t('sheets.left_at', { when: dayTime(told.exported_at) }) : t('sheets.no_moment')}
      {before && <> · <b>{t('sheets.before', { who: before.by, when: dayTime(before.at) })}</b></>}
    </span>
  );
}

function Begin({ take, busy }: { take: (file: File) => boolean; busy: boolean }) {
  const { t } = useSay();
  return (
    <section className="card sheets-begin" aria-label={t('sheets.page')}>
      <p className="soft">{t('sheets.about')}</p>
      <Upload.Dragger accept={ACCEPTS} showUploadList={false} beforeUpload={take} disabled={busy}>
        <p className="strong">{t('sheets.drop')}</p>
        <p className="small quiet">{t('sheets.drop_text')}</p>
      </Upload.Dragger>
      <dl className="small">
        <dt className="quiet">{t('sheets.columns')}</dt><dd>{t('sheets.columns_are')}</dd>
      </dl>
      <p className="small quiet">{t('sheets.rules')}</p>
    </section>
  );
}

function Done({ done, undone, busy, undo }: { done: SheetApplied; undone?: SheetBack; busy: boolean; undo: (id: number) => void }) {
  const { t, count } = useSay();
  const sheet = done.sheet;
  if (!sheet) return <div className="card"><Empty title={t('sheets.nothing_left')} scene={false} /></div>;
  const restored = undone?.undone_count;
  return (
    <section className="card sheets-done" role="status">
      <h2><Icon name="check" size={20} />{t('sheets.applied', { count: sheet.cell_count, shown: count(sheet.cell_count), customers: count(sheet.customer_count) })}</h2>
      {done.left_count > 0 && <p className="soft">{t('sheets.left', { count: done.left_count })}</p>}
      {restored != null
        ? <p className="soft">{restored < sheet.cell_count ? t('sheets.undone_some', { shown: count(restored), all: count(sheet.cell_count) }) : t('sheets.undone', { count: restored, shown: count(restored) })}</p>
        : <div><TakeBack sheet={sheet} busy={busy} undo={undo} /></div>}
    </section>
  );
}

export function TakeBack({ sheet, busy, undo }: { sheet: SheetBack; busy: boolean; undo: (id: number) => void }) {
  const { t } = useSay();
  return (
    <Popconfirm title={t('sheets.undo_title')} description={<div style={{ maxWidth: 280 }}>{t('sheets.undo_text')}</div>} okText={t('sheets.undo')} cancelText={t('act.cancel')} onConfirm={() => undo(sheet.id)}>
      <Button loading={busy}>{t('sheets.undo')}</Button>
    </Popconfirm>
  );
}

function History() {
  const { t, count, dayTime } = useSay();
  const go = useGo();
  const { data, error, refetch } = useSheets();
  const state = (one: SheetBack) => (one.undone_at ? <span className="quiet">{t('sheets.was_undone', { who: one.undone_by ?? '', when: dayTime(one.undone_at), shown: count(one.undone_count ?? 0) })}</span> : t('sheets.stands'));
  const cells = (one: SheetBack) => t('sheets.cells_are', { count: one.cell_count, shown: count(one.cell_count), customers: count(one.customer_count) });
  const columns: Column<SheetBack>[] = [
    { key: 'file', title: t('sheets.file'), width: 'minmax(200px, 2fr)', cell: (one) => <span className="strong clip" style={{ display: 'block' }}>{one.file_name}</span> },
    { key: 'when', title: t('sheets.when'), width: '150px', cell: (one) => <span className="soft nowrap">{dayTime(one.at)}</span> },
    { key: 'who', title: t('sheets.who'), width: '110px', cell: (one) => <span className="clip">{one.by}</span> },
    { key: 'cells', title: t('sheets.cells'), width: '150px', cell: (one) => <span className="nowrap">{cells(one)}</span> },
    { key: 'state', title: t('sheets.state'), width: 'minmax(140px, 1.2fr)', cell: state },
  ];
  return (
    <section aria-labelledby="sheets-history">
      <div className="line sheets-heading"><h2 id="sheets-history">{t('sheets.history')}</h2>{data && data.length > 0 && <span className="push"><Export what="sheets" of={t('sheets.history')} /></span>}</div>
      {error && !data ? <Fault error={error} what={t('sheets.history')} again={() => void refetch()} />
        : !data ? <BoneRows rows={3} />
          : data.length === 0 ? <div className="card"><Empty title={t('sheets.history_none')} scene={false} /></div>
            : <Sheet label={t('sheets.history')} columns={columns} rows={data} rowKey={(one) => one.id} minWidth={760} grows open={(one) => go(`/sheets/${one.id}`)}
                card={(one) => <div className="sheets-card"><div className="line"><span className="strong clip">{one.file_name}</span><span className="push small quiet nowrap">{dayTime(one.at)}</span></div><div className="line small soft"><span>{cells(one)}</span><span className="push">{one.by}</span></div><div className="small">{state(one)}</div></div>} />}
    </section>
  );
}
