import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { pretendServer } from './mock/plugin';

// `LIUKE_API=http://127.0.0.1:8423 npm run dev` speaks to a running server; without it a pretended firm answers.
const server = process.env.LIUKE_API;
const proxy = server
  ? Object.fromEntries(['/api', '/docs', '/openapi.json', '/healthz', '/v1', '/sa', '/in/'].map((path) => [path, { target: server }]))
  : undefined;

export default defineConfig({
  plugins: [react(), ...(server ? [] : [pretendServer()])],
  server: { proxy },
  preview: { proxy },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      output: {
        manualChunks(id: string) {
          if (/node_modules\/(react|react-dom|scheduler|react-router)\//.test(id)) return 'react';
          if (/node_modules\/(echarts|zrender)\//.test(id)) return 'charts';
          return undefined;
        },
      },
    },
  },
  // @ts-expect-error read by Vitest, whose own config type this file does not import
  test: {
    environment: 'happy-dom',
    // Unasked it leaves one core to whoever watches: on two cores one file at a time.
    maxWorkers: '100%',
    // One after the other in the same place: components and words are loaded once, and warm for every file but the first.
    // `src/testing.tsx` puts everything back before each test, within a file as between two.
    isolate: false,
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing.tsx'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
