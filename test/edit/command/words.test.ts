import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainChars, textOf } from '../../../src/edit/command/chars.js';
import { composeWords } from '../../../src/edit/command/composewords.js';
import { Refused } from '../../../src/edit/command/refused.js';
import { scriptCommands } from '../../../src/edit/command/script.js';
import { expandWord, systemdWords } from '../../../src/edit/command/systemdwords.js';
import type { Word } from '../../../src/edit/command/word.js';

function texts(words: readonly Word[]): string[] {
  return words.map((word) => word.text);
}

function runs(program: string): boolean {
  const there = spawnSync(program, ['-c', ''], { stdio: 'ignore' }).status === 0;
  if (!there) console.warn(`skipped: ${program} is not installed, so no words are checked against it`);
  return there;
}

/** Text made of what matters to a splitter of words. */
const awkward = fc
  .array(fc.constantFrom('a', 'b', '-', '=', ' ', '  ', '\t', '\n', '"', "'", '\\', '#', '$', '中', '🚀'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe('compose words', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    [`a"b c"d 'e f' ""`, ['ab cd', 'e f', '']],
    [`"it's" '"x"'`, ["it's", '"x"']],
    ['a\\"b "c\\"d" \'e\\f\'', ['a"b', 'c"d', 'e\\f']],
    ['"a;b&&c" (', null],
    ['a; b', null],
    ['a \\\nb', null],
    ['`a`', null],
    ['a "b', null],
  ])('%j', (text, words) => {
    const split = () => texts(composeWords(plainChars(text, 0)));
    if (words === null) expect(split).toThrow(Refused);
    else expect(split()).toEqual(words);
  });

  it.skipIf(!runs('python3'))("agree with Python's shlex, which compose 1 uses, wherever they are not refused", () => {
    const samples = fc.sample(awkward, 400);
    const script = `import json,shlex,sys
def split(s):
    try: return shlex.split(s)
    except ValueError: return None
print(json.dumps([split(s) for s in json.load(sys.stdin)]))`;
    const { stdout } = spawnSync('python3', ['-c', script], { input: JSON.stringify(samples) });
    const theirs = JSON.parse(String(stdout)) as (string[] | null)[];
    let compared = 0;
    for (const [index, sample] of samples.entries()) {
      // In double quotes compose 2 drops every backslash, Python only those before a quote or a backslash.
      if (/\\[^"\\]/.test(sample)) continue;
      const ours = attempt(() => texts(composeWords(plainChars(sample, 0))));
      if (ours === undefined) continue;
      expect(ours).toEqual(theirs[index]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(50);
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

describe('systemd words', () => {
  // As systemd 252 dumps them.
  it.each([
    [String.raw`a"b c"d 'e f' \x41 g\qh "i\tj"`, ['ab cd', 'e f', 'A', String.raw`g\qh`, 'i\tj']],
    [String.raw`sh -c "x \"y\" 'z'"`, ['sh', '-c', `x "y" 'z'`]],
    [String.raw`a \ b x\ y`, ['a', String.raw`\ b`, String.raw`x\ y`]],
    [String.raw`w\\ \101 a\sb \u4e2d`, ['w\\', 'A', 'a b', '中']],
  ])('%s', (text, words) => {
    expect(texts(systemdWords(plainChars(text, 0)))).toEqual(words);
  });

  it.each([
    ['%%', '%', false, true],
    ['a%i', 'a%i', true, true],
    ['$$', '$', false, true],
    ['$$', '$$', false, false],
    [`\${A}`, `\${A}`, true, true],
    ['$A', '$A', true, true],
    ['x$A', 'x$A', false, true],
    ['$A', '$A', false, false],
  ])('%s becomes %s', (text, expanded, opaque, variables) => {
    const [word] = systemdWords(plainChars(text, 0));
    expect(expandWord(word as Word, variables)).toMatchObject({ text: expanded, opaque });
  });
});

describe('script words', () => {
  it.each([
    ['a && b || c; d & e | f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['a >x 2>&1 b </dev/null &>z', ['a b']],
    ['a # b\nc#d', ['a', 'c#d']],
    ['(a; b)', ['a', 'b']],
    ['a \\\n  b', ['a b']],
    [`a "b 'c'" 'd "e"' f\\ g`, [`a b 'c' d "e" f g`]],
    [`a \${B:-"}"} $(c "d)" \\) e) \`f\` $9 $`, [`a \${B:-"}"} $(c "d)" \\) e) \`f\` $9 $`]],
  ])('%j', (script, commands) => {
    expect(scriptCommands(plainChars(script, 0)).map((words) => texts(words).join(' '))).toEqual(commands);
  });

  it.each(['f() { a; }', 'case a in b) c;; esac', 'cat <<E', 'a "b', "a 'b", 'a $(b', '(a', "$'a'", 'a )'])(
    'refuse %j',
    (script) => {
      expect(() => scriptCommands(plainChars(script, 0))).toThrow(Refused);
    },
  );

  it.skipIf(!runs('sh'))('agree with sh, wherever nothing is expanded', () => {
    const samples = fc.sample(awkward, 120).filter((sample) => !/[$#\n]/.test(sample));
    for (const sample of samples) {
      const ours = attempt(() => scriptCommands(plainChars(`show ${sample}`, 0)).map(texts));
      const show = 'show() { for word; do printf "%s\\0" "$word"; done; }';
      const { stdout, status } = spawnSync('sh', ['-c', `${show}\nshow ${sample}`]);
      if (ours === undefined) expect(status).not.toBe(0);
      // A backslash at the very end has no meaning that shells agree on.
      else if (!/\\$/.test(sample)) expect(ours.flat().slice(1)).toEqual(String(stdout).split('\0').slice(0, -1));
    }
  });
});

it('spells every character of every word where it stands', () => {
  fc.assert(
    fc.property(awkward, (text) => {
      const words = attempt(() => composeWords(plainChars(text, 7))) ?? [];
      let end = 7;
      for (const word of words) {
        expect(word.start).toBeGreaterThanOrEqual(end);
        end = word.end;
        expect(text.slice(word.start - 7, word.end - 7)).not.toBe('');
        for (const char of word.chars) expect(text.slice(char.start - 7, char.end - 7)).toContain(textOf([char]));
      }
    }),
  );
});
