// The library of advice: each entry as it is written; one's own in the place of the shipped one, and back.

import { App, Button, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useAdviceEntries, useAdviceWork } from '../../api/followUps';
import { Problem } from '../../api/client';
import type { AdviceEntry } from '../../api/types';
import { usePageState } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { AdviceCame } from '../../parts/AdviceSheet';
import { useRefused } from '../../parts/refused';
import { Export } from '../../parts/Head';
import { Sheet, type Column } from '../../parts/Sheet';
import { BoneRows, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';

export function AdviceLibrary() {
  const { t, say } = useSay();
  const [query, set] = usePageState();
  const { data, error, refetch } = useAdviceEntries();
  if (error && !data) return <Fault error={error} what={t('settings.parts.advice')} again={() => void refetch()} />;
  if (!data) return <BoneRows rows={6} />;
  const seen = data.find((one) => one.id === query.get('see')) ?? null;
  // A cause and a category may go by the same word.
  const category = (id: string) => t(`category.${id}`, { defaultValue: id });
  const answers = (one: AdviceEntry) => [...new Set([...one.causes.map((id) => t(`rules.causes.${id}`, { defaultValue: category(id) })), ...one.categories.map(category)])].join(t('punctuation.list'));
  const columns: Column<AdviceEntry>[] = [
    { key: 'name', title: t('advice.reason'), width: 'minmax(160px, 1fr)', cell: (one) => <span className="strong">{say(one.name)}</span> },
    { key: 'answers', title: t('advice.answers'), width: 'minmax(200px, 2fr)', cell: (one) => <span className="soft clip" style={{ display: 'block' }} title={answers(one)}>{answers(one)}</span> },
    { key: 'taken', title: t('advice.taken'), width: '72px', right: true, cell: (one) => <Sum of={one} what="taken" /> },
    { key: 'kept', title: t('advice.kept'), width: '64px', right: true, cell: (one) => <Sum of={one} what="kept" /> },
    { key: 'lost', title: t('advice.lost'), width: '64px', right: true, cell: (one) => <Sum of={one} what="lost" /> },
    { key: 'own', title: '', width: '72px', right: true, cell: (one) => (one.is_own ? <span className="small link">{t('advice.own')}</span> : null) },
  ];
  return (
    <div className="stack">
      <div className="line"><p className="soft">{t('advice.library_about')}</p><span className="push"><Export what="advice" /></span></div>
      <Sheet label={t('settings.parts.advice')} columns={columns} rows={data} rowKey={(one) => one.id} rowHeight={52} keys={false} open={(one) => set({ see: one.id })}
        card={(one) => <div><div className="line"><span className="strong">{say(one.name)}</span>{one.is_own && <span className="small link push">{t('advice.own')}</span>}</div><div className="soft small clip">{answers(one)}</div></div>} />
      {seen && <Entry key={`${seen.id}${String(seen.is_own)}`} one={seen} close={() => set({ see: null })} />}
    </div>
  );
}

/** Over all versions; nothing where nobody followed it. */
function Sum({ of, what }: { of: AdviceEntry; what: 'taken' | 'kept' | 'lost' }) {
  const { count } = useSay();
  return of.results.length === 0 ? <span className="dash">—</span> : <span className="number">{count(of.results.reduce((sum, one) => sum + one[what], 0))}</span>;
}

function Entry({ one, close }: { one: AdviceEntry; close: () => void }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const narrow = useNarrow();
  const may = useSession()?.permissions.some((each) => each === 'edit_definitions') ?? false;
  const [text, setText] = useState(one.text);
  const { put, remove } = useAdviceWork();
  const problem = put.error instanceof Problem ? put.error : null;
  const save = () => put.mutate({ id: one.id, text }, { onSuccess: () => void message.success(t('settings.saved')), onError: (error) => { if (!(error instanceof Problem) || error.status !== 400) refused(error); } });
  const back = () => remove.mutate(one.id, { onSuccess: () => void message.success(t('advice.is_back')), onError: refused });
  return (
    <Drawer open onClose={close} size={narrow ? '100%' : 720} title={say(one.name)}
      footer={may && <div className="line"><Button type="primary" disabled={text === one.text} loading={put.isPending} onClick={save}>{t('act.save')}</Button>{one.is_own && one.is_shipped && <Button loading={remove.isPending} onClick={back}>{t('advice.back')}</Button>}</div>}>
      <div className="stack">
        {problem?.status === 400 && <div className="fault card" role="alert">{problem.detail.split('\n').map((line) => <p key={line}>{line}</p>)}</div>}
        {one.results.map((result) => <div key={result.version}><h3>{result.version === 0 ? t('advice.result_shipped') : t('advice.result_version', { version: result.version })}</h3><AdviceCame result={result} /></div>)}
        <Input.TextArea value={text} readOnly={!may} autoSize={{ minRows: 16, maxRows: 40 }} spellCheck={false} aria-label={t('settings.source')} style={{ fontFamily: 'var(--mono)', fontSize: 12 }} onChange={(event) => setText(event.target.value)} />
      </div>
    </Drawer>
  );
}
