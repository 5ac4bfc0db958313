// The one place that speaks HTTP: language, CSRF header, problems. It knows nothing of pages.

/** A refusal of the server, or no server at all (`status` 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly hint: string,
    readonly requestId: string | null,
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** Path with a query; what is empty is left out. */
export function address(path: string, query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(key, String(value));
  }
  const text = pairs.toString();
  return text ? `${path}?${text}` : path;
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'Accept-Language': document.documentElement.lang || 'zh-CN',
  };
  if (method !== 'GET') headers['X-Liuke'] = '1';
  const raw = body instanceof Blob;
  if (body !== undefined && !raw) headers['Content-Type'] = 'application/json';
  if (raw) headers['Content-Type'] = 'application/octet-stream';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, 'unreachable', '', '', null);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const id = response.headers.get('x-request-id');
  try {
    const told = (await response.json()) as Record<string, string | undefined>;
    return new Problem(response.status, told.code ?? 'error', told.detail ?? told.title ?? '', told.hint ?? '', told.request_id ?? id);
  } catch {
    return new Problem(response.status, 'error', '', '', id);
  }
}

async function answer<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const api = {
  get: <T>(path: string, query?: Query) => answer<T>('GET', address(path, query)),
  text: async (path: string) => (await send('GET', path)).text(),
  post: <T>(path: string, body?: unknown) => answer<T>('POST', path, body ?? {}),
  put: <T>(path: string, body: unknown) => answer<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => answer<T>('PATCH', path, body),
  remove: (path: string) => answer<void>('DELETE', path),
};
