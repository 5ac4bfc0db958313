// Light or dark: what the person chose, else what the machine prefers. Kept in the browser.

import { useSyncExternalStore } from 'react';
import type { Mode } from './tokens';

const KEY = 'liuke.theme';
const listeners = new Set<() => void>();

const present = (): Mode => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

export function setMode(mode: Mode): void {
  document.documentElement.dataset.theme = mode;
  try {
    localStorage.setItem(KEY, mode);
  } catch {
    // A browser that keeps nothing still shows the theme.
  }
  listeners.forEach((tell) => tell());
}

export function useMode(): Mode {
  return useSyncExternalStore((tell) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, present);
}

/** Whether the person asked for no motion. */
export function useStill(): boolean {
  const query = '(prefers-reduced-motion: reduce)';
  return useSyncExternalStore(
    (tell) => {
      const media = matchMedia(query);
      media.addEventListener('change', tell);
      return () => media.removeEventListener('change', tell);
    },
    () => matchMedia(query).matches,
  );
}
