// How a page speaks: translated sentences, the server's own words, amounts and moments of this firm.

import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
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

/** Everything a sentence needs, in the present language, the firm's zone and currency. */
export function useSay() {
  const { t, i18n } = useTranslation();
  const firm = useFirm();
  const lang: Lang = i18n.language === 'en' ? 'en' : 'zh';
  const zone = firm?.timezone ?? 'Asia/Shanghai';
  const currency = firm?.currency ?? 'CNY';
  return useMemo(
    () => ({
      t,
      lang,
      zone,
      currency,
      say: (words: Words | null | undefined) => (words ? words[lang] || words.zh || words.en : ''),
      /** Standing alone: begins with a capital where the language has them. */
      sentence: (words: Words | null | undefined) => capital(words ? words[lang] || words.zh || words.en : ''),
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
    }),
    [t, lang, zone, currency],
  );
}

export type Say = ReturnType<typeof useSay>;
