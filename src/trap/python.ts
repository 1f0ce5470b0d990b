import { basename } from 'node:path/posix';
import type { SourceText } from './trap.js';

/** A line of Python: as written, and as code alone, with comments and the insides of strings blanked. */
export interface Line {
  readonly number: number;
  readonly indent: number;
  readonly code: string;
  readonly text: string;
}

export interface PythonFunction {
  readonly name: string;
  readonly line: number;
  readonly isAsync: boolean;
  readonly decorators: readonly Line[];
  /** From `def` to the colon, on one line. */
  readonly header: string;
  readonly body: readonly Line[];
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

export function functionsOf(source: SourceText): readonly PythonFunction[] {
  const lines = linesOf(source);
  return lines.flatMap((line, index) => {
    const [, isAsync, name] = /^\s*(async\s+)?def\s+(\w+)\s*\(/.exec(line.code) ?? [];
    return name === undefined ? [] : [functionAt(lines, index, name, isAsync !== undefined)];
  });
}

function functionAt(lines: readonly Line[], start: number, name: string, isAsync: boolean): PythonFunction {
  const { indent = 0, number = 0 } = lines[start] ?? {};
  const end = closingOf(lines, start);
  const after = lines.slice(end + 1);
  const stop = after.findIndex((line) => line.code.trim() !== '' && line.indent <= indent);
  const header = lines
    .slice(start, end + 1)
    .map(({ code }) => code.trim())
    .join(' ');
  const body = stop === -1 ? after : after.slice(0, stop);
  return { name, line: number, isAsync, decorators: decoratorsOf(lines, start), header, body };
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

function decoratorsOf(lines: readonly Line[], start: number): readonly Line[] {
  const above: Line[] = [];
  for (let index = start - 1; lines[index]?.code.trimStart().startsWith('@') === true; index--) {
    above.unshift(lines[index] as Line);
  }
  return above;
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
