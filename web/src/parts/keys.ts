// Keys of lists: j k move, enter opens. Nothing happens while somebody types or a dialog is open.

import { useEffect, useRef, useState } from 'react';

/** Whether a key belongs to something else: a field, a dialog, a chord of the system. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const target = event.target as Element | null;
  if (target?.closest?.('input,textarea,select,[contenteditable],[role=combobox],[role=dialog],[role=menu]')) return true;
  return document.querySelector('.ant-modal-wrap:not([style*="display: none"]) [role=dialog]') !== null;
}

/** Position in a list, moved by j and k; −1 before the first key. */
export function useListKeys(length: number, open: (index: number) => void, reveal: (index: number) => void): number {
  const [at, setAt] = useState(-1);
  const latest = useRef({ at, open, reveal, length });
  latest.current = { at: Math.min(at, length - 1), open, reveal, length };
  useEffect(() => {
    if (length === 0) return undefined;
    const press = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      const now = latest.current;
      const move = event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0;
      if (move !== 0) {
        const next = Math.max(0, Math.min(now.length - 1, now.at + move));
        setAt(next);
        now.reveal(next);
        event.preventDefault();
      } else if (event.key === 'Enter' && now.at >= 0 && !(event.target as Element).closest('a,button')) {
        now.open(now.at);
        event.preventDefault();
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [length === 0]);
  return Math.min(at, length - 1);
}
