// The words of a language, fetched when it is spoken.

import type { Lang } from './moment';

export const loadWords = { zh: () => import('./zh'), en: () => import('./en') };

/** The language that a document was given before its first paint. */
export const langOf = (document: Document): Lang => (document.documentElement.lang === 'en' ? 'en' : 'zh');
