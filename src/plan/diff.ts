import { createTwoFilesPatch } from 'diff';
import { blankSecrets } from '../secrets.js';
import type { FileRole } from '../settings.js';
import { maskContext, maskPython } from './mask.js';

const CONTEXT_LINES = 2;

interface FileText {
  readonly role: FileRole;
  readonly path: string;
  /** `null`: not there yet. */
  readonly before: string | null;
  readonly after: string;
}

/** A unified diff for reading, without what may be a secret. Not for applying: the edits are. */
export function diffOf({ role, path, before, after }: FileText): string {
  const isPython = role === 'database' || role === 'redis';
  const shown = isPython ? maskPython : (text: string) => text;
  const from = before === null ? '/dev/null' : path;
  const patch = createTwoFilesPatch(from, path, shown(before ?? ''), shown(after), undefined, undefined, {
    context: CONTEXT_LINES,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  return isPython ? patch : patch.split('\n').map(maskLine).join('\n');
}

/** The first two lines name the file; a changed line must be read to be agreed to. */
function maskLine(line: string, index: number): string {
  if (index < 2 || line.startsWith('@@')) return line;
  return line.startsWith(' ') ? ` ${maskContext(line.slice(1))}` : blankSecrets(line);
}
