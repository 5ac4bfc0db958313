// What builders are made of: a control with its word beside it, a section of controls with what is wrong with it.

import type { ReactNode } from 'react';
import { useSay } from '../words/say';
import './build.css';

/** One thing that is wrong with what is being built; `part`: the section that made it. */
export interface Complaint<Part extends string = string> { line: number | null; column: number | null; words: string; hint: string; part: Part | null }

export function Field({ label, children, wide = false, about }: { label: ReactNode; children: ReactNode; wide?: boolean; about?: ReactNode }) {
  return (
    <div className={wide ? 'build-field build-wide' : 'build-field'}>
      <span className="build-label small">{label}</span>
      <div className="build-control">{children}{about && <div className="small quiet">{about}</div>}</div>
    </div>
  );
}

interface SectionProps { part: string; title: ReactNode; label?: string; about?: string; wrong: Complaint[]; children: ReactNode }

export function Section({ part, title, label, about, wrong, children }: SectionProps) {
  const own = wrong.filter((one) => one.part === part);
  return (
    <section className="build-part" aria-label={label ?? (typeof title === 'string' ? title : undefined)} data-wrong={own.length > 0 || undefined}>
      <div className="section-title"><h2>{title}</h2>{about && <span className="small quiet">{about}</span>}</div>
      {children}
      <Complaints list={own} />
    </section>
  );
}

/** What is wrong, what to do about it, and in which line it stands. */
export function Complaints({ list, placed = false }: { list: Complaint[]; placed?: boolean }) {
  const { t } = useSay();
  if (list.length === 0) return null;
  return (
    <ul className="complaints small" role="alert">
      {list.map((one, index) => (
        <li key={index}>
          <span>{one.words}</span>
          {one.hint && <span className="soft">{one.hint}</span>}
          {placed && one.line !== null && <span className="quiet number">{t('build.at_line', { line: one.line, column: one.column ?? 1 })}</span>}
        </li>
      ))}
    </ul>
  );
}
