// How a page speaks: translated sentences, the server's own words, amounts and moments of this firm.

import { useQueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import { createContext, useContext, useEffect, useReducer, useSyncExternalStore } from 'react';
import type { Firm, Session, Words } from '../api/types';
import * as moment from './moment';
import type { Lang } from './moment';

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const SessionContext = createContext<Session | null>(null);

export const useSession = (): Session | null => useContext(SessionContext);

/** What the server's clock says, to `everyMs`: how far this machine's is off is seen when the session is read. */
export function useNow(everyMs = 5_000): string {
  const client = useQueryClient();
  const session = useSession();
  const [, tick] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const readAt = client.getQueryState(['session'])?.dataUpdatedAt ?? Date.now();
  const skew = session ? Date.parse(session.now) - readAt : 0;
  return new Date(Date.now() + skew).toISOString();
}

export const useFirm = (): Firm | null => useContext(SessionContext)?.firm ?? null;

const onLanguage = (changed: () => void) => {
  i18next.on('languageChanged', changed);
  return () => i18next.off('languageChanged', changed);
};

/** Everything a sentence needs, in the present language, the firm's zone and currency. */
export function useSay(): Say {
  const lang: Lang = useSyncExternalStore(onLanguage, () => i18next.language) === 'en' ? 'en' : 'zh';
  const firm = useFirm();
  return sayIn(lang, firm?.timezone ?? 'Asia/Shanghai', firm?.currency ?? 'CNY');
}

let last: Say | null = null;

/** A page has thousands of callers and one language, zone and currency: they share one answer. */
function sayIn(lang: Lang, zone: string, currency: string): Say {
  if (last?.lang !== lang || last.zone !== zone || last.currency !== currency) last = speech(lang, zone, currency);
  return last;
}

function speech(lang: Lang, zone: string, currency: string) {
  const words = (told: Words | null | undefined) => (told ? told[lang] || told.zh || told.en : '');
  return {
    t: i18next.getFixedT(lang),
    lang,
    zone,
    currency,
    say: words,
    /** Standing alone: begins with a capital where the language has them. */
    sentence: (told: Words | null | undefined) => capital(words(told)),
    count: (value: number, digits?: number) => moment.count(value, lang, digits),
    share: (value: number, digits?: number) => moment.share(value, lang, digits),
    signed: (value: number, digits?: number) => moment.signed(value, lang, digits),
    points: (value: number) => moment.points(value, lang),
    money: (value: number) => moment.money(value, currency, lang),
    moneyWhole: (value: number) => moment.moneyWhole(value, currency, lang),
    day: (at: string) => moment.day(at, zone, lang),
    dayTime: (at: string) => moment.dayTime(at, zone, lang),
    near: (at: string, now: string) => moment.near(at, now, zone, lang),
    daysBetween: (from: string, to: string) => moment.daysBetween(from, to, zone),
    month: (yearMonth: string, withYear?: boolean) => moment.month(yearMonth, lang, withYear),
    fileSize: (bytes: number) => moment.fileSize(bytes, lang),
  };
}

export type Say = ReturnType<typeof speech>;
