// Numbers and moments as people write them, in both languages. Unknown never passes through here: see parts/Amount.

export type Lang = 'zh' | 'en';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  let one = cache.get(key);
  if (!one) cache.set(key, (one = make()));
  return one as T;
}

/** 12,345.6: separators, at most `digits` decimals. */
export function count(value: number, lang: Lang, digits = 1): string {
  return kept(`n${lang}${digits}`, () => new Intl.NumberFormat(lang, { maximumFractionDigits: digits })).format(value);
}

/** 0.1234 as 12.3%. */
export function share(value: number, lang: Lang, digits = 1): string {
  return kept(`p${lang}${digits}`, () => new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: digits })).format(value);
}

/** +6 or −6, with a true minus sign; zero has no sign. */
export function signed(value: number, lang: Lang, digits = 1): string {
  const text = count(Math.abs(value), lang, digits);
  if (text === '0') return '0';
  return (value < 0 ? '−' : '+') + text;
}

/** Points of a contribution, always with one decimal so that a column of them lines up. */
export function points(value: number, lang: Lang): string {
  const size = kept(`c${lang}`, () => new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })).format(Math.abs(value));
  return size === '0.0' ? size : (value < 0 ? '−' : '+') + size;
}

function symbol(currency: string, lang: Lang): string {
  const parts = kept(`s${lang}${currency}`, () => new Intl.NumberFormat(lang, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }));
  return parts.formatToParts(0).find((part) => part.type === 'currency')?.value ?? currency;
}

/** ¥86.4 万, ¥1.2 亿 in Chinese; ¥864k, ¥1.2M in English; small amounts whole. */
export function money(value: number, currency: string, lang: Lang): string {
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  const mark = sign + symbol(currency, lang);
  if (lang === 'zh') {
    if (size >= 99_950_000) return `${mark}${count(size / 1e8, lang, size >= 1e10 ? 0 : 1)} 亿`;
    if (size >= 10_000) return `${mark}${count(size / 1e4, lang, size >= 1e7 ? 0 : 1)} 万`;
  } else {
    if (size >= 999_500) return `${mark}${count(size / 1e6, lang, size >= 1e8 ? 0 : 1)}M`;
    if (size >= 10_000) return `${mark}${count(size / 1e3, lang, size >= 1e5 ? 0 : 1)}k`;
  }
  return mark + count(size, lang, 0);
}

/** Every digit, for the hover. */
export function moneyWhole(value: number, currency: string, lang: Lang): string {
  return (value < 0 ? '−' : '') + symbol(currency, lang) + count(Math.abs(value), lang, 2);
}

export function fileSize(bytes: number, lang: Lang): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${count(bytes / 1024, lang, 0)} KB`;
  return `${count(bytes / 1024 / 1024, lang, 1)} MB`;
}

interface Wall { year: number; month: number; day: number; hour: string; minute: string }

function wall(at: Date, zone: string): Wall {
  const format = kept(`w${zone}`, () => new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }));
  const part = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]));
  return { year: Number(part.year), month: Number(part.month), day: Number(part.day), hour: part.hour ?? '00', minute: part.minute ?? '00' };
}

const pad = (n: number) => String(n).padStart(2, '0');

/** A date without time is a day of the firm; an instant is turned into its zone. */
function read(at: string, zone: string): Wall {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(at);
  if (day) return { year: Number(day[1]), month: Number(day[2]), day: Number(day[3]), hour: '', minute: '' };
  return wall(new Date(at), zone);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 2025-06-01 in Chinese, 1 Jun 2025 in English. */
export function day(at: string, zone: string, lang: Lang): string {
  const w = read(at, zone);
  return lang === 'zh' ? `${w.year}-${pad(w.month)}-${pad(w.day)}` : `${w.day} ${MONTHS[w.month - 1]} ${w.year}`;
}

/** The day of an instant in the firm's zone, YYYY-MM-DD. */
export const isoDay = (at: string, zone: string): string => day(at, zone, 'zh');

export function dayTime(at: string, zone: string, lang: Lang): string {
  const w = read(at, zone);
  return w.hour === '' ? day(at, zone, lang) : `${day(at, zone, lang)} ${w.hour}:${w.minute}`;
}

/** 6 月 / Jun; with the year in January or when asked. */
export function month(yearMonth: string, lang: Lang, withYear = false): string {
  const [year, number] = yearMonth.split('-').map(Number) as [number, number];
  if (lang === 'zh') return withYear ? `${year} 年 ${number} 月` : `${number} 月`;
  return withYear ? `${MONTHS[number - 1]} ${year}` : MONTHS[number - 1]!;
}

/** Whole days of the calendar from `from` to `to` in the firm's zone. */
export function daysBetween(from: string, to: string, zone: string): number {
  const a = read(from, zone);
  const b = read(to, zone);
  return Math.round((Date.UTC(b.year, b.month - 1, b.day) - Date.UTC(a.year, a.month - 1, a.day)) / 86_400_000);
}

/** 今天 14:00, 昨天, 3 天前, 3 天后; farther than six days: the date. */
export function near(at: string, now: string, zone: string, lang: Lang): string {
  const w = read(at, zone);
  const time = w.hour === '' ? '' : ` ${w.hour}:${w.minute}`;
  const days = daysBetween(now, at, zone);
  if (lang === 'zh') {
    if (days === 0) return `今天${time}`;
    if (days === 1) return `明天${time}`;
    if (days === -1) return `昨天${time}`;
    if (days > 1 && days <= 6) return `${days} 天后`;
    if (days < -1 && days >= -6) return `${-days} 天前`;
  } else {
    if (days === 0) return `today${time}`;
    if (days === 1) return `tomorrow${time}`;
    if (days === -1) return `yesterday${time}`;
    if (days > 1 && days <= 6) return `in ${days} days`;
    if (days < -1 && days >= -6) return `${-days} days ago`;
  }
  return day(at, zone, lang);
}
