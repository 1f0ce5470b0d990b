import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Remote } from '../../src/remote/remote.js';
import { problemOf } from '../support/session.js';

const MEGABYTES = 1024 * 1024;

/** What every implementation of the port owes its callers. */
export function itBehavesLikeARemote(remote: () => Remote): void {
  it('hands over any arguments exactly', async () => {
    const text = fc.string({ unit: 'binary' }).map((each) => each.replaceAll('\0', ''));
    const nasty = fc.constantFrom(
      '',
      '-',
      '--help',
      '-n',
      "'",
      '"',
      '\n',
      '\\',
      '$(id)',
      '\r\n',
      'é',
      '日本',
      '\u0081',
      '!!',
      '*',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(text, nasty), { minLength: 1, maxLength: 12 }), async (args) => {
        const { code, stdout } = await remote().run([{ verb: 'show_args', args }]);
        expect(code).toBe(0);
        expect(stdout.toString()).toBe(args.map((each) => `${each}\0`).join(''));
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('hands over binary input of megabytes, and takes it back', async () => {
    const input = randomBytes(5 * MEGABYTES);
    const { code, stdout } = await remote().run([{ verb: 'swallow', args: [], input }]);
    expect(code).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  }, 30_000);

  it.each([0, 1, 2, 767, 768, 769])('hands over %i bytes of input', async (length) => {
    const input = randomBytes(length);
    const { stdout } = await remote().run([{ verb: 'swallow', args: [], input }]);
    expect(stdout.equals(input)).toBe(true);
  });

  it('keeps stdout and stderr apart and whole', async () => {
    const result = await remote().run([{ verb: 'both', args: [] }]);
    expect(result).toEqual({ code: 0, stdout: Buffer.from('to stdout'), stderr: 'to stderr' });
  });

  it('stops at the first call that fails, and says with what', async () => {
    const calls = [
      { verb: 'show_args', args: ['first'] },
      { verb: 'leave', args: ['42'] },
      { verb: 'show_args', args: ['never'] },
    ];
    expect(await remote().run(calls)).toEqual({ code: 42, stdout: Buffer.from('first\0'), stderr: '' });
  });

  it('reports the status of a call that was fed', async () => {
    const { code } = await remote().run([{ verb: 'leave', args: ['7'], input: Buffer.from('unread') }]);
    expect(code).toBe(7);
  });

  it('runs nothing for no calls', async () => {
    expect(await remote().run([])).toEqual({ code: 0, stdout: Buffer.alloc(0), stderr: '' });
  });

  it('gives a call without input an empty one, not the script', async () => {
    const { stdout } = await remote().run([{ verb: 'read_input', args: [] }]);
    expect(stdout.toString()).toBe('end\n');
  });

  it('lets no request leave its variables or its folder to the next', async () => {
    await remote().run([{ verb: 'set_mark', args: ['here'] }]);
    const { stdout } = await remote().run([{ verb: 'get_mark', args: [] }]);
    expect(stdout.toString()).toBe('unset');
  });

  it('answers requests made at the same time one after the other', async () => {
    const naps = ['0.05', '0', '0.02'];
    const answers = await Promise.all(
      naps.map((each) =>
        remote().run([
          { verb: 'nap', args: [each] },
          { verb: 'show_args', args: [each] },
        ]),
      ),
    );
    expect(answers.map(({ stdout }) => stdout.toString())).toEqual(naps.map((each) => `${each}\0`));
  });

  it('still works after a request that could not be rendered', async () => {
    await expect(remote().run([{ verb: 'show_args', args: ['a\0b'] }])).rejects.toThrow('NUL');
    expect((await remote().run([{ verb: 'show_args', args: ['b'] }])).code).toBe(0);
  });

  it('calls a killed shell a lost line, for the request that ran and for all that follow', async () => {
    const [first, queued] = [
      remote().run([{ verb: 'die_in', args: [] }]),
      remote().run([{ verb: 'show_args', args: ['x'] }]),
    ];
    const problems = await Promise.all([problemOf(first), problemOf(queued)]);
    expect(problems.map(({ code }) => code)).toEqual(['line-lost', 'line-lost']);
    expect(problems[0]?.message).toContain(remote().address);
    expect(problems[0]?.fix).toContain('action-tune status');
  });
}
