// 转发长图: the week as one picture, drawn here, names hidden unless the person says otherwise.

import { Button, Checkbox, Modal } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import type { ReviewPage } from '../../api/types';
import { palettes } from '../../theme/tokens';
import { useFirm, useSay } from '../../words/say';
import { painted, type PosterWords } from './poster';
import { useCompared, useStands } from './saying';
import { veil, veilAll } from './veil';

const RULES = 6;
const LOST = 10;

/** The week in words that are ready to be drawn. */
export function usePosterWords(page: ReviewPage, showsNames: boolean): PosterWords {
  const { t, say, day, dayTime, count, money } = useSay();
  const firm = useFirm();
  const compared = useCompared();
  const stands = useStands();
  const known = page.lost.map((row) => row.customer_name);
  const plainly = (text: string) => (showsNames ? text : veilAll(text, known));
  const named = (name: string) => (showsNames ? name : veil(name));
  const decided = (rows: ReviewPage['decisions']) => rows.map((one) => ({ text: plainly(`${one.title}${t('punctuation.comma')}${one.who}`), aside: stands(one), done: one.done_at !== null }));
  return {
    firm: firm?.name ?? '',
    title: t('review.title'),
    span: `${day(page.week_on)} – ${day(page.until_on)}`,
    numbers: page.numbers.map((one) => ({ name: t(`review.number.${one.of}`), figure: one.count === null ? '—' : count(one.count), note: compared(one) })),
    parts: [
      { title: t('review.last'), none: t('review.decisions_none'), lines: decided(page.last_decisions) },
      { title: t('review.rules'), none: t('review.rules_none'), lines: page.rules.slice(0, RULES).map((row) => ({ text: say(row.name), aside: `${t('review.opened')} ${count(row.opened)} · ${t('review.acted')} ${count(row.acted)} · ${t('review.mistaken')} ${count(row.false_alarms)}` })) },
      { title: t('review.lost'), none: page.not_yet ? say(page.not_yet) : t('review.lost_none'), lines: page.lost.slice(0, LOST).map((row) => ({ text: named(row.customer_name), aside: `${row.owner ?? t('owner.none')} · ${row.value.value === null ? '—' : money(row.value.value)}` })) },
      { title: t('review.decisions'), none: t('review.decisions_none'), lines: decided(page.decisions) },
    ],
    foot: t('review.foot', { when: dayTime(page.at) }),
  };
}

export default function Forward({ page, leave }: { page: ReviewPage; leave: () => void }) {
  const { t } = useSay();
  const [showsNames, setShowsNames] = useState(false);
  const words = usePosterWords(page, showsNames);
  const told = JSON.stringify(words);
  const picture = useMemo(() => {
    const { paper, surface, ink, ink2, ink3, accentText } = palettes.light;
    return painted(JSON.parse(told) as PosterWords, { paper, card: surface, ink, soft: ink2, quiet: ink3, accent: accentText });
  }, [told]);
  const [source, setSource] = useState('');
  useEffect(() => {
    let url = '';
    picture.toBlob((blob) => {
      if (!blob) return;
      url = URL.createObjectURL(blob);
      setSource(url);
    }, 'image/png');
    return () => { if (url) URL.revokeObjectURL(url); };
  }, [picture]);
  return (
    <Modal open title={t('review.picture')} onCancel={leave} width={480} wrapClassName="ask" destroyOnHidden
      footer={<Button type="primary" href={source || undefined} download={`${t('review.title')}-${page.week_on}.png`} disabled={!source}>{t('review.save')}</Button>}>
      <div className="stack">
        <p className="small soft">{t('review.picture_about')}</p>
        <Checkbox checked={showsNames} onChange={(event) => setShowsNames(event.target.checked)}>{t('review.show_names')}</Checkbox>
        {source && <img className="review-picture" src={source} alt={t('review.picture_alt')} />}
      </div>
    </Modal>
  );
}
