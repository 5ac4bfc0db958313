// Lets Vite's own server answer `/api` from the pretended firm. `MOCK=empty|setup|signed_out|many|done|broken`, or a
// cookie `mock=…`, chooses the scene.

import type { Connect, Plugin } from 'vite';
import { answer, type Scene } from './answer';

const respond: Connect.NextHandleFunction = (request, response, next) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/api/')) {
    next();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const scene = (/(?:^|;\s*)mock=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? process.env.MOCK ?? 'firm') as Scene;
    const text = Buffer.concat(chunks).toString();
    const body: unknown = request.headers['content-type']?.includes('json') && text ? JSON.parse(text) : undefined;
    const told = answer({ method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, body, scene });
    const type = told.type ?? (told.status >= 400 ? 'application/problem+json' : 'application/json');
    setTimeout(() => {
      response.writeHead(told.status, { 'content-type': type });
      // A stream of events stays open, so that pages see a living connection.
      if (told.type === 'text/event-stream') {
        response.write(String(told.body));
        return;
      }
      response.end(told.body === null ? undefined : told.type ? String(told.body) : JSON.stringify(told.body));
    }, Number(process.env.MOCK_DELAY ?? 0));
  });
};

export const pretendServer = (): Plugin => ({
  name: 'pretend-server',
  configureServer: (server) => void server.middlewares.use(respond),
  configurePreviewServer: (server) => void server.middlewares.use(respond),
});
