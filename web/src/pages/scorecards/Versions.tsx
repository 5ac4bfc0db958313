// Every version of the card: who wrote it, when it was in use and who put it in use; and the way back.

import { App, Button } from 'antd';
import type { ScorecardVersion } from '../../api/scorecards';
import { useSay } from '../../words/say';

export interface VersionsProps {
  versions: ScorecardVersion[];
  canAct: boolean;
  busy: boolean;
  rollBack: (version: ScorecardVersion) => void;
  /** What going back does; of a scorecard if nothing is said. */
  text?: string;
}

export function Versions({ versions, canAct, busy, rollBack, text }: VersionsProps) {
  const { t, day, dayTime } = useSay();
  const { modal } = App.useApp();
  if (versions.length === 0) return <p className="quiet">{t('card.shipped_only')}</p>;
  const ask = (version: ScorecardVersion) =>
    void modal.confirm({ title: t('card.roll_back_title', { number: version.number }), content: text ?? t('card.roll_back_text'), okText: t('card.roll_back'), cancelText: t('act.cancel'), onOk: () => rollBack(version) });
  const who = (actor: string) => (actor === 'liuke' ? t('case.by_liuke') : actor);
  return (
    <ol className="versions" aria-label={t('card.tabs.versions')}>
      {versions.map((one) => (
        <li key={one.number} data-state={one.state}>
          <div className="line wrap">
            <span className="strong">{t('card.version', { number: one.number })}</span>
            <span className="tag">{t(`card.state.${one.state}`)}</span>
            <span className="small quiet">{t('card.written_by', { who: who(one.author), when: dayTime(one.changed_at) })}</span>
            {canAct && one.state === 'retired' && one.terms.length > 0 && <Button className="push" size="small" loading={busy} onClick={() => ask(one)} aria-label={`${t('card.roll_back')} ${t('card.version', { number: one.number })}`}>{t('card.roll_back')}</Button>}
          </div>
          {one.note && <p className="soft">{one.note}</p>}
          {one.terms.map((term, at) => (
            <p key={at} className="small quiet">{t(term.until ? 'card.term' : 'card.term_open', { since: term.since ? day(term.since) : t('card.always'), until: term.until ? day(term.until) : '', who: who(term.actor) })}</p>
          ))}
        </li>
      ))}
    </ol>
  );
}
