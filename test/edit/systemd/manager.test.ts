import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Case, CORPUS, editorFor, expectedOf, filesOf, PATHS, settingOf, WANTED } from '../corpus.js';
import { outcomeIn } from '../project.js';
import { differing, isManagerThere, isPart, openManager, type Verdict } from './manager.js';

const UNITS = CORPUS.filter(({ kind }) => kind === 'unit');
/** What stands behind a unit, in a script or in code, is nothing to systemd. */
const EDITED = UNITS.filter((one) => one.refused === undefined && Object.keys(expectedOf(one)).some(isPart));
const manager = openManager();
afterAll(() => manager.close());

const OPTION = / --workers(?:=| )[^\s"]+/g;
const VALUE = /(?<=\b(?:W|WEB_CONCURRENCY)=)\d+/;

/** Complaints without what they quote of the command. */
function unquoted(verified: string): string {
  return verified.replace(/(escape sequences: ).*/g, '$1').replace(OPTION, '');
}

/** What the command or the variable behind it was, and is: all else is as before. */
function change(before: Verdict, after: Verdict): readonly [from: string, to: string] {
  expect(unquoted(after.verified)).toBe(unquoted(before.verified));
  const [gone, come] = differing(before.dump, after.dump);
  expect([gone.length, come.length], JSON.stringify([before.verified, gone, come])).toEqual([1, 1]);
  return [gone[0] ?? '', come[0] ?? ''];
}

describe.skipIf(!isManagerThere)('systemd', () => {
  it.each(EDITED.map((one) => [one.shape, one] as const))('takes the edited unit as before: %s', (_shape, one) => {
    const [before, after] = [manager.judge(filesOf(one)), manager.judge({ ...filesOf(one), ...expectedOf(one) })];
    expect(after.verified).toBe('0 ');
    const [from, to] = change(before, after);
    if (from.startsWith('Environment:')) return expect(to).toBe(from.replace(/=\d$/, '=2'));
    expect(to).toMatch(/^Command Line: .*--workers 2$/);
    expect(to.replace(OPTION, '')).toBe(from.replace(OPTION, ''));
  });

  const PIECES = [
    '',
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\\',
    '\\\n',
    '"',
    "'",
    '#',
    ';',
    '%%',
    '$$',
    '${W}',
    '[',
    ']',
    '=',
    '-',
    '@',
    ':',
    '+',
    '连',
    'Environment=W=3\n',
    'ExecStart=\n',
    '--workers 7',
    '[Service]\n',
    '# x\n',
  ];
  const mutant = fc
    .record({
      one: fc.constantFrom(...UNITS),
      at: fc.nat(),
      length: fc.constantFrom(0, 0, 1, 3),
      piece: fc.constantFrom(...PIECES),
    })
    .map(({ one, at, length, piece }): Case => {
      const place = at % (one.text.length + 1);
      return { ...one, text: one.text.slice(0, place) + piece + one.text.slice(place + length) };
    });

  it('takes whatever is edited of a damaged unit as before, too', () => {
    fc.assert(
      fc.property(mutant, (one) => {
        const files = filesOf(one);
        const outcome = outcomeIn(editorFor(one), PATHS.unit, files, WANTED.unit, settingOf(one));
        if (typeof outcome === 'string' || !Object.keys(outcome).some(isPart)) return;
        const [before, after] = [manager.judge(files), manager.judge({ ...files, ...outcome })];
        // What it does not run, for another reason than the option, it does not run afterwards for the same one.
        if (!before.dump.some((line) => line.startsWith('Command Line:'))) {
          expect(after).toEqual(before);
          return;
        }
        const [from, to] = change(before, after);
        expect(to.replace(OPTION, '').replace(VALUE, '')).toBe(from.replace(OPTION, '').replace(VALUE, ''));
      }),
      { numRuns: 100 },
    );
  });
});
