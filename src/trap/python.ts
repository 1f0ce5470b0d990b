import { basename } from 'node:path/posix';
import type { SourceText } from './trap.js';

/** A line of Python: as written, and as code alone, with comments and the insides of strings blanked. */
export interface Line {
  readonly number: number;
  readonly indent: number;
  readonly code: string;
  readonly text: string;
}

/** A string literal or a comment, whichever begins first. */
const OPAQUE = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|#[^\n]*/g;

export function linesOf({ text }: SourceText): readonly Line[] {
  const code = text
    .replace(OPAQUE, (found) => found.replace(found.startsWith('#') ? /[^\n]/g : /[^\n"']/g, ' '))
    .split('\n');
  return text.split('\n').map((line, index) => ({
    number: index + 1,
    indent: line.length - line.trimStart().length,
    code: code[index] ?? '',
    text: line,
  }));
}

/** The line on which as many brackets are closed as were opened since `start`. */
function closingOf(lines: readonly Line[], start: number): number {
  let open = 0;
  for (let index = start; index < lines.length; index++) {
    for (const char of lines[index]?.code ?? '') {
      if ('([{'.includes(char)) open++;
      if (')]}'.includes(char)) open--;
    }
    if (open <= 0) return index;
  }
  return lines.length - 1;
}

/** A call's arguments, from its bracket to the one that closes it, as code. */
export function argumentsAt(source: SourceText, line: Line): string {
  const lines = linesOf(source);
  const start = line.number - 1;
  return lines
    .slice(start, closingOf(lines, start) + 1)
    .map(({ code }) => code)
    .join('\n');
}

/** The sources that Python imports, one by the other, from those that `isRoot` picks. */
export function importedBy(
  sources: readonly SourceText[],
  isRoot: (source: SourceText) => boolean,
): readonly SourceText[] {
  const found = new Set(sources.filter(isRoot));
  for (const source of found) {
    for (const module of modulesIn(source)) {
      for (const other of sources) if (isModule(other.path, module)) found.add(other);
    }
  }
  return [...found];
}

function modulesIn(source: SourceText): readonly string[] {
  return linesOf(source).flatMap(({ code }) => {
    const [, from, names] = /^\s*from\s+([\w.]+)\s+import\s+(.*)/.exec(code) ?? [];
    const [, plain] = /^\s*import\s+([\w.]+)/.exec(code) ?? [];
    if (plain !== undefined) return [plain];
    if (from === undefined) return [];
    return [
      from,
      ...(names ?? '')
        .split(/[^\w]+/)
        .filter(Boolean)
        .map((name) => `${from}.${name}`),
    ];
  });
}

function isModule(path: string, module: string): boolean {
  const name = module.replace(/^\.+/, '').replaceAll('.', '/');
  if (name === '') return false;
  const file = basename(path) === '__init__.py' ? path.slice(0, -'/__init__.py'.length) : path.replace(/\.py$/, '');
  return `/${file}`.endsWith(`/${name}`);
}
