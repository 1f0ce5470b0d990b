import { addAll, type Char, type Chars, plainChars, spelled, textOf, withKnown } from '../command/chars.js';
import { commandsOf, lineCommand } from '../command/command.js';
import { scriptCommands } from '../command/script.js';
import type { Group } from './group.js';

interface Rule {
  readonly targets: readonly string[];
  readonly needs: readonly string[];
  readonly lines: readonly Chars[];
}

/** What a Makefile runs for its targets, and for what they need; each line has a shell of its own. */
export function makefileGroups(text: string, targets: readonly string[]): readonly Group[] {
  const rules = rulesOf(text);
  const first = rules.find(({ targets: [name] }) => name !== undefined && !name.startsWith('.'));
  const asked = targets.length > 0 ? targets : (first?.targets ?? []);
  const needs = needsOf(rules);
  const wanted = new Set(asked);
  // A set that grows is walked to its end.
  for (const name of wanted) for (const list of needs.get(name) ?? []) for (const need of list) wanted.add(need);
  const run = rules.filter((rule) => rule.targets.some((name) => wanted.has(name)));
  return run
    .flatMap(({ lines }) => lines)
    .map((line) => ({
      commands: scriptCommands(expanded(line)).flatMap((words) => commandsOf(lineCommand(words))),
      open: true,
    }));
}

/** What each target needs: one list for each rule that names it. */
function needsOf(rules: readonly Rule[]): ReadonlyMap<string, ReadonlySet<readonly string[]>> {
  const found = new Map<string, Set<readonly string[]>>();
  for (const { targets, needs } of rules) {
    for (const name of targets) {
      const lists = found.get(name) ?? new Set();
      found.set(name, lists.add(needs));
    }
  }
  return found;
}

function rulesOf(text: string): readonly Rule[] {
  const rules: { targets: string[]; needs: string[]; lines: Chars[] }[] = [];
  for (const { chars, line } of linesOf(text)) {
    const rule = /^([^\s:=#][^:=#]*):(?![:=])([^#=]*)/.exec(line);
    if (line.startsWith('\t')) rules.at(-1)?.lines.push(recipe(chars, line));
    else if (rule !== null) rules.push({ targets: wordsOf(rule[1]), needs: wordsOf(rule[2]), lines: [] });
  }
  return rules;
}

function wordsOf(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '' && word !== '|');
}

/** `@`, `-` and `+` in front are for make. */
function recipe(chars: Chars, line: string): Chars {
  return chars.slice(/^\t[\s@+-]*/.exec(line)?.[0].length ?? 1);
}

function linesOf(text: string): readonly { readonly chars: Chars; readonly line: string }[] {
  const lines: { chars: Chars; line: string }[] = [];
  let pending: Char[] = [];
  let at = 0;
  for (const written of text.split('\n')) {
    const line = written.replace(/\r$/, '');
    const continues = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    const kept = continues ? line.slice(0, -1) : line;
    addAll(pending, plainChars(kept, at));
    if (continues) pending.push(spelled(' ', at + kept.length, at + line.length));
    else {
      lines.push({ chars: pending, line: textOf(pending) });
      pending = [];
    }
    at += written.length + 1;
  }
  return lines;
}

/** `$$` is the shell's dollar; everything else behind a dollar is known to make alone. */
function expanded(chars: Chars): Chars {
  return withKnown(chars, /\$(?:\$|\([^()]*\)|\{[^{}]*\}|[^\s({])/g, { written: '$$', means: '$' });
}
