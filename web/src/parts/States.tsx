// Empty, loading, failed: no page without them. An error says what failed, what is safe, what to do.

import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Problem } from '../api/client';
import { useSay } from '../words/say';

export function Empty({ title, children, acts, scene = true }: { title: ReactNode; children?: ReactNode; acts?: ReactNode; scene?: boolean }) {
  return (
    <div className="state">
      {scene && <Scene />}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {acts && <div className="acts">{acts}</div>}
    </div>
  );
}

/** Rings on still water. */
export function Scene({ done = false }: { done?: boolean }) {
  return (
    <svg className="scene" width="88" height="56" viewBox="0 0 88 56" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <ellipse cx="44" cy="40" rx="42" ry="13" opacity="0.45" />
      <ellipse cx="44" cy="40" rx="28" ry="8.5" opacity="0.7" />
      <ellipse cx="44" cy="40" rx="14" ry="4.2" />
      <circle cx="44" cy={done ? 36 : 16} r="5" fill="var(--accent)" stroke="none" />
    </svg>
  );
}

/** What went wrong with reading a part of a page. */
export function Fault({ error, what, again }: { error: unknown; what: string; again?: () => void }) {
  const { t } = useSay();
  const problem = error instanceof Problem ? error : null;
  const kind = problem?.status === 0 ? 'unreachable' : problem?.status === 403 ? 'forbidden' : problem?.status === 404 ? 'missing' : 'server';
  return (
    <div className="fault card" role="alert">
      <h2>{t('fault.failed', { what })}</h2>
      <p className="soft">{problem?.detail || t(`fault.${kind}`)}</p>
      <dl className="small">
        <dt>{t('fault.safe')}</dt><dd>{t('fault.safe_text')}</dd>
        <dt>{t('fault.todo')}</dt><dd>{problem?.hint || t(`fault.todo_${kind}`)}</dd>
        {problem?.requestId && <><dt>{t('fault.id')}</dt><dd><code>{problem.requestId}</code></dd></>}
      </dl>
      {again && <div><Button onClick={again}>{t('act.again')}</Button></div>}
    </div>
  );
}

export function Bone({ w, h = 12 }: { w: number | string; h?: number }) {
  return <span className="bone" style={{ width: w, height: h }} />;
}

/** Skeleton rows in the shape of a list. */
export function BoneRows({ rows = 8, tall = false }: { rows?: number; tall?: boolean }) {
  const { t } = useSay();
  return (
    <div className="card" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="sheet-row" style={{ padding: tall ? '16px 20px' : '13px 20px', display: 'flex', gap: 24, alignItems: 'center' }}>
          <Bone w={48} />
          <div style={{ flex: 1, display: 'grid', gap: 8 }}>
            <Bone w={`${46 - ((index * 7) % 18)}%`} />
            {tall && <Bone w={`${70 - ((index * 11) % 24)}%`} h={10} />}
          </div>
          <Bone w={80} />
          <Bone w={56} />
        </div>
      ))}
    </div>
  );
}

export function BoneBlock({ height }: { height: number }) {
  const { t } = useSay();
  return <div className="card" role="status" aria-label={t('state.loading')} style={{ padding: 20 }}><Bone w="30%" h={14} /><div style={{ height: 16 }} /><Bone w="100%" h={height} /></div>;
}
