import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type WizardOptions, wizardCommand } from '../../src/commands/wizard.js';
import { PLAIN } from '../../src/view/output.js';
import { COMPOSE, DATABASE, type Project, project, REDIS, temporaryFolder } from '../e2e/support.js';
import { edgesOf, type Person, person } from '../support/scripted.js';
import { problemOf } from '../support/session.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 90_000 });

const KNOWN = { profile: 'department-20-50', maxConnections: 500 } as const;

async function start(who: Person, cwd: string, options: WizardOptions = {}, home?: string) {
  const outcome = await wizardCommand(options, await edgesOf(who, cwd, home), () => 'the help');
  return { exit: outcome.exit, text: outcome.text(PLAIN) };
}

async function unchangedIn(site: Project, work: () => Promise<unknown>): Promise<void> {
  const before = await site.everything();
  await work();
  expect(await site.everything()).toEqual(before);
}

describe('the wizard', () => {
  it('asks what it can not know, shows what comes, applies it, and says how to type it', async () => {
    const site = await project();
    const who = person('department-50-100', '700', true);
    const { exit, text } = await start(who, site.root);
    expect(exit).toBe(0);
    expect(who.said).toEqual([`Project: ${site.root}`]);
    expect(who.questions).toEqual([
      'Profile',
      'Database limit, max_connections (empty: assume 1600):',
      `Apply db-pool on local:${site.root}?`,
    ]);
    expect(who.shown).toHaveLength(1);
    expect(who.shown[0]).toMatch(
      /\+engine = create_engine[\s\S]*later, one at a time\n {2}redis-pool +redis\.max_connections/,
    );
    expect(text).toMatch(/db-pool: applied[\s\S]*Next comes redis-pool: start action-tune again\./);
    expect(text).toContain('\n  action-tune plan --profile department-50-100 --max-connections 700\n');
    expect(text).toContain(
      '\n  action-tune apply --stage db-pool --profile department-50-100 --max-connections 700 --yes\n',
    );
    expect(text).toContain('\n  action-tune init --profile department-50-100 --max-connections 700');
    expect(await site.read(DATABASE)).toContain('pool_size=');
    expect(await site.read(REDIS)).not.toContain('max_connections');
  });

  it('an empty limit keeps the assumed figure, and what is the default need not be typed', async () => {
    const site = await project();
    const { text } = await start(person('', '', true), site.root);
    expect(text).toContain('\n  action-tune plan\n  action-tune apply --stage db-pool --yes\n');
  });

  it('advises to keep the answers only where a configuration can hold them', async () => {
    const site = await project();
    const kept = await start(person('', '', false), site.root, { set: ['db.pool_size=15'] });
    expect(kept.text).toContain('\n  action-tune init --set db.pool_size=15');
    const { text } = await start(person('', '', false), site.root, { set: ['users.max=60'] });
    expect(text).toContain('action-tune plan --set users.max=60');
    expect(text).not.toContain('action-tune init');
  });

  it('goes on stage by stage to the end, and then has nothing to do', async () => {
    const site = await project();
    for (const next of ['redis-pool', 'uvicorn-workers', 'celery-workers']) {
      expect((await start(person(true), site.root, KNOWN)).text).toContain(`Next comes ${next}`);
    }
    expect((await start(person(true), site.root, KNOWN)).text).toContain('All stages are applied.');
    expect(await site.read(COMPOSE)).toMatch(/--workers 2[\s\S]*--concurrency=2/);
    const last = person();
    const { exit, text } = await start(last, site.root, KNOWN);
    expect(exit).toBe(0);
    expect(last.questions).toEqual([]);
    expect(text).toMatch(/Nothing to change[\s\S]*celery-workers +applied/);
  });

  it('asks nothing that a flag says, and nothing at all with --yes', async () => {
    const site = await project();
    const who = person();
    const { exit, text } = await start(who, '/', { ...KNOWN, target: [`local:${site.root}`], yes: true });
    expect([exit, who.questions]).toEqual([0, []]);
    expect(text).toContain(
      `action-tune plan --target local:${site.root} --profile department-20-50 --max-connections 500`,
    );
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('a declined question changes nothing, and still says how to type it', async () => {
    const site = await project();
    await unchangedIn(site, async () => {
      const { exit, text } = await start(person('', '', false), site.root);
      expect(exit).toBe(0);
      expect(text).toMatch(/^Nothing was changed\.[\s\S]*action-tune apply --stage db-pool --yes/);
    });
  });

  it.each([0, 1, 2])('who leaves after %i answers has changed nothing', async (count) => {
    const site = await project();
    await unchangedIn(site, async () => {
      const leaving = start(person(...['', ''].slice(0, count)), site.root);
      await expect(leaving).rejects.toMatchObject({ name: 'ExitPromptError' });
    });
  });

  it('asks again about a limit that is none', async () => {
    const site = await project();
    const who = person('', 'many', '0', '-1', '12.5', '450', false);
    expect((await start(who, site.root)).text).toContain('--max-connections 450');
    expect(who.refusals).toHaveLength(4);
    expect(who.refusals[0]).toContain('whole number');
  });

  it('must be told the limit where the profile states none', async () => {
    const site = await project();
    await site.write('own.yaml', 'users: {min: 5, max: 9}\nserver: {cpus: 2, memory: 4GB}\n');
    const who = person('', '400', false);
    const { text } = await start(who, site.root, { profile: site.path('own.yaml') });
    expect(who.questions[0]).toBe('Database limit, max_connections:');
    expect(who.refusals).toHaveLength(1);
    expect(text).toContain(`action-tune plan --profile ${site.path('own.yaml')} --max-connections 400`);
  });

  it('without a terminal it prints the help and asks nobody', async () => {
    const who = person();
    const edges = { ...(await edgesOf(who, '/')), interactive: false };
    const outcome = await wizardCommand({}, edges, () => 'the help\n');
    expect([outcome.exit, outcome.text(PLAIN)]).toEqual([2, '']);
    expect(outcome.document).toMatchObject({ schema: 1, problems: [{ code: 'usage' }] });
    expect([who.said, who.questions]).toEqual([['the help'], []]);
  });
});

describe('where the wizard finds the project', () => {
  it('in a folder above', async () => {
    const site = await project();
    const { text } = await start(person(false), site.path('backend/app'), KNOWN);
    expect(text).toContain(`action-tune plan --target local:${site.root} --profile`);
    expect(text).not.toContain('init');
  });

  it.each([
    ['the repository', (inner: string) => mkdir(join(inner, '.git')), undefined],
    ['home', async () => undefined, (inner: string) => inner],
  ])('not above %s: it asks, and again until the answer is an address', async (_what, prepare, homeOf) => {
    const site = await project();
    const inner = site.path('inner');
    await mkdir(inner);
    await prepare(inner);
    const who = person('', 'production', 'local:inner', 'ssh://u:secret@h/x', `local:${site.root}`, false);
    const { text } = await start(who, inner, KNOWN, homeOf?.(inner));
    expect(who.questions[0]).toBe('Target (ssh://user@host/project or local:/project):');
    expect(who.refusals).toHaveLength(4);
    expect(who.refusals[2]).toContain('write `local:./inner`');
    expect(who.refusals.join()).not.toContain('secret');
    expect(text).toContain(`action-tune plan --target local:${site.root}`);
  });

  it('by the file that --file names', async () => {
    const folder = await temporaryFolder();
    const site = await project();
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src/db.py'), await readFile(site.path(DATABASE)));
    const who = person('local:/nonexistent');
    await expect(start(who, folder, KNOWN)).rejects.toMatchObject({ problems: [{ code: 'target' }] });
    const found = person(false);
    const failing = start(found, join(folder, 'src'), { ...KNOWN, file: { database: 'src/db.py' } });
    await failing.catch(() => undefined);
    expect(found.said).toEqual([`Project: ${folder}`]);
  });
});

describe('the wizard with an action-tune.yaml', () => {
  const config = (root: string, rest = '') =>
    `soak: 24h\ntargets:\n  here: {url: "local:${root}", profile: department-20-50, maxConnections: 400${rest}}\n`;

  it('asks for nothing but the confirmation, and need not name what the file says', async () => {
    const site = await project();
    await site.write('action-tune.yaml', config('.'));
    const who = person(false);
    const { text } = await start(who, site.path('backend'));
    expect(who.questions).toEqual(['Apply db-pool on here?']);
    expect(text).toMatch(/\n {2}action-tune plan\n {2}action-tune apply --stage db-pool --yes$/);
  });

  it('lets one of several targets be chosen', async () => {
    const site = await project();
    await site.write('action-tune.yaml', `${config('.')}  there: {url: "ssh://deploy@example/srv/action"}\n`);
    const who = person('here', false);
    const { text } = await start(who, site.root);
    expect(who.questions).toEqual(['Target', 'Apply db-pool on here?']);
    expect(text).toContain('action-tune apply --stage db-pool --target here --yes');
  });

  it('asks for the profile and the limit that the file leaves out', async () => {
    const site = await project();
    await site.write('action-tune.yaml', 'targets: {here: {url: "local:."}}\n');
    const who = person('', '', false);
    expect((await start(who, site.root)).text).not.toContain('init');
    expect(who.questions.slice(0, 2)).toEqual(['Profile', expect.stringContaining('assume 500')]);
  });

  it('says how long a stage is watched, and before that time is over the gate is closed', async () => {
    const site = await project();
    const custom = ', runtime: custom, custom: {backend: {restart: "true"}, celery: {restart: "true"}}';
    await site.write('action-tune.yaml', config('.', custom));
    const { text } = await start(person(true), site.root);
    expect(text).toMatch(/db-pool is watched until \d{4}-\S+Z\. Next comes redis-pool/);
    await unchangedIn(site, async () => {
      const who = person(true);
      expect(await problemOf(start(who, site.root))).toMatchObject({ code: 'soak' });
      expect([who.questions, who.shown]).toEqual([[], []]);
    });
  });

  it('two targets that are at different stages go on together', async () => {
    const [one, two] = [await project(), await project()];
    const target = [`local:${one.root}`, `local:${two.root}`];
    await start(person(true), dirname(one.root), { ...KNOWN, target: target.slice(0, 1) });
    const who = person(true);
    const { text } = await start(who, dirname(one.root), { ...KNOWN, target });
    expect(who.questions).toEqual([`Apply redis-pool on ${target[0]}, db-pool on ${target[1]}?`]);
    expect(text).toContain('action-tune apply --next --target');
    expect(text).toContain(`${target[1]}: Next comes redis-pool`);
    expect(await two.read(DATABASE)).toContain('pool_size=20');
  });
});
