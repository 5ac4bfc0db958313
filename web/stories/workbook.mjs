// A workbook changed as a person would change it: other text in some cells, everything else byte for byte as it was.

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

const ENTRY = 0x02014b50;
const END = 0x06054b50;
const LOCAL = 0x04034b50;

/** What is packed in an archive, in its order. */
function unpacked(bytes) {
  let end = bytes.length - 22;
  while (bytes.readUInt32LE(end) !== END) end -= 1;
  const parts = [];
  for (let at = bytes.readUInt32LE(end + 16), left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== ENTRY) throw new Error('not an archive');
    const [name, extra, note] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const from = bytes.readUInt32LE(at + 42);
    const start = from + 30 + bytes.readUInt16LE(from + 26) + bytes.readUInt16LE(from + 28);
    const packed = bytes.subarray(start, start + bytes.readUInt32LE(at + 20));
    parts.push({ name: bytes.toString('utf8', at + 46, at + 46 + name), data: bytes.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed) });
    at += 46 + name + extra + note;
  }
  return parts;
}

function packed(parts) {
  const bodies = [];
  const entries = [];
  let at = 0;
  for (const { name, data } of parts) {
    const [title, small] = [Buffer.from(name), deflateRawSync(data)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(small.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(title.length, 22);
    const [local, entry] = [Buffer.alloc(4), Buffer.alloc(6)];
    local.writeUInt32LE(LOCAL);
    entry.writeUInt32LE(ENTRY);
    entry.writeUInt16LE(20, 4);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    entries.push(Buffer.concat([entry, common, rest, title]));
    bodies.push(Buffer.concat([local, common, title, small]));
    at += 30 + title.length + small.length;
  }
  const list = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, list, end]);
}

/** The workbook with other text in cells of its first sheet: `{ K2: 'VIP' }`. */
export function changed(bytes, cells) {
  const parts = unpacked(bytes);
  const sheet = parts.find((part) => part.name === 'xl/worksheets/sheet1.xml');
  let text = sheet.data.toString('utf8');
  for (const [cell, words] of Object.entries(cells)) {
    const is = new RegExp(`<c r="${cell}"( s="\\d+")?[^>]*?(?:/>|>.*?</c>)`);
    if (!is.test(text)) throw new Error(`there is no cell ${cell}`);
    text = text.replace(is, (_, style) => `<c r="${cell}"${style ?? ''} t="inlineStr"><is><t>${words}</t></is></c>`);
  }
  sheet.data = Buffer.from(text);
  return packed(parts);
}
