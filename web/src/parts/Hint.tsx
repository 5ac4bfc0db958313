// Words that appear on hover or focus. One floating layer serves the whole house: a list of thousands carries no
// machinery of its own, and what a hint says is only made when somebody asks.

import { Tooltip } from 'antd';
import { useCallback, useEffect, useState, type ReactNode } from 'react';

const told = new WeakMap<Element, () => ReactNode>();
const DELAY_MS = 300;
const LAYER = 'hint-words';

interface HintProps {
  say: () => ReactNode;
  children: ReactNode;
  className?: string;
  /** Reached by keyboard; for figures that stand alone, not for every cell of a list. */
  focusable?: boolean;
}

export function Hint({ say, children, className, focusable }: HintProps) {
  const keep = useCallback((element: HTMLSpanElement | null) => void (element && told.set(element, say)), [say]);
  return <span ref={keep} data-hint="" className={className} tabIndex={focusable ? 0 : undefined}>{children}</span>;
}

interface Shown { element: Element; words: ReactNode; box: DOMRect }

export function HintLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let wait = 0;
    let near: Element | null = null;
    const leave = () => {
      clearTimeout(wait);
      near?.removeAttribute('aria-describedby');
      near = null;
      setShown(null);
    };
    const come = (delay: number) => (event: Event) => {
      const element = (event.target as Element).closest?.('[data-hint]') ?? null;
      if (element === near) return;
      leave();
      const words = element && told.get(element);
      if (!element || !words) return;
      near = element;
      wait = window.setTimeout(() => {
        if (!element.isConnected) return;
        element.setAttribute('aria-describedby', LAYER);
        setShown({ element, words: words(), box: element.getBoundingClientRect() });
      }, delay);
    };
    const over = come(DELAY_MS);
    const focus = come(0);
    const press = (event: KeyboardEvent) => event.key === 'Escape' && leave();
    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', leave);
    document.addEventListener('pointerdown', leave);
    document.addEventListener('scroll', leave, true);
    document.addEventListener('keydown', press);
    return () => {
      leave();
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', leave);
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('scroll', leave, true);
      document.removeEventListener('keydown', press);
    };
  }, []);
  if (!shown) return null;
  const { left, top, width, height } = shown.box;
  return (
    <Tooltip key={`${left} ${top}`} open title={<div id={LAYER}>{shown.words}</div>} styles={{ root: { pointerEvents: 'none' } }}>
      <span aria-hidden="true" style={{ position: 'fixed', left, top, width, height, pointerEvents: 'none' }} />
    </Tooltip>
  );
}
