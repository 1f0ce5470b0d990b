import { spawn } from 'node:child_process';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BIN, DATABASE, ended, expectRefused, project, run } from './support.js';

it('the state is for its owner alone, whatever the umask: folders 0700, files 0600', async () => {
  const site = await project();
  const command = `umask 0; exec "$0" "$@"`;
  const args = ['-c', command, process.execPath, BIN, 'apply', '--all', '--yes'];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
  const child = spawn('/bin/sh', args, { cwd: site.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  expect(await ended(child)).toMatchObject({ code: 0 });
  const modes: Record<string, string> = {};
  for (const entry of ['', ...(await readdir(site.path('.action-tune'), { recursive: true }))]) {
    const stats = await lstat(join(site.path('.action-tune'), entry));
    modes[entry] = (stats.mode & 0o777).toString(8);
    expect(modes[entry], entry).toBe(stats.isDirectory() ? '700' : '600');
  }
  expect(Object.keys(modes)).toEqual(expect.arrayContaining(['journal.jsonl', 'releases/1/revert.sh', 'releases/0']));
});

it('a disk that is full: exit 4, nothing was changed, and nothing is left of the run', async () => {
  const site = await project();
  await mkdir(site.path('disk'));
  const before = await site.fingerprint();
  const script =
    'mount -t tmpfs -o size=64k none disk && { "$0" "$@"; code=$?; echo "left:$(ls -A disk/state)" >left; exit $code; }';
  const apart = process.getuid?.() === 0 ? '-m' : '-rm';
  const args = [apart, 'sh', '-c', script, process.execPath, BIN, 'apply', '--yes', '--json'];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ACTION_TUNE_STATE: site.path('disk/state') };
  const child = spawn('unshare', args, { cwd: site.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  expectRefused(await ended(child), 4, 'nothing was changed', /[Mm]ake room/);
  expect(await site.read('left')).not.toContain('jobs');
  await rm(site.path('left'));
  expect(await site.fingerprint()).toEqual(before);
});

it('a disk that is full by then: neither apply nor rollback says that there was nothing to do', async () => {
  const site = await project();
  await mkdir(site.path('disk'));
  const script = [
    'mount -t tmpfs -o size=4m none disk && "$0" "$@" apply --yes || exit 9',
    'cat /dev/zero >disk/fill 2>/dev/null',
    ...['rollback --yes', 'apply --yes --stage db-pool --stage redis-pool'].map(
      (command) => `"$0" "$@" ${command} >said 2>error; echo "$? $(cat said error)" >>codes`,
    ),
  ].join('\n');
  const apart = process.getuid?.() === 0 ? '-m' : '-rm';
  const args = [apart, 'sh', '-c', script, process.execPath, BIN];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ACTION_TUNE_STATE: site.path('disk/state') };
  const config = 'soak: 0s\ntargets: {here: {url: "local:."}}\n';
  await site.write('action-tune.yaml', config);
  await ended(spawn('unshare', args, { cwd: site.root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  const said = await site.read('codes');
  expect(said.match(/^4 /gm), said).toHaveLength(2);
  expect(said).not.toMatch(/Nothing to|every setting is as recommended/);
});

it('the journal is one JSON entry a line, and release 0 keeps the originals', async () => {
  const site = await project();
  const original = await site.read(DATABASE);
  await site.run('apply', '--all', '--yes');
  const journal = await site.read('.action-tune/journal.jsonl');
  expect(journal.endsWith('\n')).toBe(true);
  const entries = journal
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.map(({ event, release }) => `${event} ${release}`)).toEqual(
    [1, 2, 3, 4].flatMap((release) => [`started ${release}`, `applied ${release}`]),
  );
  for (const entry of entries) expect(entry).toMatchObject({ schema: 1, at: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(await site.read(`.action-tune/releases/0/before${site.path(DATABASE)}`)).toBe(original);
  expect(await site.read(`.action-tune/releases/1/after${site.path(DATABASE)}`)).toContain('pool_size=20');
  expect(await site.has('.action-tune/jobs')).toBe(false);
});

it('a password in a file is never shown and never journaled', async () => {
  const site = await project();
  const secret = 'postgresql://action:s3cret@db/action';
  await site.write(DATABASE, `from sqlalchemy import create_engine\nengine = create_engine("${secret}")\n`);
  const outputs = [];
  for (const args of [
    ['plan', '--verbose'],
    ['plan', '--json'],
    ['plan', '--out', 'plan.json'],
    ['apply', '--yes'],
  ]) {
    const result = await site.run(...args);
    expect(result).toMatchObject({ code: 0 });
    outputs.push(result.stdout, result.stderr);
  }
  for (const command of ['history', 'status', 'rollback']) {
    outputs.push(...Object.values(await site.run(command, '--json', '--yes')));
  }
  outputs.push(await site.read('plan.json'), await site.read('.action-tune/journal.jsonl'));
  outputs.push(
    await site.read('.action-tune/releases/1/manifest.json'),
    await site.read('.action-tune/releases/1/log'),
  );
  expect(outputs.join('\n')).not.toContain('s3cret');
});

it('an unreadable journal is exit 2, with its file and line, and nothing is changed', async () => {
  const site = await project();
  await site.run('apply', '--next', '--yes');
  await site.write('.action-tune/journal.jsonl', `${await site.read('.action-tune/journal.jsonl')}{"schema":9}\n`);
  const before = await site.everything();
  const result = await site.run('apply', '--next', '--yes');
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/journal\.jsonl:3/);
  expect(await site.everything()).toEqual(before);
});

it('a journal whose last line a crash cut off is read up to there', async () => {
  const site = await project();
  await site.run('apply', '--next', '--yes');
  await site.write('.action-tune/journal.jsonl', `${await site.read('.action-tune/journal.jsonl')}{"schema":1,"at`);
  expect(await site.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
  const status = await run(['status', '--json'], { cwd: site.root });
  expect(JSON.parse(status.stdout).targets[0].stages).toMatchObject([{ applied: true }, { applied: true }, {}, {}]);
});
