// Names that may be seen by anybody a picture is forwarded to: enough for whoever knows them.

/** 云栈科技 becomes 云**技; a short name keeps its first letter only. */
export function veil(name: string): string {
  const letters = [...name.trim()];
  if (letters.length === 0) return '';
  return `${letters[0]}**${letters.length > 3 ? letters.at(-1) : ''}`;
}

/** The same with every one of these names in a sentence; the longest first, so that no part of one is left standing. */
export function veilAll(sentence: string, names: string[]): string {
  const longest = [...new Set(names)].filter((name) => name.trim() !== '').sort((a, b) => b.length - a.length);
  return longest.reduce((text, name) => text.replaceAll(name, veil(name)), sentence);
}
