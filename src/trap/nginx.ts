/** One directive of nginx's configuration, with what its block holds. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block: readonly Directive[];
}

/** A remark, a quoted word, a mark, or a word. */
const TOKEN = /#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[;{}]|[^\s;{}"'#][^\s;{}]*|\n/g;

interface Open {
  readonly block: Directive[];
  words: { readonly text: string; readonly line: number }[];
}

/** The directives of a file, in order. What a brace too few or too many leaves open is taken as it stands. */
export function directivesIn(text: string): readonly Directive[] {
  const root: Open = { block: [], words: [] };
  const opened = [root];
  let line = 1;
  for (const [token] of text.matchAll(TOKEN)) {
    const here = opened.at(-1) ?? root;
    if (token === '{') opened.push({ block: ended(here, []), words: [] });
    else if (token === '}') opened.splice(1 + Math.max(opened.length - 2, 0));
    else if (token === ';') ended(here, []);
    else if (!/^[#\n]/.test(token)) here.words.push({ text: token.replace(/^(["'])([\s\S]*)\1$/, '$2'), line });
    line += token.split('\n').length - 1;
  }
  return root.block;
}

/** Ends a directive, and gives its block. */
function ended(open: Open, block: Directive[]): Directive[] {
  const [first, ...rest] = open.words;
  if (first !== undefined) {
    open.block.push({ name: first.text, args: rest.map(({ text }) => text), line: first.line, block });
  }
  open.words = [];
  return block;
}

/** Every directive of a name, however deep. */
export function everyDirective(directives: readonly Directive[], name: string): readonly Directive[] {
  const all = [...directives];
  for (const { block } of all) {
    for (const inner of block) all.push(inner);
  }
  return all.filter((each) => each.name === name);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `60`, `1m`, `1m30s`; `null` for what is no time. */
export function milliseconds(time: string): number | null {
  if (/^\d+$/.test(time)) return Number(time) * 1000;
  if (!/^(?:\d+(?:ms|[smhdw]))+$/.test(time)) return null;
  return [...time.matchAll(/(\d+)(ms|[smhdw])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
}
