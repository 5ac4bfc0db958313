// What an address says to whatever page it leads to.

const isMoment = (text: string | null): text is string => text !== null && /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text);

/** The moment that an address stands at (`as_of`); null = now. */
export function momentIn(query: URLSearchParams): string | null {
  const told = query.get('as_of');
  return isMoment(told) ? told : null;
}
