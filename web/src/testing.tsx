// How tests see the house: whole pages, in a browser's place, before the pretended firm. Loaded before every test file.

import { cleanup, configure, render } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { afresh, answer, type Scene } from '../mock/answer';
import { newClient } from './api/opening';
import type { Session } from './api/types';
import { Root } from './Root';
import { startWords } from './words/i18n';
import type { Lang } from './words/moment';

// Asking whether each element is hidden by style makes looking things up ten times slower, and nothing here hides so.
configure({ defaultHidden: true, asyncUtilTimeout: 90_000, getElementError: (message) => new Error((message ?? '').split('\n').slice(0, 3).join(' ')) });

export interface Sent { method: string; path: string; query: URLSearchParams; body: unknown; headers: Headers }

/** Everything that was asked of the server since the test began. */
export const sent: Sent[] = [];
let scene: Scene = 'firm';
let alter: ((session: Session) => Session) | null = null;

async function pretend(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = new URL(String(input), 'http://localhost');
  const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
  const asked = { method: init.method ?? 'GET', path: url.pathname, query: url.searchParams, body, headers: new Headers(init.headers) };
  sent.push(asked);
  const told = answer({ ...asked, scene });
  if (asked.path === '/api/session' && alter) told.body = alter(told.body as Session);
  if (told.status === 204) return new Response(null, { status: 204 });
  return new Response(told.type ? String(told.body) : JSON.stringify(told.body), { status: told.status, headers: { 'content-type': told.type ?? 'application/json' } });
}

interface Showing { scene?: Scene; lang?: Lang; narrow?: boolean; session?: (session: Session) => Session }

/** A stream of server-sent events that a test tells what to say. */
class Stream {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    streams.push(this);
  }
  addEventListener() {}
  close() {
    this.closed = true;
  }
  say(row: unknown) {
    this.onmessage?.({ data: JSON.stringify(row) });
  }
}
/** Every stream opened since the test began. */
export const streams: Stream[] = [];

/** Opens an address as a person would. */
export async function show(path: string, options: Showing = {}) {
  scene = options.scene ?? 'firm';
  alter = options.session ?? null;
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: query.includes('reduced-motion') || (options.narrow ? query.includes('max-width') : query.includes('min-width')),
    media: query, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined,
  }));
  document.documentElement.lang = options.lang === 'en' ? 'en' : 'zh-CN';
  await startWords(options.lang ?? 'zh');
  history.replaceState(null, '', path);
  const client = newClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  return render(<Root client={client} />);
}

const IN_LINE = new Set(['A', 'ABBR', 'B', 'BDI', 'BR', 'CITE', 'CODE', 'DFN', 'EM', 'I', 'KBD', 'LABEL', 'MARK', 'Q', 'S', 'SMALL', 'SPAN', 'STRONG', 'SUB', 'SUP', 'svg', 'TIME', 'U', 'VAR']);

/** An element's own style, and how its tag stands in a text. Nothing here rests on a rule of a style sheet, and applying thousands of them to each element by whose name something is looked up takes most of a test's time. */
function styleOf(element: Element): CSSStyleDeclaration {
  const own = (element as HTMLElement).style;
  const display = own.display || (IN_LINE.has(element.tagName) ? 'inline' : 'block');
  const property = (name: string) => (name === 'display' ? display : own.getPropertyValue(name));
  return new Proxy(own, { get: (style, key) => (key === 'display' ? display : key === 'getPropertyValue' ? property : Reflect.get(style, key, style)) });
}

beforeEach(() => {
  sent.length = 0;
  afresh();
  sessionStorage.clear();
  localStorage.clear();
  streams.length = 0;
  delete document.documentElement.dataset.theme;
  vi.stubGlobal('fetch', pretend);
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('getComputedStyle', styleOf);
  vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });
});

afterEach(() => {
  cleanup();
  document.body.innerHTML = '';
});

// The canvas of measurement that charts want does not exist here; what a chart says in words is tested, its ink is not.
vi.mock('./theme/charts', () => ({
  draw: () => ({ setOption: () => undefined, getZr: () => ({ on: () => undefined }), on: () => undefined, resize: () => undefined, dispose: () => undefined }),
}));

// Components write style sheets as they are mounted and take them away afterwards, in every test anew. Nobody reads them here.
vi.mock('./theme/tokens', async (original) => {
  const tokens = await original<typeof import('./theme/tokens')>();
  return { ...tokens, antdTheme: (...asked: Parameters<typeof tokens.antdTheme>) => ({ ...tokens.antdTheme(...asked), zeroRuntime: true }) };
});
