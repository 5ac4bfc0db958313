// What a fetched source is told, as the screens hold it: the settings of the registry, with the words of its form.

export interface RowMapping { kind?: string | null; columns?: Record<string, string | null>; key?: string[]; [other: string]: unknown }
export type Schedule = { every_minutes: number } | { daily_at: string } | null;

export interface DatabaseSettings {
  host?: string; port?: number | null; database?: string; user?: string; tls?: string; ca?: string | null; path?: string | null;
  query?: string; watermark?: string | null; overlap?: number | null; mapping?: RowMapping; schedule?: Schedule;
}

export interface PlaceSettings { host?: string; port?: number | null; user?: string; path?: string; patterns?: string[]; recipe?: string; parameters?: Record<string, string>; mapping?: RowMapping; schedule?: Schedule; [other: string]: unknown }

export const DATABASES = ['postgres', 'mysql', 'sqlserver', 'sqlite'];
export const PORTS: Record<string, number> = { postgres: 5432, mysql: 3306, sqlserver: 1433 };
export const TLS = ['off', 'prefer', 'require', 'verify'];

/** Without what is empty: the server refuses words that it does not know and fills in what is absent. */
export function bare(settings: DatabaseSettings | PlaceSettings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}

/** `every:30`, `daily:02:30`, `hand`: what one choice holds. */
export const choiceOf = (schedule: Schedule | undefined): string => (!schedule ? 'hand' : 'every_minutes' in schedule ? `every:${schedule.every_minutes}` : 'daily');
