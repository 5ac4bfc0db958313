import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en';
import zh from './zh';

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(before + key, value);
    else for (const [path, text] of flat(value, `${before}${key}.`)) all.set(path, text);
  }
  return all;
}

const bare = (key: string) => key.replace(/_(zero|one|other)$/, '');
const chinese = flat(zh);
const english = flat(en);

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !/\.test\./.test(name) ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('words', () => {
  it('has every sentence in both languages', () => {
    const a = [...new Set([...chinese.keys()].map(bare))].sort();
    const b = [...new Set([...english.keys()].map(bare))].sort();
    expect(a.filter((key) => !b.includes(key)), 'missing in English').toEqual([]);
    expect(b.filter((key) => !a.includes(key)), 'missing in Chinese').toEqual([]);
  });

  it('has a form for one and for many wherever English counts', () => {
    for (const key of english.keys()) {
      if (key.endsWith('_one')) expect(english.has(key.replace(/_one$/, '_other')), key).toBe(true);
    }
    for (const key of chinese.keys()) {
      // Chinese counts with one form; English needs both, except for units that never change.
      if (key.endsWith('_other')) expect(english.has(key) && english.has(key.replace(/_other$/, '_one')), key).toBe(true);
    }
  });

  it('says every sentence that a page asks for', () => {
    const known = new Set([...chinese.keys()].map(bare));
    const asked = sources('src').flatMap((text) => [...text.matchAll(/(?:\bt\(|i18nKey=)['"]([a-z_]+\.[\w.]+)['"]/g)].map((match) => match[1]!));
    expect(asked.length).toBeGreaterThan(150);
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([]);
  });

  it('fills every blank from the words of the firm or from the page, the same blanks in both languages', () => {
    const firm = new Set(['noun', 'nouns', 'Noun', 'Nouns', 'owner', 'Owner', 'm', 'count', 'measure', 'plural', 'title']);
    const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).filter((name) => !firm.has(name)).sort();
    for (const [key, text] of english) {
      const other = chinese.get(key) ?? chinese.get(bare(key)) ?? chinese.get(`${bare(key)}_other`);
      if (other !== undefined && !key.endsWith('_one')) expect([...new Set(blanks(other))], key).toEqual([...new Set(blanks(text))]);
    }
  });

  it('writes Chinese with Chinese punctuation', () => {
    const wrong = [...chinese].filter(([, text]) => /[\u4e00-\u9fff}][,;?!]|[,;?!](?=[\u4e00-\u9fff{<])/.test(text));
    expect(wrong).toEqual([]);
  });

  it('never says a word that the glossary forbids', () => {
    expect([...english].filter(([, text]) => /\b(clients?|users?|logs?|alarms?|snapshot date|timestamps?)\b/i.test(text))).toEqual([]);
    expect([...chinese].filter(([, text]) => /用户|报警|告警/.test(text))).toEqual([]);
  });
});
