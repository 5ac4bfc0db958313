// A long picture for forwarding: what stands where is worked out here, from words that are ready, and then painted on a
// canvas of the browser. Nothing leaves the machine.

import { fontFamily } from '../../theme/tokens';

export interface PosterNumber { name: string; figure: string; note: string }
export interface PosterLine { text: string; aside?: string; done?: boolean }
export interface PosterPart { title: string; lines: PosterLine[]; none: string }

/** What is told, in words that are ready to be drawn. */
export interface PosterWords {
  firm: string;
  title: string;
  span: string;
  numbers: PosterNumber[];
  parts: PosterPart[];
  foot: string;
}

export interface PosterColours { paper: string; card: string; ink: string; soft: string; quiet: string; accent: string }

type Mark =
  | { kind: 'box'; x: number; y: number; w: number; h: number; colour: string; round: number }
  | { kind: 'words'; x: number; y: number; text: string; size: number; colour: string; bold: boolean; right: boolean }
  | { kind: 'dot'; x: number; y: number; colour: string; filled: boolean };

export interface Poster { width: number; height: number; marks: Mark[] }

/** How wide a text is at a size. */
export type Measure = (text: string, size: number, bold: boolean) => number;

const WIDTH = 750;
const EDGE = 40;
const INNER = 28;
const SIZES = { title: 34, figure: 44, head: 26, text: 24, small: 20 };
const GAP = 24;

/** Breaks a text where it would be too wide; a line is never empty. */
export function broken(text: string, width: number, size: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  // Latin words stay whole, Chinese breaks anywhere but before its stops.
  for (const piece of text.match(/[\u2e80-\uffff][，。、；：！？）”]*|[^\u2e80-\uffff\s]+\s?|\s/g) ?? []) {
    if (line !== '' && measure(line + piece.trimEnd(), size, false) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return line.trim() === '' && lines.length > 0 ? lines : [...lines, line.trimEnd()];
}

/** Where everything stands. */
export function composed(words: PosterWords, colours: PosterColours, measure: Measure): Poster {
  const marks: Mark[] = [];
  const put = (text: string, x: number, y: number, size: number, colour: string, more: { bold?: boolean; right?: boolean } = {}) =>
    marks.push({ kind: 'words', x, y, text, size, colour, bold: more.bold ?? false, right: more.right ?? false });
  let y = EDGE + SIZES.title;
  put(words.title, EDGE, y, SIZES.title, colours.ink, { bold: true });
  y += 38;
  put(words.firm, EDGE, y, SIZES.text, colours.soft);
  put(words.span, WIDTH - EDGE, y, SIZES.text, colours.soft, { right: true });
  y += GAP;
  y = numbers(words.numbers, y, colours, put, marks);
  for (const part of words.parts) y = partAt(part, y, colours, measure, put, marks);
  put(words.foot, WIDTH / 2 + measure(words.foot, SIZES.small, false) / 2, y + SIZES.small + 8, SIZES.small, colours.quiet, { right: true });
  return { width: WIDTH, height: y + SIZES.small + 8 + EDGE, marks };
}

type Put = (text: string, x: number, y: number, size: number, colour: string, more?: { bold?: boolean; right?: boolean }) => void;

function numbers(all: PosterNumber[], top: number, colours: PosterColours, put: Put, marks: Mark[]): number {
  const rows = Math.ceil(all.length / 3);
  const height = 148;
  const width = (WIDTH - 2 * EDGE - 2 * 12) / 3;
  all.forEach((one, index) => {
    const x = EDGE + (index % 3) * (width + 12);
    const y = top + Math.floor(index / 3) * (height + 12);
    marks.push({ kind: 'box', x, y, w: width, h: height, colour: colours.card, round: 16 });
    put(one.name, x + 20, y + 38, SIZES.small, colours.soft);
    put(one.figure, x + 20, y + 92, SIZES.figure, colours.ink, { bold: true });
    put(one.note, x + 20, y + 126, 18, colours.quiet);
  });
  return top + rows * (height + 12) - 12 + GAP;
}

function partAt(part: PosterPart, top: number, colours: PosterColours, measure: Measure, put: Put, marks: Mark[]): number {
  const box: Mark = { kind: 'box', x: EDGE, y: top, w: WIDTH - 2 * EDGE, h: 0, colour: colours.card, round: 16 };
  marks.push(box);
  let y = top + 46;
  put(part.title, EDGE + INNER, y, SIZES.head, colours.accent, { bold: true });
  if (part.lines.length === 0) {
    y += 40;
    put(part.none, EDGE + INNER, y, SIZES.text, colours.quiet);
  }
  for (const line of part.lines) {
    const begins = EDGE + INNER + (line.done === undefined ? 0 : 34);
    const aside = line.aside ? measure(line.aside, SIZES.small, false) + 20 : 0;
    const rows = broken(line.text, WIDTH - EDGE - INNER - begins - aside, SIZES.text, measure);
    rows.forEach((text, index) => {
      y += index === 0 ? 44 : 34;
      put(text, begins, y, SIZES.text, colours.ink);
      if (index > 0) return;
      if (line.done !== undefined) marks.push({ kind: 'dot', x: EDGE + INNER + 10, y: y - 9, colour: line.done ? colours.accent : colours.quiet, filled: line.done });
      if (line.aside) put(line.aside, WIDTH - EDGE - INNER, y, SIZES.small, colours.quiet, { right: true });
    });
  }
  y += 30;
  box.h = y - top;
  return y + GAP;
}

const font = (size: number, bold: boolean) => `${bold ? '600 ' : ''}${size}px ${fontFamily}`;

/** Draws it, twice as fine as a screen of old, and gives the canvas. */
export function painted(words: PosterWords, colours: PosterColours): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (!pen) return canvas;
  const measure: Measure = (text, size, bold) => {
    pen.font = font(size, bold);
    return pen.measureText(text).width;
  };
  const poster = composed(words, colours, measure);
  const scale = 2;
  [canvas.width, canvas.height] = [poster.width * scale, Math.ceil(poster.height) * scale];
  pen.scale(scale, scale);
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, poster.width, poster.height);
  for (const mark of poster.marks) {
    pen.fillStyle = mark.colour;
    if (mark.kind === 'words') {
      pen.font = font(mark.size, mark.bold);
      pen.textAlign = mark.right ? 'right' : 'left';
      pen.fillText(mark.text, mark.x, mark.y);
      continue;
    }
    pen.beginPath();
    if (mark.kind === 'box') {
      pen.roundRect(mark.x, mark.y, mark.w, mark.h, mark.round);
      pen.fill();
      continue;
    }
    pen.arc(mark.x, mark.y, 8, 0, Math.PI * 2);
    pen.strokeStyle = mark.colour;
    pen.lineWidth = 2.5;
    if (mark.filled) pen.fill();
    else pen.stroke();
  }
  return canvas;
}
