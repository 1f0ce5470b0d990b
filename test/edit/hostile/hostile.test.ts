import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Answer, PlacedEdit } from '../../../src/edit/types.js';
import type { Input } from './filling.js';
import { INPUTS, LONG } from './inputs.js';
import { STARTS } from './starts.js';

const ALONE = fileURLToPath(new URL('alone.js', import.meta.url));
const MB = 1_000_000;

/** CPU time, which a busy machine does not add to; with the start of Node, the parsers, and the way of the files to them. */
const MOST_SECONDS = 1;
const MOST_BYTES = 300 * MB;
const MOST_SECONDS_OF_2000_LINES = 0.1;

interface Report {
  readonly answer: Answer<readonly PlacedEdit[]>;
  readonly turns: readonly number[];
  readonly seconds: number;
  readonly bytes: number;
}

function alone(input: Input, turns: number): Report {
  const run = spawnSync(process.execPath, [ALONE], {
    input: JSON.stringify({ ...input, turns }),
    encoding: 'utf8',
    maxBuffer: 100 * MB,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Report;
}

const named = (inputs: readonly Input[]) => inputs.map((input) => [input.what, input] as const);

describe('a file that was made to be slow', () => {
  it.each(named([...INPUTS, ...STARTS]))('%s: is edited or refused in a second', (_what, input) => {
    const { answer, seconds, bytes } = alone(input, 1);
    if (/10 MB/.test(input.what)) expect(answer).toMatchObject({ ok: false, refusal: { message: /larger than/ } });
    if (!answer.ok) {
      const { file = input.path, message, fix } = answer.refusal;
      expect(fix).not.toBe('');
      expect(message.length).toBeLessThan(300);
      if (/larger than/.test(message)) expect(`${file} ${message}`).toContain(input.hostile);
    }
    expect(seconds).toBeLessThan(MOST_SECONDS);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });
});

describe('a file of 2,000 lines', () => {
  it.each(named(LONG))('%s: is edited in a tenth of a second', (_what, input) => {
    const { answer, turns } = alone(input, 15);
    expect(answer).toMatchObject({ ok: true, value: { length: 1 } });
    // The fastest: the first ones also pay for the compiler of the engine.
    expect(Math.min(...turns)).toBeLessThan(MOST_SECONDS_OF_2000_LINES);
  });
});
