// A scorecard is changed without writing a line: left what counts and how much, right what comes of it for real
// customers, now and in the firm's own past; saved, looked at by a second person, put in use, taken back.

import { App, Button, Input } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { Problem } from '../../api/client';
import { useDesign, useScorecard, useScorecardPreview, useScorecardWork, type MeasureSpread, type ScorecardDesign, type ScorecardPage, type ScorecardVersion } from '../../api/scorecards';
import { useMoment, withMoment } from '../../frame/moment';
import { useNarrow } from '../../frame/narrow';
import { Head } from '../../parts/Head';
import { ProofBadge } from '../../parts/ProofBadge';
import { useRefused } from '../../parts/refused';
import { useRested } from '../../parts/rested';
import { BoneBlock, Empty, Fault } from '../../parts/States';
import { useSay, useSession } from '../../words/say';
import '../../parts/build.css';
import '../indicators/indicators.css';
import '../indicators/build/build.css';
import { Bands } from './Bands';
import { Consequence } from './Consequence';
import { shares, withShares, type Tree } from './design';
import { Groups } from './Groups';
import './scorecards.css';
import { written } from './toml';

export default function EditorPage() {
  const { id = '' } = useParams();
  const { t } = useSay();
  const narrow = useNarrow();
  const { asOf } = useMoment();
  const page = useScorecard(id);
  const design = useDesign(id);
  const error = page.error ?? design.error;
  if (narrow) {
    return <div className="page"><Head title={t('card.title')} /><div className="card"><Empty title={t('build.wider')} acts={<Link className="chip" to={withMoment('/scorecards', asOf)}>{t('card.all')}</Link>}>{t('card.wider_text')}</Empty></div></div>;
  }
  if (error && (!page.data || !design.data)) {
    return (
      <div className="page"><Head title={t('card.title')} />
        {error instanceof Problem && error.status === 404
          ? <div className="card"><Empty title={t('card.missing_card')} acts={<Link className="chip" to={withMoment('/scorecards', asOf)}>{t('card.all')}</Link>} /></div>
          : <Fault error={error} what={t('card.title')} again={() => { void page.refetch(); void design.refetch(); }} />}
      </div>
    );
  }
  if (!page.data || !design.data) return <div className="page"><Head title={t('card.title')} /><div className="build"><BoneBlock height={480} /><BoneBlock height={480} /></div></div>;
  return <Editing key={id} page={page.data} design={design.data} />;
}

/** The version that is being written. */
const draftOf = (page: ScorecardPage): ScorecardVersion | null => page.versions.find((one) => one.state === 'draft' || one.state === 'review') ?? null;

function Editing({ page, design }: { page: ScorecardPage; design: ScorecardDesign }) {
  const { t, say } = useSay();
  const { canAct } = useMoment();
  const isAdmin = useSession()?.staff?.role === 'admin';
  const may = canAct && isAdmin;
  const [tree, setTree] = useState<Tree | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [customer, setCustomer] = useState<string | null>(null);
  const [learned, learn] = useState<MeasureSpread[]>([]);
  const shownTree = tree ?? (design.tree as unknown as Tree);
  const definition = useMemo(() => (tree ? written(tree, design.definition) : design.definition), [tree, design.definition]);
  const unsaved = definition !== design.definition;
  const rested = useRested(definition);
  const preview = useScorecardPreview(page.row.id, rested, customer);
  // What was last worked out stays in sight, dimmed, while the card is wrong.
  const good = useRef(preview.data);
  if (preview.data) good.current = preview.data;
  const spreads = useMemo(() => new Map([...design.measures, ...learned].map((one) => [one.id, one])), [design.measures, learned]);
  const share = useMemo(() => shares(shownTree), [shownTree]);
  const steps = useSteps(page, definition, unsaved, () => setTree(null));
  const draft = draftOf(page);
  const active = page.versions.find((one) => one.state === 'active') ?? null;
  return (
    <div className="page">
      <Head
        title={t('card.title')} sentence={say(page.row.name)}
        sub={<><Who page={page} design={design} /><ProofBadge proof={page.row.proof} /><State draft={draft} unsaved={unsaved} /></>}
        acts={may && <Acts draft={draft} unsaved={unsaved} wrong={preview.error !== null} steps={steps} drop={() => setTree(null)} />}
      />
      {!may && <p className="small quiet" role="note">{t(canAct ? 'card.admin_only' : 'as_of.no_act')}</p>}
      <div className="build">
        <div className="card build-left">
          <Groups tree={shownTree} set={setTree} spreads={spreads} learn={(one) => learn((before) => [...before.filter((each) => each.id !== one.id), one])} share={share} open={open} setOpen={setOpen} fixed={!may} />
          <Bands tree={shownTree} set={setTree} fixed={!may} />
        </div>
        <Consequence
          definition={definition} dirty={unsaved || draft !== null} preview={good.current ?? null} failure={preview.error} busy={preview.isFetching || rested !== definition} customer={customer} setCustomer={setCustomer}
          learn={{ card: page.row.id, share, may, take: (shares) => setTree(withShares(shownTree, shares)) }}
          replay={{ card: page.row.id, draft: draft?.content ?? null, present: active?.content ?? (design.is_draft ? null : design.content), unsaved, canAct }}
          versions={{ versions: page.versions, canAct: may && active !== null, busy: steps.busy, rollBack: (version) => active && steps.rollBack(active.version, version.number) }}
        />
      </div>
    </div>
  );
}

function Who({ page, design }: { page: ScorecardPage; design: ScorecardDesign }) {
  const { t, count } = useSay();
  return <span>{t(design.applies ? 'card.for_some' : 'card.for_all', { condition: design.applies ?? '', count: page.row.customers, shown: count(page.row.customers) })}</span>;
}

function State({ draft, unsaved }: { draft: ScorecardVersion | null; unsaved: boolean }) {
  const { t } = useSay();
  if (unsaved) return <span className="strong">{t('card.unsaved')}</span>;
  return draft ? <span>{t(draft.state === 'review' ? 'card.in_review' : 'card.in_draft', { who: draft.author, number: draft.number })}</span> : <span>{t('card.in_use')}</span>;
}

interface Steps { busy: boolean; save: (note: string | null) => Promise<void>; review: () => void; activate: () => void; rollBack: (version: number, number: number) => void }

/** What is done with a version, each step with its word. */
function useSteps(page: ScorecardPage, definition: string, unsaved: boolean, saved: () => void): Steps {
  const { t } = useSay();
  const { message } = App.useApp();
  const refused = useRefused();
  const work = useScorecardWork(page.row.id);
  const draft = draftOf(page);
  const done = (word: string) => () => void message.success(t(word));
  const step = (draft: ScorecardVersion) => ({ version: draft.version });
  return {
    busy: work.save.isPending || work.review.isPending || work.activate.isPending || work.rollBack.isPending,
    save: async (note) => {
      if (!unsaved) return;
      try {
        await work.save.mutateAsync({ definition, note, version: draft?.version ?? null });
        saved();
        void message.success(t('card.saved'));
      } catch (error) {
        refused(error);
      }
    },
    review: () => draft && work.review.mutate(draft.version, { onSuccess: done('card.handed_in'), onError: refused }),
    activate: () => draft && work.activate.mutate(step(draft), { onSuccess: done('card.activated'), onError: refused }),
    rollBack: (version, number) => work.rollBack.mutate({ version, number }, { onSuccess: done('card.rolled_back'), onError: refused }),
  };
}

function Acts({ draft, unsaved, wrong, steps, drop }: { draft: ScorecardVersion | null; unsaved: boolean; wrong: boolean; steps: Steps; drop: () => void }) {
  const { t } = useSay();
  const { modal } = App.useApp();
  const session = useSession();
  const note = useRef('');
  const save = () => {
    note.current = '';
    void modal.confirm({
      title: t('card.save_title'), okText: t('card.save'), cancelText: t('act.cancel'), icon: null,
      content: <div className="stack"><p className="soft">{t('card.save_text')}</p><Input.TextArea rows={3} maxLength={300} aria-label={t('card.note')} placeholder={t('card.note_hint')} onChange={(event) => { note.current = event.target.value; }} /></div>,
      onOk: () => steps.save(note.current.trim() || null),
    });
  };
  const activate = () =>
    void modal.confirm({
      title: t('card.activate_title', { number: draft?.number ?? 0 }), okText: t('card.activate'), cancelText: t('act.cancel'),
      content: <div className="stack"><p>{t('card.activate_text')}</p><p className="soft">{t('card.reviewed', { author: draft?.author ?? '', reviewer: session?.staff?.name ?? '' })}</p></div>, onOk: steps.activate,
    });
  if (unsaved) {
    return (
      <>
        <Button onClick={drop}>{t('card.drop')}</Button>
        <Button type="primary" disabled={wrong} loading={steps.busy} onClick={save}>{t('card.save')}</Button>
      </>
    );
  }
  if (!draft) return <span className="line small quiet">{t('card.change_hint')}</span>;
  return (
    <>
      {draft.state === 'draft' && <Button loading={steps.busy} onClick={steps.review}>{t('card.hand_in')}</Button>}
      <Button type="primary" loading={steps.busy} onClick={activate}>{t('card.activate')}</Button>
    </>
  );
}
