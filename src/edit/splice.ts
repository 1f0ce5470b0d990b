import type { Answer, ByteEdit, PlacedEdit, Position, Surroundings, TextEdit } from './types.js';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Decodes strict UTF-8; a BOM stays in the text as U+FEFF. Refuses with the place of the first byte that does not fit. */
export function decodeUtf8(bytes: Uint8Array): Answer<string> {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return notUtf8(bytes);
  }
}

function notUtf8(bytes: Uint8Array): Answer<string> {
  const bad = firstBadByte(bytes);
  const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, bad));
  return {
    ok: false,
    refusal: {
      kind: 'unsupported',
      message: 'the file is not UTF-8 text',
      at: positionAt(before, before.length),
      found: Array.from(bytes.subarray(bad, bad + 2), hex).join(' '),
      fix: 'Save the file as UTF-8 (for Chinese text in GBK: iconv -f gbk -t utf-8), then run again',
    },
  };
}

function hex(byte: number): string {
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** A lossy decode puts U+FFFD where bytes don't fit, so its encoding first differs from the original inside that sequence. */
function firstBadByte(bytes: Uint8Array): number {
  const lossy = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  let at = lossy.findIndex((byte, index) => byte !== bytes[index]);
  while (isContinuation(lossy[at])) at -= 1;
  return at;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}

/** Applies edits that are in order. Throws (a bug) where they overlap, leave the text, or stand in another file. */
export function applyTextEdits(text: string, edits: readonly PlacedEdit[]): string {
  if (edits.some(({ file }) => file !== undefined)) throw new Error('an edit of another file');
  assertInOrder(edits, text.length);
  let at = 0;
  let result = '';
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** What a file and its surroundings are after edits that may stand in several files. */
export function applyPlacedEdits(
  text: string,
  edits: readonly PlacedEdit[],
  around: Surroundings,
): { readonly text: string; readonly around: Surroundings } {
  const files = new Set(edits.map(({ file }) => file));
  const changed = new Map<string | undefined, string>();
  for (const file of files) {
    const before = file === undefined ? text : (around.textOf(file) ?? '');
    changed.set(file, applyTextEdits(before, editsIn(edits, file)));
  }
  const textOf = (path: string) => changed.get(path === around.path ? undefined : path) ?? around.textOf(path);
  return { text: changed.get(undefined) ?? text, around: { ...around, textOf } };
}

/** The edits of one file, without its name; the editor's own where `file` is undefined. */
export function editsIn(edits: readonly PlacedEdit[], file: string | undefined): TextEdit[] {
  const own = edits.filter((edit) => edit.file === file).map(({ start, end, text }) => ({ start, end, text }));
  return own.sort((one, other) => one.start - other.start);
}

/** Turns UTF-16 ranges of `text` into the byte ranges of its UTF-8 form, in one pass. Throws (a bug) on bad ranges. */
export function toByteEdits(text: string, edits: readonly TextEdit[]): ByteEdit[] {
  assertInOrder(edits, text.length);
  let at = 0;
  let bytes = 0;
  const byteAt = (offset: number): number => {
    assertWholeCharacter(text, offset);
    bytes += Buffer.byteLength(text.slice(at, offset));
    at = offset;
    return bytes;
  };
  return edits.map((edit) => ({ start: byteAt(edit.start), end: byteAt(edit.end), text: edit.text }));
}

/** Applies edits that are in order. Throws (a bug) where they overlap or leave the file. */
export function applyByteEdits(bytes: Uint8Array, edits: readonly ByteEdit[]): Buffer {
  assertInOrder(edits, bytes.length);
  let at = 0;
  const parts: Uint8Array[] = [];
  for (const edit of edits) {
    parts.push(bytes.subarray(at, edit.start), Buffer.from(edit.text));
    at = edit.end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

/** The place of a UTF-16 offset. A BOM is no column; lines end in LF or CRLF. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = text.startsWith('\uFEFF') ? 1 : 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
    line += 1;
    lineStart = end + 1;
  }
  return { line, column: Math.max(offset - lineStart, 0) + 1 };
}

function assertInOrder(edits: readonly Range[], length: number): void {
  let at = 0;
  for (const { start, end } of edits) {
    if (!(Number.isInteger(start) && Number.isInteger(end))) throw new Error(`edit ${start}..${end} is no range`);
    if (start < at || end < start || end > length) {
      throw new Error(`edit ${start}..${end} overlaps another or lies outside 0..${length}`);
    }
    at = end;
  }
}

function assertWholeCharacter(text: string, offset: number): void {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  const splits = before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
  if (splits) throw new Error(`edit at ${offset} cuts a character in two`);
}
