// Who changed a rule, when and why; which version was in use when; one step back to any of them.

import { App, Button, Popconfirm } from 'antd';
import { useRuleWork } from '../../api/rules';
import type { RulePage, ScorecardVersion } from '../../api/types';
import { useRefused } from '../../parts/refused';
import { useNow, useSay, useSession } from '../../words/say';
import { useMayChange } from './may';

const MINUTE_MS = 60_000;

export function Versions({ page }: { page: RulePage }) {
  const { t, say } = useSay();
  const { message } = App.useApp();
  const may = useMayChange();
  const refused = useRefused();
  const now = useNow(MINUTE_MS);
  const session = useSession();
  const { activate, rollBack } = useRuleWork();
  const whom = useWhom();
  const used = page.versions.find((one) => one.state === 'active');
  if (page.versions.length === 0) return <p className="quiet small">{t('rules.never_changed')}</p>;
  const back = (one: ScorecardVersion) => rollBack.mutate({ id: page.row.id, number: one.number, version: used?.version ?? one.version }, { onSuccess: () => void message.success(t('rules.rolled_back', { number: one.number, name: say(page.row.name) }), 4), onError: refused });
  const start = (one: ScorecardVersion) => activate.mutate({ id: page.row.id, number: one.number, version: one.version }, { onSuccess: () => void message.success(t('rules.activated', { name: say(page.row.name) }), 5), onError: refused });
  return (
    <ol className="rule-versions">
      {page.versions.map((one) => (
        <li key={one.number} data-state={one.state}>
          <span className="rule-dot" aria-hidden="true" />
          <div>
            <div className="line">
              <span className="strong">{t('rules.version', { number: one.number })}</span>
              <span className="tag">{t(`rules.states.${one.state}`, { defaultValue: one.state })}</span>
              {one.state === 'review' && may && (
                <Popconfirm title={t('rules.review_title', { number: one.number })} description={t('rules.review_text', { author: whom(one.author), reviewer: session?.staff?.name ?? '' })} okText={t('rules.activate')} cancelText={t('act.cancel')} onConfirm={() => start(one)}>
                  <Button size="small" className="push" loading={activate.isPending} aria-label={t('rules.review_do', { number: one.number })}>{t('rules.review')}</Button>
                </Popconfirm>
              )}
              {one.state === 'retired' && may && used && (
                <Popconfirm title={t('rules.back_title', { number: one.number })} description={t('rules.back_text')} okText={t('rules.back')} cancelText={t('act.cancel')} onConfirm={() => back(one)}>
                  <Button size="small" type="text" className="push" aria-label={t('rules.back_to', { number: one.number })}>{t('rules.back')}</Button>
                </Popconfirm>
              )}
            </div>
            {one.note && <p className="small soft">{one.note}</p>}
            <p className="small quiet">{whom(one.author)} · <Moment at={one.changed_at} now={now} /></p>
            {one.terms.map((term, index) => <p key={index} className="small quiet"><Term term={term} now={now} /></p>)}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** What ships was written by the house. */
const useWhom = () => {
  const { t } = useSay();
  return (actor: string) => (actor === 'liuke' ? t('case.by_liuke') : actor);
};

function Moment({ at, now }: { at: string; now: string }) {
  const { near, dayTime } = useSay();
  return <span className="number" title={dayTime(at)}>{near(at, now)}</span>;
}

function Term({ term, now }: { term: ScorecardVersion['terms'][number]; now: string }) {
  const { t, near } = useSay();
  const who = useWhom()(term.actor);
  const since = term.since ? near(term.since, now) : t('rules.ever');
  return <>{term.until ? t('rules.was_in_use', { since, until: near(term.until, now), who }) : t('rules.in_use_since', { since, who })}</>;
}
