import { spawn, spawnSync } from 'node:child_process';
import { chmod, chown, link, mkdir, rename, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BIN, COMPOSE, DATABASE, ended, expectRefused, type Project, project, REDIS, type Result } from './support.js';

const ENGINE = 'engine = create_engine(settings.database_url)';

/** What is done to the project, the place that must be pointed at, the exit code. */
const BAD: readonly (readonly [string, (site: Project) => Promise<unknown>, string | RegExp, 2 | 3])[] = [
  ['without an engine', (site) => edit(site, DATABASE, ENGINE, 'engine = None'), `${DATABASE}`, 2],
  ['without a Redis client', (site) => site.write(REDIS, 'import redis\n'), REDIS, 2],
  ['that is empty', (site) => site.write(DATABASE, ''), DATABASE, 2],
  ['in GBK', (site) => site.write(DATABASE, Buffer.from(`# \xcb\xf9\xd3\xd0\n${ENGINE}\n`, 'latin1')), DATABASE, 2],
  ['with broken Python', (site) => edit(site, DATABASE, ENGINE, 'engine = create_engine('), /database\.py:\d+/, 2],
  ['with broken YAML', (site) => site.write(COMPOSE, 'services: [\n'), /polardb\.yml:\d+/, 2],
  ['without the services', (site) => site.write(COMPOSE, 'services: {}\n'), COMPOSE, 2],
  ['that is not there', (site) => rm(site.path(REDIS)), `${REDIS}`, 2],
  ['that is a folder', (site) => replaceByFolder(site.path(REDIS)), REDIS, 2],
  ['with two engines', (site) => edit(site, DATABASE, ENGINE, `${ENGINE}\nother = create_engine("x")`), /:8/, 3],
  ['whose engine has no pool', (site) => edit(site, DATABASE, '_url)', '_url, poolclass=NullPool)'), /:8/, 3],
  ['with a second name', (site) => link(site.path(DATABASE), site.path('other.py')), DATABASE, 3],
];

describe('a file that can not be edited: nothing is changed, and the message names it', () => {
  it.each(BAD)('a file %s', async (_what, spoil, place, exit) => {
    const site = await project();
    await spoil(site);
    const before = await site.everything();
    expectRefused(await site.run('apply', '--all', '--yes', '--json'), exit, place);
    expect(await site.everything()).toEqual(before);
  });

  it('a bad file of a later stage does not keep the next stage from being applied', async () => {
    const site = await project();
    await site.write(COMPOSE, 'services: [\n');
    expect(await site.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('in a folder that this user may not write to', async () => {
    const site = await project();
    await takeAway(site.path(DATABASE), 0o644);
    await takeAway(site.path('backend/app/core'), 0o755);
    const before = await site.everything();
    expectRefused(await unprivileged(site, 'apply', '--yes', '--json'), 2, DATABASE, 'permission', 'owner');
    expect(await site.everything()).toEqual(before);
  });

  it('that is immutable: root is not told to log in as root', async () => {
    const site = await project();
    if (spawnSync('chattr', ['+i', site.path(DATABASE)]).status !== 0) {
      console.warn('no file can be made immutable here: that is not tried');
      return;
    }
    try {
      const before = await site.everything();
      const refused = await site.run('apply', '--yes');
      expectRefused(refused, 2, DATABASE, 'keeps root from replacing', 'lsattr', 'chattr -i');
      expect(refused.stderr).not.toContain('Log in');
      expect(await site.everything()).toEqual(before);
    } finally {
      spawnSync('chattr', ['-i', site.path(DATABASE)]);
    }
  });

  it('that two stages need is told once', async () => {
    const site = await project();
    await rm(site.path(COMPOSE));
    const told = await site.run('plan');
    expectRefused(told, 2, COMPOSE, 'The compose file is not there');
    expect(told.stderr.match(/error:/g)).toHaveLength(1);
    expect(JSON.parse((await site.run('plan', '--json')).stdout).problems).toHaveLength(1);
  });

  it('whose likeliest others are there: the remedy names the flag, and that works', async () => {
    const site = await project();
    await rename(site.path(COMPOSE), site.path('docker-compose.yml'));
    expectRefused(
      await site.run('plan'),
      2,
      /do next {2}Name the one that is there with --file compose=docker-compose\.yml\.\n/,
    );
    expect(await site.run('plan', '--file', 'compose=docker-compose.yml')).toMatchObject({ code: 0 });
    await site.write('docker/compose.prod.yaml', 'services: {}\n');
    expectRefused(await site.run('plan'), 2, 'there is docker/compose.prod.yaml', '--file compose=docker-compose.yml.');
  });

  it('that this user may not read', async () => {
    const site = await project();
    await takeAway(site.path(DATABASE), 0o200);
    expectRefused(await unprivileged(site, 'plan', '--json'), 2, DATABASE, 'permission', 'mode 200');
  });
});

async function edit(site: Project, file: string, from: string, to: string): Promise<void> {
  const text = await site.read(file);
  expect(text).toContain(from);
  await site.write(file, text.replace(from, to));
}

async function replaceByFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}

const isRoot = process.getuid?.() === 0;

/** Takes a file out of this user's hands. Root owns everything that is not somebody else's. */
async function takeAway(path: string, mode: number): Promise<void> {
  if (isRoot) await chown(path, 65534, 65534);
  await chmod(path, isRoot ? mode : mode & 0o555);
}

/** Root without its power over other users' files is a user like any other, who can still read this checkout. */
function unprivileged(site: Project, ...args: readonly string[]): Promise<Result> {
  if (!isRoot) return site.run(...args);
  const own = ['--bounding-set=-dac_override,-dac_read_search', process.execPath, BIN, ...args];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
  return ended(spawn('setpriv', own, { cwd: site.root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}
