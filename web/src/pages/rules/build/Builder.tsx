// A rule is made without writing a line: left when it speaks, right whom it would catch, now and over the last half year.
// It is kept as a draft or put in use; what was in use before stays, and one step leads back to it.

import { App, Button, Input, Modal } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import { Problem } from '../../../api/client';
import { useRule, useRulePreview, useRules, useRuleVocabulary, useRuleWork, type RuleAsked, type RuleValue } from '../../../api/rules';
import type { RulePage } from '../../../api/types';
import { useGo, useMoment, usePageState, withMoment } from '../../../frame/moment';
import { useNarrow } from '../../../frame/narrow';
import { Section } from '../../../parts/Field';
import { Head } from '../../../parts/Head';
import { Icon } from '../../../parts/Icon';
import { useRefused } from '../../../parts/refused';
import { useRested } from '../../../parts/rested';
import { BoneBlock, Empty, Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';
import { Caught } from '../Effect';
import { useMayChange } from '../may';
import '../rules.css';
import { AroundProvider, useNaming } from './around';
import { complaints, type Placed } from './complaints';
import { Consequence } from './Consequence';
import { blank, copyOf, draftOf, forget, keep, kept, lacks, open, ruleOf, tomlOf, type Draft, type Untitled } from './draft';
import { Clearing, Naming, Saying, Timing } from './Manner';
import { Tree } from './Tree';

/** Words for what nobody has named yet, in both languages whatever is spoken: a definition holds both. */
const UNTITLED: Untitled = { name: { zh: '新规则', en: 'New rule' }, step: { zh: '联系一次，了解情况', en: 'Get in touch and ask' } };
const NEW = 'new';

export default function RuleBuilderPage() {
  const { t } = useSay();
  const narrow = useNarrow();
  const { id } = useParams();
  const { asOf } = useMoment();
  const [query] = usePageState();
  const from = query.get('from');
  const source = useRule(narrow ? null : (id ?? from));
  const rules = useRules();
  if (narrow) {
    return <div className="page"><Head title={t('rules.new')} /><div className="card"><Empty title={t('build.wider')} acts={<Link className="chip" to={withMoment(id ? `/rules/${encodeURIComponent(id)}` : '/rules', asOf)}>{t('rules.all')}</Link>}>{t('rules.wider_text')}</Empty></div></div>;
  }
  if (source.error && (id || from)) return <div className="page"><Head title={t('rules.new')} />{source.error instanceof Problem && source.error.status === 404 ? <div className="card"><Empty title={t('rules.missing')} acts={<Link className="chip" to={withMoment('/rules', asOf)}>{t('rules.all')}</Link>}>{t('rules.missing_text', { id: id ?? from })}</Empty></div> : <Fault error={source.error} what={t('rules.one')} again={() => void source.refetch()} />}</div>;
  if (((id || from) && !source.data) || !rules.data) return <div className="page"><Head title={t('rules.new')} /><div className="build rule-build"><BoneBlock height={480} /><BoneBlock height={480} /></div></div>;
  return <Building key={id ?? from ?? NEW} page={id ? source.data! : null} copied={!id && from ? source.data! : null} taken={rules.data.map((one) => one.id)} />;
}

const valueOf = (page: RulePage): RuleValue => (page.draft_rule ?? page.rule) as unknown as RuleValue;

interface BuildingProps {
  /** The rule that is changed; nothing for a new one. */
  page: RulePage | null;
  /** The rule that a new one begins with. */
  copied: RulePage | null;
  taken: string[];
}

function Building({ page, copied, taken }: BuildingProps) {
  const { t } = useSay();
  const place = page?.row.id ?? (copied ? `${NEW}.${copied.row.id}` : NEW);
  const begin = (): Draft => (page ? draftOf(valueOf(page)) : copied ? copyOf(valueOf(copied), (name, lang) => (lang === 'zh' ? `${name}（副本）` : `${name} (copy)`)) : blank());
  const [draft, setDraft] = useState<Draft>(() => kept(place) ?? begin());
  /** The definition itself, while somebody writes it by hand. */
  const [text, setText] = useState<string | null>(null);
  const { data: vocabulary } = useRuleVocabulary();
  const naming = useNaming(vocabulary ?? null);
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const written = useMemo(() => ruleOf(draft, { taken, naming, untitled: UNTITLED }), [draft, taken, naming]);
  const id = page?.row.id ?? String(written.rule.id);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(begin());
  useEffect(() => {
    if (isChanged) keep(place, draft);
    else forget(place);
  }, [draft, place, isChanged]);

  const asked: RuleAsked = text === null ? { rule: written.rule } : { definition: text };
  const lacking = text === null && lacks(draft) !== null;
  const now = lacking ? null : JSON.stringify(asked);
  const rested = useRested(now);
  const preview = useRulePreview(useMemo(() => (rested === null ? null : (JSON.parse(rested) as RuleAsked)), [rested]));
  const before = useRulePreview(useMemo(() => (page?.row.is_active ? { rule: page.rule as unknown as RuleValue } : null), [page]));
  const wrong = useWrong(preview.error, rested === now ? written.places : null);
  // What was last worked out stays in sight, dimmed, while the draft is wrong.
  const good = useRef(preview.data);
  if (preview.data && !preview.error) good.current = preview.data;
  const afresh = () => {
    forget(place);
    setText(null);
    setDraft(begin());
  };
  const around = {
    vocabulary: vocabulary ?? null, parameters: draft.parameters, wrong: text === null ? wrong : [],
    setParameter: (name: string, value: number) => set({ parameters: { ...draft.parameters, [name]: { ...draft.parameters[name]!, value } } }),
  };
  return (
    <AroundProvider value={around}>
      <div className="page">
        <Title page={page} isChanged={isChanged} acts={<Acts page={page} id={id} asked={asked} place={place} ready={!lacking && wrong.length === 0 && open(draft) === 0} told={good.current ?? null} afresh={isChanged ? afresh : null} done={() => forget(place)} />} />
        <div className="build rule-build">
          {text === null ? (
            <div className="card build-left">
              <Section part="when" title={t('rules.when')} about={t('rules.when_about')} wrong={wrong.filter((one) => one.trail === null)}><Tree of="when" root={draft.when} set={(when) => set({ when })} /></Section>
              <Clearing draft={draft} set={set} />
              <Timing draft={draft} set={set} />
              <Saying draft={draft} set={set} />
              <Naming draft={draft} set={set} fixed={page !== null} taken={taken} />
            </div>
          ) : <ByHand text={text} set={setText} back={() => setText(null)} wrong={wrong} />}
          <Consequence
            draft={draft} text={text ?? tomlOf(written.rule)} id={id} lacking={lacking} told={good.current ?? null} before={page ? (before.data ?? null) : null} failure={preview.error} wrong={wrong}
            busy={!lacking && (preview.isFetching || rested !== now)} edit={text === null ? () => setText(tomlOf(written.rule)) : null}
          />
        </div>
      </div>
    </AroundProvider>
  );
}

/** What the reader of rules finds wrong with what was sent. */
function useWrong(error: unknown, places: ReturnType<typeof ruleOf>['places'] | null): Placed[] {
  return useMemo(() => (error instanceof Problem && error.code === 'bad_definition' ? complaints(error.detail, places ?? new Map()) : []), [error, places]);
}

function Title({ page, isChanged, acts }: { page: RulePage | null; isChanged: boolean; acts: React.ReactNode }) {
  const { t, say } = useSay();
  const { asOf } = useMoment();
  return (
    <div>
      <Link to={withMoment(page ? `/rules/${encodeURIComponent(page.row.id)}` : '/rules', asOf)} className="back small quiet link"><Icon name="left" size={16} />{page ? say(page.row.name) : t('rules.all')}</Link>
      <Head title={page ? t('rules.change_title', { name: say(page.row.name) }) : t('rules.new')} sub={<span>{t(!page ? 'rules.new_about' : page.row.draft ? 'rules.draft_about' : isChanged ? 'rules.changed_about' : 'rules.change_about')}</span>} acts={acts} />
    </div>
  );
}

interface ActsProps { page: RulePage | null; id: string; asked: RuleAsked; place: string; ready: boolean; told: Parameters<typeof Caught>[0]['told'] | null; afresh: (() => void) | null; done: () => void }

/** Keeping the draft, and putting it in use. */
function Acts({ page, id, asked, ready, told, afresh, done }: ActsProps) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const may = useMayChange();
  const refused = useRefused();
  const go = useGo();
  const { draft, review, activate } = useRuleWork();
  const [note, setNote] = useState<string | null>(null);
  const version = page?.versions.find((one) => one.state === 'draft' || one.state === 'review')?.version ?? null;
  const address = `/rules/${encodeURIComponent(id)}`;
  const failed = (error: unknown) => refused(error);
  const save = async () => {
    try {
      const saved = await draft.mutateAsync({ id, asked, note: null, version });
      done();
      void message.success(t('rules.saved', { name: say(saved.row.name) }));
      go(address);
    } catch (error) {
      failed(error);
    }
  };
  /** The draft as it will speak once it is in use; its row. */
  const drafted = async () => {
    const speaking = 'rule' in asked ? { rule: { ...asked.rule, state: 'active' } } : asked;
    const saved = await draft.mutateAsync({ id, asked: speaking, note: note?.trim() || null, version });
    const row = saved.versions.find((one) => one.state === 'draft');
    if (!row) throw new Error('no draft');
    return row;
  };
  const handIn = async () => {
    try {
      const page = await review.mutateAsync({ id, version: (await drafted()).version });
      done();
      void message.success(t('rules.handed_in', { name: say(page.row.name) }), 5);
      go(address);
    } catch (error) {
      failed(error);
    }
  };
  const start = async () => {
    try {
      const { number, version } = await drafted();
      const page = await activate.mutateAsync({ id, number, version });
      setNote(null);
      done();
      void message.success(t('rules.activated', { name: say(page.row.name) }), 5);
      go(address);
    } catch (error) {
      failed(error);
    }
  };
  if (!may) return <span className="small quiet">{t('rules.admin_only')}</span>;
  const busy = draft.isPending || review.isPending || activate.isPending;
  return (
    <>
      {afresh && <Button onClick={afresh}>{t(page ? 'rules.discard' : 'build.afresh')}</Button>}
      <Button disabled={!ready} loading={busy && note === null} onClick={() => void save()}>{t('rules.save_draft')}</Button>
      <Button disabled={!ready || busy} onClick={() => void handIn()}>{t('rules.hand_in')}</Button>
      <Button type="primary" disabled={!ready} onClick={() => setNote('')}>{t('rules.activate')}</Button>
      <Modal
        open={note !== null} title={t('rules.activate_title', { name: page ? say(page.row.name) : '' })} okText={t('rules.activate')} cancelText={t('act.cancel')} okButtonProps={{ loading: busy }} onOk={() => void start()} onCancel={() => setNote(null)} destroyOnHidden width={480}
      >
        <div className="stack" style={{ padding: '8px 0' }}>
          {told && <p><Caught told={told} /></p>}
          <p className="soft">{t('rules.activate_text')}</p>
          <Input.TextArea value={note ?? ''} rows={2} maxLength={300} aria-label={t('rules.note')} placeholder={t('rules.note_hint')} onChange={(event) => setNote(event.target.value)} />
        </div>
      </Modal>
    </>
  );
}

/** What no control can draw is written as it is. */
function ByHand({ text, set, back, wrong }: { text: string; set: (next: string) => void; back: () => void; wrong: Placed[] }) {
  const { t } = useSay();
  return (
    <div className="card build-left">
      <Section part="text" title={t('rules.by_hand')} about={t('rules.by_hand_about')} wrong={wrong}>
        <Input.TextArea className="rule-text" value={text} autoSize={{ minRows: 18, maxRows: 40 }} maxLength={200_000} aria-label={t('rules.by_hand')} spellCheck={false} onChange={(event) => set(event.target.value)} />
        <div><Button icon={<Icon name="left" size={16} />} onClick={back}>{t('rules.back_to_controls')}</Button></div>
      </Section>
    </div>
  );
}
