import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  BIN,
  customConfig,
  DATABASE,
  ended,
  expectRefused,
  project,
  RESTART,
  run,
  temporaryFolder,
} from './support.js';

describe('--json prints one document, and nothing else, on stdout', () => {
  it('for every command', async () => {
    const site = await project('action', customConfig({ restart: RESTART }));
    const json = async (...args: readonly string[]) => {
      const result = await site.run(...args, '--json', '--verbose');
      expect(result, args.join(' ')).toMatchObject({ code: 0 });
      const document = JSON.parse(result.stdout);
      expect(document.schema, args.join(' ')).toBe(1);
      return document;
    };
    expect(await json('plan')).toMatchObject({ target: { name: 'here' } });
    expect(await json('apply', '--yes')).toMatchObject({ targets: [{ outcome: 'applied', checks: [{ ok: true }] }] });
    expect(await json('status')).toMatchObject({ targets: [{ name: 'here', runtime: 'custom' }] });
    expect(await json('history')).toMatchObject({ targets: [{ name: 'here', releases: [{ release: 1 }] }] });
    expect(await json('rollback', '--yes')).toMatchObject({ targets: [{ outcome: 'rolled-back', stage: 'db-pool' }] });
    expect(await json('unlock', '--yes')).toMatchObject({ targets: [{ unlocked: false }] });
    expect(await json('profiles')).toMatchObject({ profiles: [{ name: 'department-20-50' }, {}, {}] });
    expect(await json('profiles', 'department-20-50')).toMatchObject({ profile: { users: { min: 20, max: 50 } } });
  });

  it('for the demo, which leaves everything as it was', async () => {
    const { code, stdout } = await run(['demo', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, identical: true });
  });

  it('for init, whose configuration then holds', async () => {
    const site = await project();
    const { code, stdout } = await site.run('init', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, file: site.path('action-tune.yaml') });
    expect(await site.run('plan', '--json')).toMatchObject({ code: 0 });
    const before = await site.everything();
    expectRefused(await site.run('init', '--json'), 2, 'action-tune.yaml', 'not overwritten');
    expect(await site.everything()).toEqual(before);
  });

  it('for what went wrong: every problem with its code, its place and what to do', async () => {
    const site = await project();
    await site.write(DATABASE, 'engine = None\n');
    const { code, stdout } = await site.run('plan', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      problems: [
        expect.objectContaining({
          code: 'unsupported',
          message: expect.any(String),
          place: expect.objectContaining({ file: site.path(DATABASE) }),
          fix: expect.any(String),
        }),
      ],
    });
  });
});

it('a target whose shell has no tools is exit 1: nothing is known of it, and the message says what is missing', async () => {
  const site = await project();
  const before = await site.everything();
  const result = await run(['apply', '--yes', '--json'], { cwd: site.root, env: { PATH: await temporaryFolder() } });
  expectRefused(result, 1, 'could not answer', 'not found', 'coreutils');
  expect(await site.everything()).toEqual(before);
});

describe('on a pipe', () => {
  it('progress goes to stderr as plain lines', async () => {
    const site = await project();
    const result = await site.run('apply', '--yes');
    expect(result.stdout).toContain('db-pool: applied (release 1)');
    expect(result.stdout).not.toContain('backing up');
    expect(result.stderr).toMatch(/release 1: backing up\n.*release 1: writing\n/);
    expect(`${result.stdout}${result.stderr}`).not.toContain('\u001b');
  });

  it('a reader that leaves early ends it quietly', async () => {
    const site = await project();
    const pipe = '("$0" "$@"; echo "exit $?" >&2) | head -n 1';
    const args = ['-c', pipe, process.execPath, BIN, 'plan', '--json'];
    const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
    const result = await ended(spawn('/bin/sh', args, { cwd: site.root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
    expect(result.stdout).toBe('{\n');
    expect(result.stderr).toMatch(/exit 0\n$/);
    expect(result.stderr).not.toMatch(/EPIPE|\n\s+at /);
  });

  it('a piped "y" answers no question', async () => {
    const site = await project();
    const before = await site.everything();
    expectRefused(await run(['apply'], { cwd: site.root, stdin: 'y\n' }), 2, '--yes');
    expect(await site.everything()).toEqual(before);
  });
});

describe('where nobody can have the answer', () => {
  const NO_TRACE = /\n\s+at (.*\(.*:\d+:\d+\)|async |file:|node:)/;
  const redirected = (root: string, line: string) => {
    const args = ['-c', `"$0" "$@" ${line}`, process.execPath, BIN];
    const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
    return (...words: readonly string[]) =>
      ended(spawn('/bin/sh', [...args, ...words], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  };

  it('what was done stands, is told on stderr, and ends as it ended', async () => {
    const site = await project('action', customConfig({ restart: RESTART }));
    const full = redirected(site.root, '>/dev/full');
    const before = await site.fingerprint();
    const applied = await full('apply', '--stage', 'db-pool', '--yes', '--json');
    expect(applied).toMatchObject({ code: 0, stdout: '' });
    expect(applied.stderr).toMatch(
      /could not be written to stdout; what was done stands: db-pool on here applied \(release 1\)\.\n/,
    );
    expect(applied.stderr).toMatch(/ENOSPC[\s\S]*do next .*action-tune status/);
    const back = await full('rollback', '--yes');
    expect(back).toMatchObject({ code: 0, stdout: '' });
    expect(back.stderr).toContain('db-pool on here rolled-back (release 2)');
    expect(await site.fingerprint()).toEqual(before);
    expect(await full('rollback', '--yes')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('; nothing was changed.'),
    });
    for (const { stderr } of [applied, back]) expect(stderr).not.toMatch(NO_TRACE);
  });

  it('a command that was only to answer has failed; one that failed anyway keeps its exit code', async () => {
    const site = await project();
    for (const line of ['>/dev/full', '1</dev/null']) {
      const into = redirected(site.root, line);
      for (const words of [['plan'], ['plan', '--check', '--json'], ['status'], ['--help']]) {
        const result = await into(...words);
        expectRefused(result, 1, 'The answer could not be written to stdout; nothing was changed', /ENOSPC|EBADF/);
        expect(result.stderr).not.toMatch(/bug/);
      }
      expectRefused(await into('plan', '--profile', 'nobody', '--json'), 2, 'nobody', 'answer could not be written');
    }
  });

  it('a stderr that takes nothing changes nothing', async () => {
    const site = await project();
    for (const line of ['2>/dev/full', '2>&-', '2</dev/null']) {
      const into = redirected(site.root, line);
      expect(await into('plan'), line).toMatchObject({ code: 0, stdout: expect.stringContaining('stages to apply') });
      expect(await into('plan', '--bogus'), line).toMatchObject({ code: 2 });
    }
    const neither = redirected(site.root, '>/dev/full 2>/dev/full');
    expect(await neither('plan')).toMatchObject({ code: 1 });
  });
});

describe('colours', () => {
  const coloured = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const { code, stdout } = await run(['profiles', 'department-20-50', ...args], { env });
    expect(code).toBe(0);
    return stdout.includes('\u001b[');
  };

  it('come where they are forced, and go with NO_COLOR and with --no-color', async () => {
    expect(await coloured([], {})).toBe(false);
    expect(await coloured([], { FORCE_COLOR: '1' })).toBe(true);
    expect(await coloured([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await coloured(['--no-color'], { FORCE_COLOR: '1' })).toBe(false);
  });

  it('an error has none either', async () => {
    const result = await run(['profiles', 'nobody', '--no-color'], { env: { FORCE_COLOR: '1' } });
    expect(result.code).toBe(2);
    expect(result.stderr).not.toContain('\u001b');
  });
});

it('a wrong flag is told as a document, too', async () => {
  const { code, stdout } = await run(['plan', '--bogus', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    schema: 1,
    problems: [{ code: 'usage', message: expect.stringContaining('--bogus'), fix: expect.stringContaining('--help') }],
  });
});

it('--version and --help are exit 0, on stdout', async () => {
  expect(await run(['--version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: '',
  });
  const help = await run(['apply', '--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const flag of ['--stage', '--next', '--all', '--plan', '--confirm-within', '--override', '--target', '--json']) {
    expect(help.stdout).toContain(flag);
  }
});
