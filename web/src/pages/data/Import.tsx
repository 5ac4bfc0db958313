// A file becomes facts in four steps: choose, match columns, check, import. Nothing is written before the last.

import { App, Button, Steps } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, Problem } from '../../api/client';
import type { ImportJob, ImportPreview } from '../../api/types';
import { useMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Head } from '../../parts/Head';
import { BoneRows, Empty, Fault } from '../../parts/States';
import { useSay } from '../../words/say';
import { CheckStep } from './CheckStep';
import './data.css';
import { keepDraft, readDraft, type Draft } from './draft';
import { DoneStep } from './DoneStep';
import { FileStep } from './FileStep';
import { MapStep } from './MapStep';

const STEPS = ['file', 'map', 'check', 'done'] as const;

export default function ImportPage() {
  const { t } = useSay();
  const narrow = useNarrow();
  const { canAct } = useMoment();
  const [draft, setDraft] = useState<Draft | null>(readDraft);
  const change = useCallback((next: Draft | null) => {
    keepDraft(next?.step === 'done' && next.jobId === null ? null : next);
    setDraft(next);
  }, []);
  const step = draft?.step ?? 'file';
  if (!canAct) return <div className="page"><Head title={t('import.title')} /><div className="card"><Empty title={t('case.readonly')} /></div></div>;
  return (
    <div className="page">
      <div className="wizard">
        <Head title={t('import.title')} />
        {narrow && <p className="wizard-note">{t('import.wider')}</p>}
        <Steps size="small" responsive={false} titlePlacement={narrow ? 'vertical' : 'horizontal'} current={STEPS.indexOf(step)} items={STEPS.map((one) => ({ title: t(`import.steps.${one}`) }))} />
        {draft === null
          ? <FileStep ready={(preview) => change({ uploadId: preview.upload_id, step: 'map', request: { kind: preview.saved_mapping ? null : preview.kind || null, mapping: {}, sheet: preview.sheet, source: null, observed_on: null, equal_rows: null, saved_mapping: preview.saved_mapping, save_as: null }, jobId: null })} />
          : draft.step === 'done' && draft.jobId !== null
            ? <DoneStep jobId={draft.jobId} another={() => change(null)} />
            : <Reading draft={draft} change={change} />}
      </div>
    </div>
  );
}

/** Mapping and checking look at the same dry run, made again with every change. */
function Reading({ draft, change }: { draft: Draft; change: (next: Draft | null) => void }) {
  const { t } = useSay();
  const { message } = App.useApp();
  const client = useQueryClient();
  // The name under which the mapping will be kept changes nothing about what is read.
  const { save_as: _, ...asked } = draft.request;
  const preview = useQuery({
    queryKey: ['preview', draft.uploadId, asked],
    queryFn: () => api.post<ImportPreview>(`/api/imports/uploads/${encodeURIComponent(draft.uploadId)}/preview`, asked),
    placeholderData: (before) => before,
    retry: false,
    staleTime: Infinity,
  });
  const commit = useMutation({
    mutationFn: () => api.post<ImportJob>(`/api/imports/uploads/${encodeURIComponent(draft.uploadId)}/commit`, draft.request),
    onSuccess: (job) => {
      void client.invalidateQueries({ queryKey: ['data'] });
      change({ ...draft, step: 'done', jobId: job.id });
    },
    onError: (error) => void message.error((error instanceof Problem && error.detail) || t('import.failed'), 6),
  });
  useEffect(() => {
    // An upload that the server no longer has cannot be continued.
    if (preview.error instanceof Problem && preview.error.status === 404) change(null);
  }, [preview.error, change]);
  if (preview.error && !preview.data) {
    return <div className="stack"><Fault error={preview.error} what={t('import.checked')} again={() => void preview.refetch()} /><div><Button onClick={() => change(null)}>{t('import.restart')}</Button></div></div>;
  }
  if (!preview.data) return <BoneRows rows={6} />;
  const told = preview.data;
  return (
    <>
      {draft.step === 'map'
        ? <MapStep preview={told} request={draft.request} busy={preview.isFetching} change={(request) => change({ ...draft, request })} />
        : <CheckStep preview={told} busy={preview.isFetching} saveAs={draft.request.save_as ?? null} changeName={(save_as) => change({ ...draft, request: { ...draft.request, save_as } })} />}
      <div className="wizard-foot">
        {draft.step === 'map'
          ? <Button type="text" onClick={() => change(null)}>{t('import.other_file')}</Button>
          : <Button onClick={() => change({ ...draft, step: 'map' })}>{t('act.back')}</Button>}
        {draft.step === 'map'
          ? <Button type="primary" disabled={told.blocking.length > 0} loading={preview.isFetching} onClick={() => change({ ...draft, step: 'check' })}>{t('act.next')}</Button>
          : <Button type="primary" disabled={told.blocking.length > 0 || told.accepted + told.duplicates === 0} loading={commit.isPending} onClick={() => commit.mutate()}>{t('import.start')}</Button>}
      </div>
      <p className="small quiet right"><Link to="/data/files" className="link">{t('data.imports')}</Link></p>
    </>
  );
}
