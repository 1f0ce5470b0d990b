import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/edit/sha256.js';
import { ProblemError } from '../../src/errors.js';
import type { JournalEntry, ReleaseFile } from '../../src/journal/entry.js';
import { readHistory } from '../../src/journal/history.js';
import { copyName, neededCopies, planReturn } from '../../src/rollback/plan.js';
import type { TargetFile } from '../../src/target/facts.js';
import { ended, file, started } from '../journal/build.js';

const PATH = '/srv/app/docker-compose.yml';
const t0 = 'a: uvicorn\nb: celery\n';
const t1 = 'a: uvicorn --workers 2\nb: celery\n';
const t2 = 'a: uvicorn --workers 2\nb: celery -c 2\n';

function change(before: string | null, after: string | null, edits: ReleaseFile['edits'] = []): ReleaseFile {
  const hash = (text: string | null) => (text === null ? null : sha256(text));
  return file(PATH, hash(before), hash(after), edits);
}

const two: readonly JournalEntry[] = [
  started(1, { stages: ['uvicorn-workers'], files: [change(t0, t1, [{ start: 10, end: 10, text: ' --workers 2' }])] }),
  ended(1, 'applied'),
  started(2, { stages: ['celery-workers'], files: [change(t1, t2, [{ start: 32, end: 32, text: ' -c 2' }])] }),
  ended(2, 'applied'),
];

function onTarget(text: string | null): ReadonlyMap<string, TargetFile> {
  const found = {
    role: PATH,
    path: PATH,
    writable: true,
    readOnly: false,
    mode: '640',
    owner: '5:5',
    links: 1,
    bytes: 1,
    mounted: false,
  };
  if (text === null) return new Map([[PATH, { ...found, kind: 'missing', content: null }]]);
  return new Map([[PATH, { ...found, kind: 'file', content: Buffer.from(text) }]]);
}

function goBack(
  entries: readonly JournalEntry[],
  ids: readonly number[],
  now: string | null,
  copy: string | null,
  overDrift = false,
) {
  const history = readHistory(entries);
  const undo = history.releases.filter(({ id }) => ids.includes(id)).toReversed();
  const names = [...neededCopies(history, undo).keys()];
  const copies = new Map(names.map((name) => [name, copy === null ? null : Buffer.from(copy)]));
  return planReturn({ history, undo, now: onTarget(now), copies, overDrift, state: '/state' }).map(
    ({ after, mode, owner }) => ({
      after: after?.toString() ?? null,
      mode,
      owner,
    }),
  );
}

function problems(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ code }) => code);
    throw error;
  }
}

describe('planReturn', () => {
  it('takes the newest out, with the attributes of the original', () => {
    expect(goBack(two, [2], t2, t0)).toEqual([{ after: t1, mode: '644', owner: '0:0' }]);
  });

  it('takes an older one out from under a newer one', () => {
    expect(goBack(two, [1], t2, t0)[0]?.after).toBe('a: uvicorn\nb: celery -c 2\n');
  });

  it('gives the original back when everything is taken out', () => {
    expect(goBack(two, [1, 2], t2, t0)[0]?.after).toBe(t0);
  });

  it('removes a file that was created', () => {
    const created = [started(1, { files: [change(null, t0, [{ start: 0, end: 0, text: t0 }])] }), ended(1, 'applied')];
    expect(goBack(created, [1], t0, null)[0]?.after).toBeNull();
    // Also where somebody did so already.
    expect(goBack(created, [1], null, null)).toEqual([{ after: null, mode: '644', owner: '0:0' }]);
  });

  it('never goes over what somebody else wrote, or brings back what somebody removed', () => {
    expect(problems(() => goBack(two, [2], `${t2}# mine\n`, t0))).toEqual(['drift']);
    expect(problems(() => goBack(two, [2], null, t0))).toEqual(['drift']);
  });

  it('refuses one on which a newer release stands, naming it', () => {
    const raised = change(t1, t1.replace('2', '4'), [{ start: 21, end: 22, text: '4' }]);
    const entries = [...two.slice(0, 2), started(2, { files: [raised] }), ended(2, 'applied')];
    expect(problems(() => goBack(entries, [1], t1.replace('2', '4'), t0))).toEqual(['order']);
  });

  it('puts a cut-off release back from its own copy, whether its file was written or not', () => {
    const cut = [...two.slice(0, 2), two[2] as JournalEntry];
    expect(goBack(cut, [2], t2, t1)[0]?.after).toBe(t1);
    expect(goBack(cut, [2], t1, t1)).toEqual([]);
    expect(problems(() => goBack(cut, [2], 'else', t1))).toEqual(['drift']);
  });

  it('takes a cut-off release and a cut-off way back from it together, to before the first', () => {
    const cut = [
      ...two.slice(0, 3),
      ended(2, 'stuck'),
      started(3, { kind: 'rollback', undoes: [2], files: [change(t2, t1)] }),
      ended(3, 'stuck'),
    ];
    expect(goBack(cut, [2, 3], t2, t1)[0]?.after).toBe(t1);
    expect(goBack(cut, [2, 3], t1, t1)).toEqual([]);
  });

  it('asks for the copy that the layers start from', () => {
    const history = readHistory(two);
    expect([...neededCopies(history, history.releases).keys()]).toEqual([copyName(1, PATH)]);
  });

  describe('where somebody has put the file back by hand', () => {
    const back = (ids: readonly number[], now: string, copy: string | null = t0) => {
      const history = readHistory(two);
      const undo = history.releases.filter(({ id }) => ids.includes(id)).toReversed();
      const copies = new Map([...neededCopies(history, undo).keys()].map((name) => [name, copy && Buffer.from(copy)]));
      const given = {
        history,
        undo,
        now: onTarget(now),
        copies: copies as ReadonlyMap<string, Buffer | null>,
        state: '/state',
      };
      return planReturn(given).map(({ before, after, left }) => [before, after, left].map((each) => each?.toString()));
    };

    it('leaves it as it is, and knows what the processes still have', () => {
      expect(back([2], t1)).toEqual([[t1, t1, t2]]);
      expect(back([1, 2], t0)).toEqual([[t0, t0, t2]]);
    });

    it('needs no copy for that, where all goes back', () => {
      expect(back([1, 2], t0, null)).toEqual([[t0, t0, undefined]]);
      expect(problems(() => back([2], t1, null))).toEqual(['release']);
    });

    it('has nothing to know where nobody did', () => {
      expect(back([2], t2)).toEqual([[t2, t1, undefined]]);
    });
  });

  describe('says what to do', () => {
    const cut = [...two.slice(0, 2), two[2] as JournalEntry];
    const first = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        if (error instanceof ProblemError) return error.problems[0];
        throw error;
      }
      return undefined;
    };

    it.each([
      ['gone', null],
      ['not what it was', 'else\n'],
    ])('where the copy of the file is %s, and never takes the file away for it', (what, copy) => {
      for (const over of [false, true]) {
        expect(first(() => goBack(two, [2], t2, copy, over))).toMatchObject({
          code: 'release',
          place: { file: PATH },
          message: `the copy that release 1 kept of the file is ${what}`,
          fix: expect.stringContaining(`/state/releases/0/before${PATH}`),
        });
        expect(first(() => goBack(cut, [2], t2, copy, over))).toMatchObject({
          code: 'release',
          expected: `/state/releases/2/before${PATH} with sha256 ${sha256(t1)}`,
        });
      }
      expect(goBack(cut, [2], t1, copy)).toEqual([]);
    });

    it('where the file is gone: the release that wrote it last has it', () => {
      for (const over of [false, true]) {
        expect(first(() => goBack(two, [1], null, t0, over))).toMatchObject({
          code: 'drift',
          message: expect.stringContaining('removed'),
          fix: expect.stringContaining(`/state/releases/2/after${PATH}`),
        });
        expect(first(() => goBack(cut, [2], null, t1, over))?.fix).toContain(`releases/2/after${PATH}`);
      }
    });

    it('where it was changed in the very place', () => {
      const there = t2.replace('-c 2', '-c 3');
      expect(first(() => goBack(two, [2], there, t0))?.fix).toContain('--override drift');
      expect(first(() => goBack(two, [2], there, t0, true))?.fix).toMatch(/releases\/2\/after.*again/);
    });
  });

  describe('over a change of somebody else in what was cut off', () => {
    const cut = [...two.slice(0, 2), two[2] as JournalEntry];

    it('is refused, unless that was accepted: then only what was written goes', () => {
      expect(problems(() => goBack(cut, [2], `${t2}# mine\n`, t1))).toEqual(['drift']);
      expect(goBack(cut, [2], `${t2}# mine\n`, t1, true)[0]?.after).toBe(`${t1}# mine\n`);
      expect(problems(() => goBack(cut, [2], t2.replace('-c 2', '-c 3'), t1, true))).toEqual(['drift']);
    });

    it('is refused all the same over a way back that was cut off', () => {
      const way = [...two, started(3, { kind: 'rollback', undoes: [2], files: [change(t2, t1)] })];
      expect(problems(() => goBack(way, [3], `${t1}# mine\n`, t2, true))).toEqual(['drift']);
    });
  });

  describe('over a change of somebody else', () => {
    const pulled = `# 中文 upstream\n${t2}c: new\n`;

    it('is refused, unless that was accepted: then only what was applied goes', () => {
      expect(problems(() => goBack(two, [1], pulled, t0))).toEqual(['drift']);
      expect(goBack(two, [1], pulled, t0, true)[0]?.after).toBe(
        `# 中文 upstream\na: uvicorn\nb: celery -c 2\nc: new\n`,
      );
      expect(goBack(two, [1, 2], pulled, t0, true)[0]?.after).toBe(`# 中文 upstream\n${t0}c: new\n`);
    });

    it('is refused all the same where it stands in the same place, or the file is gone', () => {
      const there = t2.replace('--workers 2', '--workers 3');
      expect(problems(() => goBack(two, [1], there, t0, true))).toEqual(['drift']);
      expect(goBack(two, [2], there, t0, true)[0]?.after).toBe(t1.replace('--workers 2', '--workers 3'));
      expect(problems(() => goBack(two, [1], null, t0, true))).toEqual(['drift']);
    });

    it('does not lose it later, when the rest goes back, too', () => {
      const left = `# 中文 upstream\n${t1}c: new\n`;
      const overrides = [{ gate: 'drift', reason: 'pulled' }];
      const back = [
        ...two,
        started(3, { kind: 'rollback', undoes: [2], overrides, files: [change(pulled, left)] }),
        ended(3, 'applied'),
      ];
      expect(problems(() => goBack(back, [1], left, t0))).toEqual(['drift']);
      expect(goBack(back, [1], left, t0, true)[0]?.after).toBe(`# 中文 upstream\n${t0}c: new\n`);
    });
  });
});
