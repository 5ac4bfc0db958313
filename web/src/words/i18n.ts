// Languages of the screens. One is loaded at start, the other when asked for. The firm's own words (noun, measure
// word, title of an owner) are variables that every sentence may use.

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Firm } from '../api/types';
import { langOf, loadWords } from './load';
import type { Lang } from './moment';
import { capital } from './say';

const KEY = 'liuke.lang';
const variables: Record<string, string> = {};


/** Makes the firm's words known to all sentences. */
export function speakAs(firm: Pick<Firm, 'noun' | 'noun_plural_en' | 'measure_zh' | 'owner_title'> | null | undefined): void {
  const zh = i18next.language !== 'en';
  const noun = firm ? (zh ? firm.noun.zh : firm.noun.en) : zh ? '客户' : 'customer';
  const nouns = zh ? noun : (firm?.noun_plural_en ?? 'customers');
  const owner = firm ? (zh ? firm.owner_title.zh : firm.owner_title.en) : zh ? '客户经理' : 'account manager';
  Object.assign(variables, {
    noun, nouns, owner, Noun: capital(noun), Nouns: capital(nouns), Owner: capital(owner), m: firm?.measure_zh ?? '家',
  });
}

export const i18n = i18next;

async function fetchWords(lang: Lang): Promise<void> {
  if (i18next.hasResourceBundle(lang, 'translation')) return;
  i18next.addResourceBundle(lang, 'translation', (await loadWords[lang]()).default);
}

/** Starts with the language that the document was given before the first paint. */
export async function startWords(lang: Lang = langOf(document)): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: lang,
    resources: {},
    showSupportNotice: false,
    fallbackLng: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, defaultVariables: variables },
    react: { useSuspense: false },
  });
  await fetchWords(lang);
  speakAs(null);
  await i18next.changeLanguage(lang);
}

export async function setLang(lang: Lang, firm?: Firm | null): Promise<void> {
  await fetchWords(lang);
  document.documentElement.lang = lang === 'en' ? 'en' : 'zh-CN';
  try {
    localStorage.setItem(KEY, lang);
  } catch {
    // Kept for this visit only.
  }
  i18next.language = lang;
  speakAs(firm);
  await i18next.changeLanguage(lang);
}
