// What an alert says, with the names of its figures where they will stand.

import { useRuleVocabulary } from '../../api/rules';
import { useSay } from '../../words/say';

const FIGURE = /\{-?(\w+)(?:\|([^}]*))?\}/g;

/** `{days|0:none|*:# days}` is said by its plainest form. */
export function pieces(text: string): (string | { id: string })[] {
  const said: (string | { id: string })[] = [];
  let at = 0;
  for (const match of text.matchAll(FIGURE)) {
    said.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const forms = match[2]?.split('|').map((form) => /^([^:]*):([\s\S]*)$/.exec(form)) ?? [];
    const plain = forms.find((form) => form?.[1] === '*')?.[2] ?? '#';
    const [before = '', ...after] = plain.split('#');
    said.push(before, ...(after.length > 0 ? [{ id: match[1]! }, after.join('#')] : []));
  }
  return [...said, text.slice(at)].filter((one) => one !== '');
}

export function Pattern({ text }: { text: string }) {
  const { t, say } = useSay();
  const { data } = useRuleVocabulary();
  const name = (id: string) => (id.startsWith('health') ? t('health.title') : say(data?.quantities.find((one) => one.id === id)?.name) || id);
  return <>{pieces(text).map((one, index) => (typeof one === 'string' ? one : <span key={index} className="rule-slot">{name(one.id)}</span>))}</>;
}
