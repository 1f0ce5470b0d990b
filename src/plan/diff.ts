import { createTwoFilesPatch } from 'diff';
import type { TextEdit } from '../edit/types.js';
import type { FileRole } from '../settings.js';
import { maskChanged, maskContext, maskPython } from './mask.js';

const CONTEXT_LINES = 2;

interface FileText {
  readonly role: FileRole;
  readonly path: string;
  /** `null`: not there yet. */
  readonly before: string | null;
  readonly after: string;
  /** Where the two differ, in UTF-16 units of the version before. */
  readonly edits?: readonly TextEdit[];
}

/** A unified diff for reading, without what may be a secret. Not for applying: the edits are. */
export function diffOf({ role, path, before, after, edits = [] }: FileText): string {
  const isPython = PYTHON.has(role) || path.endsWith('.py');
  const [old, fresh] = isPython
    ? [
        maskPython(
          before ?? '',
          edits.map(({ start }) => start),
        ),
        maskPython(after, startsAfter(edits)),
      ]
    : [before ?? '', after];
  const from = before === null ? '/dev/null' : path;
  const patch = createTwoFilesPatch(from, path, old, fresh, undefined, undefined, {
    context: CONTEXT_LINES,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  return isPython ? patch : masked(patch.split('\n')).join('\n');
}

const PYTHON: ReadonlySet<FileRole> = new Set<FileRole>(['database', 'redis', 'settings']);

function startsAfter(edits: readonly TextEdit[]): readonly number[] {
  let shift = 0;
  return edits.map(({ start, end, text }) => {
    const at = start + shift;
    shift += text.length - (end - start);
    return at;
  });
}

/** The first two lines name the file; a changed line must be read to be agreed to. */
function masked(lines: readonly string[]): readonly string[] {
  const [removed, added] = [contentsOf(lines, '-'), contentsOf(lines, '+')];
  return lines.map((line, index) => {
    if (index < 2 || line.startsWith('@@') || line.startsWith('\\')) return line;
    const [sign, content] = [line.charAt(0), line.slice(1)];
    // A last line that is only given its newline does not change in itself.
    const isSame = removed.has(content) && added.has(content);
    return sign === ' ' || isSame ? `${sign}${maskContext(content)}` : maskChanged(line);
  });
}

function contentsOf(lines: readonly string[], sign: string): ReadonlySet<string> {
  return new Set(lines.slice(2).flatMap((line) => (line.startsWith(sign) ? [line.slice(1)] : [])));
}
