import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/errors.js';
import type { Call, Remote, Result } from '../../src/remote/remote.js';
import { carryOut, type RunEdges } from '../../src/rollout/run.js';
import type { Upload } from '../../src/rollout/upload.js';

const library = {
  files: '',
  journal: '',
  progress: '',
  services: '',
  judge: '',
  validate: '',
  activate: '',
  container: '',
  watch: '',
  watcher: '',
  release: '',
  job: '',
  revert: '',
  probe: '',
};
const upload: Upload = {
  drafts: [],
  root: '/app',
  library,
  firstTouched: new Set(),
  state: '/state',
  folder: '/state/jobs/x',
  by: 'ana',
  command: 'apply',
  newestRelease: 0,
  confirmSeconds: 0,
};

const lost = () => new ProblemError({ code: 'line-lost', message: 'lost', fix: 'status' });
const say = (text: string): Result => ({ code: 0, stdout: Buffer.from(text), stderr: '' });

/** A line that answers each request with the next of `answers`, and keeps what was asked. */
function line(answers: readonly (string | Error)[]): Remote & { readonly asked: string[][] } {
  const left = [...answers];
  const asked: string[][] = [];
  return {
    address: 'test',
    asked,
    run: async (calls: readonly Call[]) => {
      asked.push(calls.map(({ verb }) => verb));
      const answer = left.shift() ?? '';
      if (answer instanceof Error) throw answer;
      return say(answer);
    },
    close: async () => undefined,
  };
}

function edges(remote: Remote, over: Partial<RunEdges> = {}): RunEdges {
  const reopen = () => Promise.reject(lost());
  return {
    remote,
    reopen,
    sleep: async () => undefined,
    interrupted: new AbortController().signal,
    told: () => undefined,
    say: () => undefined,
    ...over,
  };
}

describe('carryOut', () => {
  it('starts, follows, and clears up', async () => {
    const remote = line(['', 'say\twriting\nrunning\n', 'outcome\tapplied\n', '']);
    const said: string[] = [];
    const progress = await carryOut(upload, edges(remote, { say: (text) => said.push(text) }));
    expect(progress.outcome).toBe('applied');
    expect(said).toEqual(['writing']);
    expect(remote.asked.at(0)?.at(-1)).toBe('at_start');
    expect(remote.asked.slice(1)).toEqual([['at_follow'], ['at_follow'], ['at_clear']]);
  });

  it('finds the run again over a new line', async () => {
    const second = line(['outcome\tapplied\n', '']);
    const progress = await carryOut(upload, edges(line(['', lost()]), { reopen: async () => second }));
    expect(progress.outcome).toBe('applied');
  });

  it('says that nothing is known when the target can not be reached again', async () => {
    const waits: number[] = [];
    const sleep = async (ms: number) => void waits.push(ms);
    await expect(carryOut(upload, edges(line(['', lost()]), { sleep }))).rejects.toMatchObject({
      problems: [{ code: 'line-lost' }],
    });
    expect(waits).toEqual([1_000, 3_000, 9_000]);
  });

  it('asks the run to stop once, and still waits for its end', async () => {
    const controller = new AbortController();
    controller.abort();
    const remote = line(['', '', 'running\n', 'outcome\tinterrupted\n', '']);
    let told = 0;
    const progress = await carryOut(upload, edges(remote, { interrupted: controller.signal, told: () => (told += 1) }));
    expect(progress.outcome).toBe('interrupted');
    expect(remote.asked.slice(1)).toEqual([['at_interrupt'], ['at_follow'], ['at_follow'], ['at_clear']]);
    expect(told).toBe(1);
  });

  it('leaves nothing behind of an upload that did not fit', async () => {
    const remote = line([]);
    const full: Remote = {
      ...remote,
      run: async (calls) => {
        const answer = await remote.run(calls);
        return calls.some(({ verb }) => verb === 'at_put')
          ? { ...answer, code: 1, stderr: 'No space left on device' }
          : answer;
      },
    };
    await expect(carryOut(upload, edges(full))).rejects.toMatchObject({
      problems: [{ code: 'put-back', found: 'No space left on device' }],
    });
    expect(remote.asked.at(-1)).toEqual(['at_clear']);
  });
});
