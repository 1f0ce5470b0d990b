import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageAssets, sessionLibrary } from '../../src/assets.js';
import { type Activation, NO_CALLS } from '../../src/plan/activate/activation.js';
import type { Call } from '../../src/remote/remote.js';
import { renderLibrary, renderRequest } from '../../src/remote/script.js';
import { type Draft, releaseFiles } from '../../src/rollout/draft.js';
import { uploadCalls } from '../../src/rollout/upload.js';
import { parseFacts } from '../../src/target/parse.js';
import { started } from '../journal/build.js';
import { TRIED } from './shells.js';

const quiet: Activation = {
  ...NO_CALLS,
  plan: { kind: 'custom', services: [], expectedGapMs: null, steps: [] },
};

function shell(script: string): Call {
  return { verb: 'at_do', args: [script, 'sh', '-c', script] };
}

describe.each(TRIED)('the target library in %s', (name, command) => {
  const [program = '', ...flags] = command.split(' ');
  let root: string;

  beforeEach(async () => {
    if (!existsSync(program)) throw new Error(`${name} is not installed: apt-get install ${name}`);
    root = await mkdtemp(join(tmpdir(), `engine '${name}' `));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const path = (file: string) => join(root, file);
  const text = (file: string) => readFile(path(file), 'utf8');

  function draft(
    id: number,
    files: readonly [string, string | null, string | null][],
    over: Partial<Activation> = {},
  ): Draft {
    const owner = `${process.getuid?.()}:${process.getgid?.()}`;
    const attributes = { mode: '640', owner };
    const drafted = files.map(([file, before, after]) => ({
      role: 'database' as const,
      path: path(file),
      before: before === null ? null : Buffer.from(before),
      after: after === null ? null : Buffer.from(after),
      attributes: { before: attributes, after: attributes },
      edits: [],
    }));
    const entry = started(id, { at: '@AT@', files: releaseFiles(drafted) });
    return { id, entry, files: drafted, activation: { ...quiet, ...over } };
  }

  /** What the tool uploads, put there by hand, and run in this very shell. */
  async function run(drafts: readonly Draft[], newestRelease = 0, uploaded = () => {}): Promise<string> {
    const folder = path('state/jobs/1');
    const library = await packageAssets().library();
    const names = {
      by: 'ana',
      command: 'apply',
      state: path('state'),
      confirmSeconds: 0,
      firstTouched: new Set(newestRelease === 0 ? drafts.flatMap((each) => each.files.map((file) => file.path)) : []),
    };
    for (const { verb, args, input } of uploadCalls({ ...names, drafts, root, library, folder, newestRelease })) {
      if (verb !== 'at_put') continue;
      await mkdir(dirname(args[0] ?? ''), { recursive: true });
      await writeFile(args[0] ?? '', input ?? '');
    }
    // It has its place on a disk that is full.
    await writeFile(join(folder, 'log'), ' '.repeat(4096));
    uploaded();
    const job = spawnSync(program, [...flags, join(folder, 'job.sh')], { encoding: 'utf8' });
    await writeFile(join(folder, 'log'), job.stdout + job.stderr);
    return (await readFile(join(folder, 'outcome'), 'utf8')).split('\n')[0] ?? '';
  }

  async function events(): Promise<readonly string[]> {
    const lines = (await text('state/journal.jsonl')).trim().split('\n');
    return lines.map((line) => JSON.parse(line)).map(({ event, release }) => `${event} ${release}`);
  }

  async function place(file: string, content: string): Promise<void> {
    await writeFile(path(file), content);
    await chmod(path(file), 0o640);
  }

  it('writes, keeps the mode, tells the journal, and gives the lock back', async () => {
    await place('a.py', 'old\n');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']])])).toBe('applied');
    expect(await text('a.py')).toBe('new\n');
    expect((await stat(path('a.py'))).mode & 0o777).toBe(0o640);
    expect(await events()).toEqual(['started 1', 'applied 1']);
    expect(existsSync(path('state/lock'))).toBe(false);
    expect(await text(`state/releases/1/before${path('a.py')}`)).toBe('old\n');
  });

  it('changes nothing where a trial of the new versions fails, which lie beside the old ones then', async () => {
    await place('a.py', 'old\n');
    const trial = shell('cat .a.py.action-tune~ a.py >tried; exit 3');
    const tried = draft(1, [['a.py', 'old\n', 'new\n']], {
      validate: [trial],
      forward: [shell('echo forward >>touched')],
      back: [shell('echo back >>touched')],
      evidence: [shell('echo evidence >>touched')],
    });
    expect(await run([tried])).toBe('put-back');
    expect(await text('tried')).toBe('new\nold\n');
    expect(await text('a.py')).toBe('old\n');
    expect(existsSync(path('.a.py.action-tune~'))).toBe(false);
    expect(existsSync(path('touched'))).toBe(false);
  });

  it('keeps what services said before anything is put back, and proves the way back by its own checks', async () => {
    await place('a.py', 'old\n');
    const say = (word: string) => shell(`echo ${word} $(cat a.py) >>said`);
    const failing = draft(1, [['a.py', 'old\n', 'new\n']], {
      baseline: [say('baseline')],
      forward: [say('forward')],
      checks: [say('checks')],
      settle: [shell('exit 9')],
      evidence: [say('evidence')],
      back: [say('back')],
      checksBack: [say('checksBack')],
    });
    expect(await run([failing])).toBe('put-back');
    expect((await text('said')).trim().split('\n')).toEqual([
      'baseline old',
      'forward new',
      'checks new',
      'evidence new',
      'back old',
      'checksBack old',
    ]);
    expect(await text('state/jobs/1/progress')).toContain('failed\t1\texit 9');
  });

  it('leaves the log of a run beside the release that failed', async () => {
    await place('a.py', 'old\n');
    const first = draft(1, [['a.py', 'old\n', 'mid\n']]);
    const second = draft(2, [['a.py', 'mid\n', 'new\n']], { forward: [shell('exit 7')] });
    expect(await run([first, second])).toBe('put-back');
    expect(existsSync(path('state/releases/2/log'))).toBe(true);
    expect(existsSync(path('state/releases/1/log'))).toBe(false);
  });

  it('tells how long own commands took, and nothing where nobody was asked', async () => {
    await place('a.py', 'old\n');
    await run([draft(1, [['a.py', 'old\n', 'mid\n']], { watch: { verb: 'at_time', args: [] } })]);
    expect(await text('state/jobs/1/progress')).toMatch(/^gap\t1\t\d+$/m);
    await run([draft(2, [['a.py', 'mid\n', 'new\n']])], 1);
    expect(await text('state/jobs/1/progress')).not.toMatch(/^gap/m);
  });

  it('puts all releases of a run back when the last one fails, services too', async () => {
    await place('a.py', 'old\n');
    const first = draft(1, [['a.py', 'old\n', 'mid\n']], { back: [shell('echo first >> back')] });
    const second = draft(2, [['a.py', 'mid\n', 'new\n']], {
      forward: [shell('exit 7')],
      back: [shell('echo second >> back')],
    });
    expect(await run([first, second])).toBe('put-back');
    expect(await text('a.py')).toBe('old\n');
    expect(await text('back')).toBe('second\nfirst\n');
    expect(await events()).toEqual(['started 1', 'applied 1', 'started 2', 'put-back 2', 'put-back 1']);
  });

  it('says what is left when a service does not come back either', async () => {
    await place('a.py', 'old\n');
    const broken = shell('exit 7');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']], { forward: [broken], back: [broken] })])).toBe('stuck');
    expect(await text('a.py')).toBe('old\n');
    expect(await text('state/jobs/1/progress')).toContain('stuck\t1\tservice\texit 7');
  });

  it('brings by hand what was left: the services, once their cause is mended, and not a second time', async () => {
    await place('a.py', 'old\n');
    const mended = shell('test -e mended && echo up >> back');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']], { forward: [mended], back: [mended] })])).toBe('stuck');
    const revert = () => spawnSync(program, [...flags, path('state/releases/1/revert.sh')], { encoding: 'utf8' });
    expect(revert().status).toBe(5);
    await writeFile(path('mended'), '');
    expect(revert()).toMatchObject({ status: 0, stdout: expect.stringContaining('put back') });
    expect(revert()).toMatchObject({ status: 0, stdout: 'release 1: nothing to put back\n' });
    expect(await text('back')).toBe('up\n');
    expect((await events()).slice(-2)).toEqual(['stuck 1', 'reverted 1']);
  });

  describe('killed while the new versions lie beside the old ones', () => {
    const killed = () =>
      draft(1, [['a.py', 'old\n', 'new\n']], {
        validate: [shell(`kill -9 "$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' state/lock)"`)],
      });

    beforeEach(async () => {
      await place('a.py', 'old\n');
      await expect(run([killed()])).rejects.toThrow('outcome');
      expect(await text('.a.py.action-tune~')).toBe('new\n');
    });

    it.each([1, 0])('revert.sh of release %i leaves none of them', async (release) => {
      const script = path(`state/releases/${release}/revert.sh`);
      expect(spawnSync(program, [...flags, script])).toMatchObject({ status: 0 });
      expect(await readdir(root)).toEqual(['a.py', 'state']);
      expect(await text('a.py')).toBe('old\n');
    });

    it('a rollback leaves none of them, whose own files are all as before', async () => {
      await rm(path('state/lock'));
      const back = draft(2, []);
      const undo = { ...back, entry: { ...back.entry, kind: 'rollback' as const, undoes: [1] } };
      expect(await run([undo], 1)).toBe('applied');
      expect(await readdir(root)).toEqual(['a.py', 'state']);
    });

    it('a file of somebody else by such a name stays', async () => {
      await writeFile(path('.b.py.action-tune~'), 'mine');
      spawnSync(program, [...flags, path('state/releases/1/revert.sh')]);
      expect(await readdir(root)).toEqual(['.b.py.action-tune~', 'a.py', 'state']);
    });
  });

  it('never goes over a file that changed meanwhile', async () => {
    await place('a.py', 'old\n');
    const meddled = draft(1, [['a.py', 'old\n', 'new\n']], { forward: [shell(`echo mine >> a.py; exit 1`)] });
    expect(await run([meddled])).toBe('stuck');
    expect(await text('a.py')).toBe('new\nmine\n');
    expect(await text('state/jobs/1/progress')).toContain(`stuck\t1\tfile\t${path('a.py')}`);
  });

  it('touches nothing when a file is not as planned, or somebody else took the release number', async () => {
    await place('a.py', 'edited\n');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']])])).toBe('stale');
    expect(await run([draft(4, [['a.py', 'edited\n', 'new\n']])], 3)).toBe('stale');
    expect(await text('a.py')).toBe('edited\n');
  });

  it('touches nothing while somebody else holds the lock', async () => {
    await place('a.py', 'old\n');
    await mkdir(path('state'), { recursive: true });
    await writeFile(path('state/lock'), 'held');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']])])).toBe('locked');
    expect(await text('a.py')).toBe('old\n');
    expect(await text('state/lock')).toBe('held');
  });

  it('changes no file when the second of two can not be written', async () => {
    await place('a.py', 'old\n');
    await mkdir(path('b.py'));
    const both = draft(1, [
      ['a.py', 'old\n', 'new\n'],
      ['b.py/x/../../b.py', null, 'new\n'],
    ]);
    expect(await run([both])).not.toBe('applied');
    expect(await text('a.py')).toBe('old\n');
  });

  it('gives a file its age back where no service was touched: its processes have read this very version', async () => {
    await place('a.py', 'old\n');
    const then = new Date('2026-01-01T00:00:00Z');
    await utimes(path('a.py'), then, then);
    const stopped = draft(1, [['a.py', 'old\n', 'new\n']], { baseline: [shell('touch state/jobs/1/interrupt')] });
    expect(await run([stopped])).toBe('interrupted');
    expect(await text('a.py')).toBe('old\n');
    expect((await stat(path('a.py'))).mtime).toEqual(then);
  });

  it('creates and removes files, and reverts both by hand', async () => {
    await place('gone.py', 'gone\n');
    const swap = draft(1, [
      ['new.py', null, 'new\n'],
      ['gone.py', 'gone\n', null],
    ]);
    expect(await run([swap])).toBe('applied');
    expect(await text('new.py')).toBe('new\n');
    expect(existsSync(path('gone.py'))).toBe(false);
    const revert = spawnSync(program, [...flags, path('state/releases/1/revert.sh')], { encoding: 'utf8' });
    expect(revert).toMatchObject({ status: 0, stdout: expect.stringContaining('release 1: put back') });
    expect(existsSync(path('new.py'))).toBe(false);
    expect(await text('gone.py')).toBe('gone\n');
    expect((await events()).at(-1)).toBe('reverted 1');
  });

  it('takes back a file that it created, and that somebody removed already', async () => {
    expect(await run([draft(1, [['new.py', null, 'new\n']])])).toBe('applied');
    await rm(path('new.py'));
    const back = draft(2, [['new.py', null, null]]);
    expect(await run([{ ...back, entry: { ...back.entry, kind: 'rollback', undoes: [1] } }], 1)).toBe('applied');
    expect(existsSync(path('new.py'))).toBe(false);
    expect((await events()).at(-1)).toBe('applied 2');
  });

  it('goes back to the untouched original by hand, through every release', async () => {
    await place('a.py', 'old\n');
    await run([draft(1, [['a.py', 'old\n', 'mid\n']]), draft(2, [['a.py', 'mid\n', 'new\n']])]);
    const revert = spawnSync(program, [...flags, path('state/releases/0/revert.sh')], { encoding: 'utf8' });
    expect(revert.status).toBe(0);
    expect(await text('a.py')).toBe('old\n');
  });

  it('goes back to the original by hand past releases that went back before, and past a second release of the same file', async () => {
    await place('a.py', 'old\n');
    const back = draft(2, [['a.py', 'new\n', 'old\n']]);
    const undo = { ...back, entry: { ...back.entry, kind: 'rollback' as const, undoes: [1] } };
    await run([draft(1, [['a.py', 'old\n', 'new\n']])]);
    await run([undo], 1);
    await run([draft(3, [['a.py', 'old\n', 'new\n']])], 2);
    const script = (id: number) =>
      spawnSync(program, [...flags, path(`state/releases/${id}/revert.sh`)], { encoding: 'utf8' });
    expect(script(1)).toMatchObject({ status: 0, stdout: 'release 1: nothing to put back\n' });
    expect(await text('a.py')).toBe('new\n');
    expect(script(0).status).toBe(0);
    expect(await text('a.py')).toBe('old\n');
    expect((await events()).at(-1)).toBe('reset 0');
    expect(script(3)).toMatchObject({ status: 0, stdout: 'release 3: nothing to put back\n' });
  });

  describe('a release of two files, one of which somebody changed', () => {
    const both = (more = {}) =>
      draft(
        1,
        [
          ['a.py', 'old\n', 'new\n'],
          ['b.py', 'old\n', 'new\n'],
        ],
        more,
      );
    const revert = (release = 1) =>
      spawnSync(program, [...flags, path(`state/releases/${release}/revert.sh`)], { encoding: 'utf8' });

    beforeEach(async () => {
      await place('a.py', 'old\n');
      await place('b.py', 'old\n');
    });

    it.each([
      ['changed since', async () => writeFile(path('b.py'), 'new\nmine\n'), 'new\nmine\n'],
      ['removed since', async () => rm(path('b.py')), null],
      ['its copy in before', async () => writeFile(path(`state/releases/1/before${path('b.py')}`), 'else\n'), 'new\n'],
    ])('goes back with both or not at all, by hand: %s', async (why, meddle, left) => {
      expect(await run([both()])).toBe('applied');
      await meddle();
      expect(revert()).toMatchObject({
        status: 3,
        stderr: expect.stringMatching(new RegExp(`${why}.*${path('b.py')}`)),
      });
      expect(await text('a.py')).toBe('new\n');
      expect(existsSync(path('b.py')) ? await text('b.py') : null).toBe(left);
      expect((await events()).at(-1)).toBe('applied 1');
    });

    it('goes back as far as it can where it was cut off, and stays to be put back', async () => {
      const broken = shell('echo mine >> b.py; exit 1');
      expect(await run([both({ forward: [broken] })])).toBe('stuck');
      await writeFile(path('a.py'), 'new\n');
      expect(revert()).toMatchObject({
        status: 5,
        stderr: expect.stringMatching(/changed since .*b\.py\n.*override drift/),
      });
      expect([await text('a.py'), await text('b.py')]).toEqual(['old\n', 'new\nmine\n']);
      expect((await events()).at(-1)).toBe('stuck 1');
      await writeFile(path('b.py'), 'new\n');
      expect(revert()).toMatchObject({ status: 0, stdout: expect.stringContaining('put back') });
      expect((await events()).at(-1)).toBe('reverted 1');
      expect(await text('b.py')).toBe('old\n');
    });
  });

  it('says of a release whose steps are lost who can put it back, and brings all files back all the same', async () => {
    await place('a.py', 'old\n');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']])])).toBe('applied');
    await rm(path('state/releases/1/steps.sh'));
    const script = (file: string) =>
      spawnSync(program, [...flags, path(`state/releases/${file}`)], { encoding: 'utf8' });
    const gone = /steps\.sh is gone: put release 1 back with action-tune rollback/;
    for (const file of ['1/revert.sh', '1/services.sh']) {
      expect(script(file)).toMatchObject({ status: 2, stderr: expect.stringMatching(gone) });
    }
    expect(await text('a.py')).toBe('new\n');
    expect(script('0/revert.sh')).toMatchObject({ status: 5, stderr: expect.stringMatching(gone) });
    expect(await text('a.py')).toBe('old\n');
  });

  it('gives no number twice, also where the folder of a release is lost', async () => {
    await place('a.py', 'old\n');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']])])).toBe('applied');
    await rm(path('state/releases/1'), { recursive: true });
    expect(await run([draft(1, [['a.py', 'new\n', 'newer\n']])], 0)).toBe('stale');
    expect(await run([draft(2, [['a.py', 'new\n', 'newer\n']])], 1)).toBe('applied');
  });

  it('puts no copy in place that is not what it was', async () => {
    await place('a.py', 'old\n');
    const spoilt = shell('echo else > "$(find state/releases/1/before -name a.py)"; exit 1');
    expect(await run([draft(1, [['a.py', 'old\n', 'new\n']], { forward: [spoilt] })])).toBe('stuck');
    expect(await text('a.py')).toBe('new\n');
  });

  it('leaves alone what is not of any release, also on the way to the original', async () => {
    await place('a.py', 'old\n');
    await run([draft(1, [['a.py', 'old\n', 'new\n']])]);
    await writeFile(path('a.py'), 'mine\n');
    const script = spawnSync(program, [...flags, path('state/releases/0/revert.sh')], { encoding: 'utf8' });
    expect(script).toMatchObject({ status: 5, stderr: expect.stringContaining('a.py') });
    expect(await text('a.py')).toBe('mine\n');
  });

  it('keeps a way back, when the services are not well after it, and offers to restart them', async () => {
    await place('a.py', 'new\n');
    const check = { verb: 'at_until', args: ['0', 'well', 'test', '-e', path('well')] };
    const back = draft(2, [['a.py', 'new\n', 'old\n']], { checks: [check] });
    expect(await run([{ ...back, entry: { ...back.entry, kind: 'rollback', undoes: [1] } }], 0)).toBe('unwell');
    expect(await text('a.py')).toBe('old\n');
    expect((await events()).at(-1)).toBe('unwell 2');
    const services = () => spawnSync(program, [...flags, path('state/releases/2/services.sh')], { encoding: 'utf8' });
    expect(services().status).toBe(5);
    await writeFile(path('well'), '');
    expect(services().status).toBe(0);
    expect((await events()).at(-1)).toBe('applied 2');
  });

  it('never continues a line of the journal that a crash left without its end, or as zeros', async () => {
    await place('a.py', 'old\n');
    await run([draft(1, [['a.py', 'old\n', 'mid\n']])]);
    for (const [id, tail, before, after] of [
      [2, '{"schema":1,', 'mid\n', 'new\n'],
      [3, '\0\0\0', 'new\n', 'last\n'],
    ] as const) {
      await writeFile(path('state/journal.jsonl'), tail, { flag: 'a' });
      expect(await run([draft(id, [['a.py', before, after]])], id - 1)).toBe('applied');
    }
    expect((await events()).at(-1)).toBe('applied 3');
  });

  it('leaves neither a lock nor a change where there is no space left', async () => {
    const disk = path('disk');
    await mkdir(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status !== 0) {
      console.warn('no tmpfs can be mounted here: a full disk is not tried');
      return;
    }
    try {
      await mkdir(path('disk/state'));
      await symlink(path('disk/state'), path('state'));
      await place('disk/a.py', 'old\n');
      const fill = () => {
        expect(spawnSync('dd', ['if=/dev/zero', `of=${path('disk/fill')}`, 'bs=4096']).status).toBe(1);
      };
      expect(await run([draft(1, [['disk/a.py', 'old\n', 'new\n']])], 0, fill)).toBe('full');
      expect(existsSync(path('state/lock'))).toBe(false);
      expect(await text('disk/a.py')).toBe('old\n');
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('knows a file system that is mounted read-only, for a file and for one that is not there', async () => {
    await mkdir(path('ro'));
    await place('ro/a.py', 'old\n');
    const mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
    const calls: Call[] = ['ro/a.py', 'ro/new/b.py', 'c.py'].map((file) => ({
      verb: 'at_file',
      args: [file, path(file)],
    }));
    const script = renderLibrary(await sessionLibrary()) + renderRequest(calls, 'n'.repeat(16));
    const apart = process.getuid?.() === 0 ? '-m' : '-rm';
    const answer = spawnSync('unshare', [apart, 'sh', '-c', mount, path('ro'), program, ...flags, '-s'], {
      input: script,
      encoding: 'utf8',
    });
    expect(answer.stderr).toBe(`${'n'.repeat(16)} begin\n${'n'.repeat(16)} end 0\n`);
    const { files } = parseFacts(answer.stdout.split('\n').slice(1, -2).join('\n'));
    expect([...files.values()].map(({ role, writable, readOnly }) => [role, writable, readOnly])).toEqual([
      ['ro/a.py', false, true],
      ['ro/new/b.py', false, true],
      ['c.py', true, false],
    ]);
  });

  it('answers what the tool asks of a target', async () => {
    await place('a.py', '\ufeffx = "中文"\r\n');
    const calls: Call[] = [
      { verb: 'at_state_of', args: ['project', root, 'p'] },
      { verb: 'at_root', args: [root] },
      { verb: 'at_facts', args: [] },
      { verb: 'at_file', args: ['database', path('a.py')] },
      { verb: 'at_file', args: ['redis', path('no/such.py')] },
      { verb: 'at_home', args: [] },
    ];
    const script = renderLibrary(await sessionLibrary()) + renderRequest(calls, 'n'.repeat(16));
    const answer = spawnSync(program, [...flags, '-s'], { input: script, encoding: 'utf8' });
    expect(answer.stderr).toBe(`${'n'.repeat(16)} begin\n${'n'.repeat(16)} end 0\n`);
    const facts = parseFacts(answer.stdout.split('\n').slice(1, -2).join('\n'));
    expect(facts.files.get('database')?.content?.toString()).toBe('\ufeffx = "中文"\r\n');
    expect(facts.files.get('redis')).toMatchObject({ kind: 'missing', writable: true });
    expect(facts).toMatchObject({ root, state: path('.action-tune'), newestRelease: 0 });
    expect(facts.cpus).toBeGreaterThan(0);
    expect(facts.memoryBytes).toBeGreaterThan(1_000_000);
  });
});
