import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initCommand } from '../../src/commands/init.js';
import type { TargetOptions } from '../../src/commands/options.js';
import { planCommand } from '../../src/commands/plan.js';
import { resolveTargets } from '../../src/commands/resolve.js';
import { PLAIN } from '../../src/view/output.js';
import { COMPOSE, exists, project, REDIS, temporaryFolder } from '../e2e/support.js';
import { edgesOf, person } from '../support/scripted.js';
import { problemOf } from '../support/session.js';

const OWN = 'users: {min: 5, max: 9}\nserver: {cpus: 2, memory: 4GB}\n';

async function init(cwd: string, options: TargetOptions = {}) {
  const who = person();
  const outcome = await initCommand(options, await edgesOf(who, cwd));
  return { exit: outcome.exit, text: outcome.text(PLAIN), said: who.said };
}

/** What a command means there. The name of a target is the configuration's own. */
async function meant(cwd: string, options: TargetOptions = {}) {
  const specs = await resolveTargets(options, await edgesOf(person(), cwd));
  return specs.map(({ name: _, ...spec }) => spec);
}

describe('init keeps what it was given: without flags the same is meant afterwards', () => {
  it.each<[string, TargetOptions]>([
    ['a runtime and a limit', { runtime: 'none', maxConnections: 700 }],
    ['services', { runtime: 'none', service: { backend: 'web', celery: 'jobs' } }],
    ['one service', { runtime: 'none', service: { celery: '1e3' } }],
    ['settings', { runtime: 'none', set: ['db.pool_size=15', 'db.pool_pre_ping=false', 'celery.pool=gevent'] }],
    ['files, and what is picked in them', { runtime: 'none', file: { database: 'a b/db.py#engine', redis: '/r.py' } }],
    ['a shipped profile', { runtime: 'none', profile: 'department-50-100' }],
    ['a profile of its own', { runtime: 'none', profile: './own.yaml' }],
  ])('%s', async (_what, options) => {
    const site = await project();
    await site.write('own.yaml', OWN);
    const before = await meant(site.root, options);
    expect((await init(site.root, options)).exit).toBe(0);
    expect(await meant(site.root)).toEqual(before);
  });

  it('all that a configuration above says of a target', async () => {
    const site = await project();
    await site.write('own.yaml', OWN);
    await site.write(
      'action-tune.yaml',
      `project: ours\nsoak: 90s\nprofile: ./own.yaml\nsettle: 0s\ncustom: {backend: {restart: "true", check: ":"}}
targets:\n  here: {url: "local:.", runtime: none, health: /up, celeryStop: 1h, settings: {web.workers: 3}}\n  not: {url: "ssh://h/x"}\n`,
    );
    await mkdir(site.path('inner'));
    const options = { target: ['here'] };
    const before = await meant(site.path('inner'), options);
    await init(site.path('inner'), options);
    expect(await readFile(site.path('inner/action-tune.yaml'), 'utf8')).toContain('profile: "../own.yaml"');
    expect(await meant(site.path('inner'), options)).toEqual(before);
  });

  it('several targets, each by a name of its own', async () => {
    const [one, two] = [await project(), await project('..action')];
    const options: TargetOptions = { target: [`local:${one.root}`, `local:${two.root}`], runtime: 'none' };
    const before = await meant('/', options);
    const folder = await temporaryFolder();
    await init(folder, options);
    expect(await meant(folder, { target: ['local', 'local-2'] })).toEqual(before);
  });

  it('in the file that --config names, from its own folder', async () => {
    const site = await project();
    await mkdir(site.path('ops'));
    await site.write('own.yaml', OWN);
    const options: TargetOptions = { runtime: 'none', profile: 'own.yaml' };
    const before = await meant(site.root, options);
    const { text } = await init(site.root, { ...options, config: 'ops/tune.yaml' });
    expect(text).toContain('action-tune plan --config ops/tune.yaml');
    expect(await site.read('ops/tune.yaml')).toMatch(/url: "local:\.\."[\s\S]*profile: "\.\.\/own\.yaml"/);
    expect(await meant(site.root, { config: 'ops/tune.yaml' })).toEqual(before);
    const absolute = site.path('there.yaml');
    await init('/', { target: [`local:${site.root}`], config: absolute, profile: site.path('own.yaml') });
    expect(await readFile(absolute, 'utf8')).toContain(`profile: ${JSON.stringify(site.path('own.yaml'))}`);
  });
});

describe('the runtime custom without commands', () => {
  it('is written with a form to fill in, which is said on stderr, and refused until that is done', async () => {
    const site = await project();
    const { exit, text, said } = await init(site.root, { runtime: 'custom' });
    expect([exit, said]).toEqual([
      0,
      [expect.stringMatching(/left to fill in for .*: the restart commands under `custom:`/)],
    ]);
    expect(text).toContain('fill in what is left');
    const plan = async () => planCommand({}, await edgesOf(person(), site.root));
    expect(await problemOf(plan())).toMatchObject({ code: 'config', message: expect.stringContaining('own restart') });
    const [head, form = ''] = (await site.read('action-tune.yaml')).split('may be left out.\n');
    await site.write('action-tune.yaml', `${head}\n${form.replace(/^( +)# /gm, '$1')}`);
    expect((await plan()).exit).toBe(0);
  });

  it('is not asked to fill in what a configuration above says', async () => {
    const site = await project();
    await site.write('action-tune.yaml', 'custom: {celery: {restart: "true"}}\ntargets: {here: {url: "local:."}}\n');
    await mkdir(site.path('inner'));
    expect((await init(site.path('inner'))).said).toEqual([]);
    expect(await site.read('inner/action-tune.yaml')).not.toContain('fill in');
  });
});

describe('files that are not where they usually are', () => {
  it('are said to be left, as far as a plan needs them', async () => {
    const site = await project();
    await rm(site.path(REDIS));
    await rm(site.path(COMPOSE));
    const { exit, said } = await init(site.root, { runtime: 'none' });
    expect([exit, said]).toEqual([0, [expect.stringContaining('where the files are (redis, compose) under `files:`')]]);
    expect(await site.read('action-tune.yaml')).toContain(`#   redis: ${site.path(REDIS)}`);
    const named = { runtime: 'none', file: { 'celery-unit': 'c.service', 'backend-unit': 'b.service' } } as const;
    expect((await init(site.root, { ...named, config: 'units.yaml' })).said).toEqual([
      expect.stringContaining('where the files are (redis) under'),
    ]);
  });

  it('are not, where all are there', async () => {
    expect((await init((await project()).root)).said).toEqual([]);
  });
});

describe('init writes nothing that could not be kept', () => {
  it.each<[string, TargetOptions, string]>([
    ['a value of the profile', { set: ['db.pool_size=15', 'users.max=80'] }, '--set users.max'],
    ['a limit that the file does not take', { maxConnections: 5_000_000 }, "maxConnections can't be 5000000"],
    ['a file without a name', { file: { redis: ' ' } }, "files.redis can't be"],
  ])('%s', async (_what, options, message) => {
    const site = await project();
    const problem = await problemOf(init(site.root, options));
    expect(problem).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect(await exists(site.path('action-tune.yaml'))).toBe(false);
  });

  it.each<[string, string, TargetOptions]>([
    ['a profile that is not there', 'profile', { profile: './nothere.yaml' }],
    ['a profile of no such name', 'profile', { profile: 'nowhere' }],
    ['a runtime that can not do what a configuration above asks for', 'config', { target: ['held'], runtime: 'none' }],
  ])('%s', async (_what, code, options) => {
    const site = await project();
    await site.write('action-tune.yaml', 'targets: {held: {url: "local:.", handoff: socket}}\n');
    await mkdir(site.path('inner'));
    const found = await problemOf(init(site.path('inner'), options));
    expect(found).toMatchObject({ code, fix: expect.any(String) });
    expect(await exists(site.path('inner/action-tune.yaml'))).toBe(false);
  });

  it('where there is a file already', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'other.yaml'), 'mine');
    expect(await problemOf(init(folder, { config: 'other.yaml' }))).toMatchObject({ code: 'config', found: 'EEXIST' });
    expect(await readFile(join(folder, 'other.yaml'), 'utf8')).toBe('mine');
  });
});
