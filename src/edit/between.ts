import { diffLines } from 'diff';
import { applyByteEdits, decodeUtf8, toByteEdits } from './splice.js';
import type { ByteEdit, TextEdit } from './types.js';

/** What somebody changed from one version to the other, line by line, each as small as it can be; `null` where a version is no UTF-8. */
export function editsBetween(before: Buffer, after: Buffer): readonly ByteEdit[] | null {
  const [old, fresh] = [decodeUtf8(before), decodeUtf8(after)];
  if (!old.ok || !fresh.ok) return null;
  const edits = toByteEdits(old.value, textEdits(old.value, fresh.value));
  return applyByteEdits(before, edits).equals(after) ? edits : null;
}

function textEdits(before: string, after: string): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  let removed = '';
  let added = '';
  const close = () => {
    if (removed !== '' || added !== '') edits.push(narrowed(at - removed.length, removed, added));
    [removed, added] = ['', ''];
  };
  for (const part of diffLines(before, after)) {
    if (part.added === true) added += part.value;
    else if (part.removed === true) removed += part.value;
    else close();
    if (part.added !== true) at += part.value.length;
  }
  close();
  return edits;
}

/** Without what both have at their start and their end; whole characters. */
function narrowed(start: number, removed: string, added: string): TextEdit {
  const [old, fresh] = [Array.from(removed), Array.from(added)];
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const lead = old.slice(0, head).join('').length;
  const gone = old.slice(head, old.length - tail).join('').length;
  const text = fresh.slice(head, fresh.length - tail).join('');
  return { start: start + lead, end: start + lead + gone, text };
}
