import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/remote/remote.js';
import { quote, renderLibrary, renderRequest } from '../../src/remote/script.js';

const NONCE = '0123456789abcdef0123456789abcdef';
const sh = (script: string) => spawnSync('/bin/sh', ['-s'], { input: script });

describe('quote', () => {
  it.each([
    ['plain-word_1.txt', 'plain-word_1.txt'],
    ['', "''"],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['$HOME `id` \\', "'$HOME `id` \\'"],
    ['~', "'~'"],
  ])('renders %j as %s', (word, quoted) => {
    expect(quote(word)).toBe(quoted);
  });

  it.each([
    ['NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('refuses %s', (_, word) => {
    expect(() => quote(word)).toThrow(/can not hold/);
  });

  it('survives a shell for any text', () => {
    fc.assert(
      fc.property(fc.array(word(), { minLength: 1, maxLength: 20 }), (words) => {
        const { stdout } = sh(`printf '%s\\0' ${words.map(quote).join(' ')}`);
        expect(stdout.toString()).toBe(words.map((each) => `${each}\0`).join(''));
      }),
      { numRuns: 40 },
    );
  });
});

describe('renderRequest', () => {
  const calls: Call[] = [
    { verb: 'say', args: ['one'] },
    { verb: 'swallow', args: [], input: Buffer.from('some input\n'.repeat(3)) },
    { verb: 'say', args: ["it's\ntwo"] },
  ];
  const library = renderLibrary('say() { printf "ran: %s\\n" "$1"; }\nswallow() { cat; }');
  const request = renderRequest(calls, NONCE);

  it('frames both streams and ends with the status', () => {
    const { stdout, stderr } = sh(library + request);
    expect(stdout.toString()).toBe(
      `${NONCE} begin\nran: one\n${'some input\n'.repeat(3)}ran: it's\ntwo\n${NONCE} end 0\n`,
    );
    expect(stderr.toString()).toBe(`${NONCE} begin\n${NONCE} end 0\n`);
  });

  it('runs nothing when it was cut off anywhere on the way', () => {
    for (let length = 0; length < request.trimEnd().length; length += 1) {
      const { stdout } = sh(library + request.slice(0, length));
      expect(stdout.toString(), `cut after ${length} characters`).toBe('');
    }
  }, 60_000);

  it('refuses a verb that is no plain name', () => {
    expect(() => renderRequest([{ verb: 'rm -rf', args: [] }], NONCE)).toThrow('not the name of a shell function');
  });

  it('refuses a nonce that could be guessed or could break out', () => {
    expect(() => renderRequest([], "'; reboot")).toThrow('nonce');
  });

  it('fails a call whose input could not be decoded, instead of feeding it nothing', () => {
    const broken = renderRequest([{ verb: 'swallow', args: [], input: Buffer.from('data') }], NONCE);
    const { stdout, stderr } = sh(`base64() { return 127; }\n${library}${broken}`);
    expect(stdout.toString()).toContain(`${NONCE} end 1`);
    expect(stderr.toString()).toContain('the input of swallow did not arrive whole');
  });
});

function word(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
}
