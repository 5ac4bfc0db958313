// What the rule gives, beside it, while it is being made; and the definition that all of it comes from.

import { Button, Tabs } from 'antd';
import type { RulePreview } from '../../../api/types';
import { usePageState } from '../../../frame/moment';
import { Code } from '../../../parts/Code';
import { Complaints } from '../../../parts/Field';
import { Icon } from '../../../parts/Icon';
import { Severity } from '../../../parts/Severity';
import { Bone, Empty, Fault } from '../../../parts/States';
import { useSay } from '../../../words/say';
import { Advice, Caught, Examples, HalfYear } from '../Effect';
import type { Placed } from './complaints';
import type { Draft } from './draft';

interface ConsequenceProps {
  draft: Draft; text: string; id: string; lacking: boolean; told: RulePreview | null; before: RulePreview | null; failure: unknown; busy: boolean; wrong: Placed[];
  /** Begins to edit the written definition itself. */
  edit: (() => void) | null;
}

const TABS = ['effect', 'toml'] as const;

export function Consequence(props: ConsequenceProps) {
  const { text, id, lacking, told, before, failure, busy, wrong, edit } = props;
  const { t } = useSay();
  const [query, set] = usePageState();
  const tab = TABS.find((one) => one === query.get('tab')) ?? 'effect';
  const other = failure && wrong.length === 0 ? failure : null;
  const effect = () => (
    <div className={busy || wrong.length > 0 ? 'build-view build-stale' : 'build-view'} tabIndex={0} role="group" aria-label={t('rules.tabs.effect')}>
      {other ? <Fault error={other} what={t('rules.effect')} /> : null}
      {!told && !other && (lacking ? <Empty title={t('rules.lacks')}>{t('rules.lacks_text')}</Empty> : wrong.length === 0 ? <div className="stack"><Bone w="60%" h={14} /><Bone w="100%" h={96} /><Bone w="80%" /><Bone w="70%" /></div> : null)}
      {told && !lacking && <div className="stack"><Advice told={told} /><HalfYear told={told} before={before} /><Examples told={told} /></div>}
    </div>
  );
  const toml = () => (
    <div className="build-view" tabIndex={0} role="group" aria-label={t('rules.tabs.toml')}>
      <div className="stack">
        <div className="line wide"><p className="soft" style={{ flex: 1 }}>{t('rules.toml_about')}</p>{edit && <Button onClick={edit}>{t('rules.edit_text')}</Button>}<Button icon={<Icon name="export" size={16} />} onClick={() => download(text, id)}>{t('build.download')}</Button></div>
        <Code text={text} label={t('rules.tabs.toml')} />
      </div>
    </div>
  );
  return (
    <section className="card build-right" aria-label={t('rules.effect')} aria-busy={busy}>
      <Answer {...props} />
      <Tabs activeKey={tab} onChange={(next) => set({ tab: next === 'effect' ? null : next })} items={TABS.map((one) => ({ key: one, label: t(`rules.tabs.${one}`), children: one !== tab ? null : one === 'effect' ? effect() : toml() }))} />
    </section>
  );
}

function Answer({ draft, lacking, told, busy, wrong }: ConsequenceProps) {
  const { t, say, sentence } = useSay();
  if (wrong.length > 0) return <div className="build-answer build-wrong"><h2>{t('build.wrong', { count: wrong.length })}</h2><Complaints list={wrong} placed /></div>;
  if (lacking) return null;
  if (!told) return <div className="build-answer" role="status" aria-label={t('state.loading')}><Bone w="70%" h={18} /></div>;
  return (
    <div className="build-answer rule-answer" aria-live="polite" data-busy={busy || undefined}>
      <h2><Caught told={told} /></h2>
      <p className="rule-sentence"><Severity severity={draft.severity} /> <span>{sentence(told.sentence)}{told.clear && <span className="soft">{t('rules.over_when', { clear: say(told.clear) })}</span>}{told.schedule && <span className="soft">{t('rules.speaks_on', { schedule: say(told.schedule) })}</span>}</span></p>
    </div>
  );
}

function download(text: string, id: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/toml' }));
  Object.assign(document.createElement('a'), { href: address, download: `${id}.toml` }).click();
  URL.revokeObjectURL(address);
}
