import { mkdir } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { DATABASE, type Project, project, REDIS } from '../e2e/support.js';
import { type Terminal, terminal, terminalAvailable } from './terminal.js';

// Every test starts processes, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const PROFILE = /\? Profile[\s\S]*Enter to take it/;
const LIMIT = /\? Database limit.*:$/m;
const APPLY = /\? Apply \S+ on .*\(y\/N\)$/m;
const STOPPED = 'error: Stopped as asked; nothing was changed.';

async function unchangedIn(site: Project, work: () => Promise<unknown>): Promise<void> {
  const before = await site.everything();
  await work();
  expect(await site.everything()).toEqual(before);
}

/** As far as the question whether to apply. */
async function answer(tty: Terminal, limit: string): Promise<void> {
  await tty.sees(PROFILE);
  await tty.press('Enter');
  await tty.sees(LIMIT);
  await tty.press(...limit, 'Enter');
  await tty.sees(APPLY);
}

describe.skipIf(!terminalAvailable())('the wizard on a real terminal', () => {
  it('asks, shows, applies, and what it says to type does the same for the next stage', async () => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await tty.type('action-tune');
    await tty.sees(PROFILE);
    await tty.press('Down');
    await tty.sees(/❯ department-50-100[\s\S]*50-100 people on one machine/);
    await tty.press('Up', 'Enter');
    await tty.sees(LIMIT);
    await tty.press('m', 'a', 'n', 'y', 'Enter');
    await tty.sees(/a whole number from 1 up/);
    await tty.press('BSpace', 'BSpace', 'BSpace', 'BSpace', '4', '0', '0', 'Enter');
    await tty.sees(APPLY);
    const screen = (await tty.screen()).join('\n');
    expect(screen).toMatch(/action-tune[\s\S]*db\.pool_size[\s\S]*later, one at a time[\s\S]*Apply db-pool/);
    await tty.press('y', 'Enter');
    expect(await tty.ended()).toBe(0);
    const text = await tty.text();
    expect(text).toMatch(/db-pool: applied[\s\S]*Next comes redis-pool[\s\S]*action-tune plan --max-connections 400\n/);
    expect(text.match(/db\.pool_size/g)).toHaveLength(1);
    expect(await site.read(DATABASE)).toContain('pool_size=20, max_overflow=30');
    const [, command = ''] = /^ {2}(action-tune apply .* --yes)$/m.exec(text) ?? [];
    await tty.type(command.replace('db-pool', 'redis-pool'));
    expect(await tty.ended()).toBe(0);
    expect(await site.read(REDIS)).toContain('max_connections=50');
  });

  it.each([
    ['the profile', 'C-c', 0],
    ['the profile', 'C-d', 0],
    ['the limit', 'C-c', 1],
    ['the limit', 'C-d', 1],
    ['the confirmation', 'C-c', 2],
    ['the confirmation', 'C-d', 2],
  ])('at the question for %s, %s changes nothing', async (_what, key, answers) => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await unchangedIn(site, async () => {
      await tty.type('action-tune');
      for (const question of [PROFILE, LIMIT].slice(0, answers)) {
        await tty.sees(question);
        await tty.press('Enter');
      }
      await tty.sees([PROFILE, LIMIT, APPLY][answers] ?? /never/);
      await tty.press(key);
      expect(await tty.ended()).toBe(130);
    });
    const text = await tty.text();
    expect(text).toContain(STOPPED);
    expect(text).not.toMatch(/ at .*\.js|Error|Warning/);
    expect(await tty.cursorShows()).toBe(true);
  });

  it('a declined confirmation changes nothing, and is no error', async () => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await unchangedIn(site, async () => {
      await tty.type('action-tune');
      await answer(tty, '');
      await tty.press('Enter');
      expect(await tty.ended()).toBe(0);
    });
    expect(await tty.text()).toMatch(/Nothing was changed\.\n\nThe same, without questions:\n {2}action-tune plan\n/);
  });

  it('on a narrow terminal no question is cut off or drawn twice', async () => {
    const site = await project();
    const tty = await terminal({ cwd: site.root, columns: 60 });
    await tty.type('action-tune');
    await answer(tty, '400');
    await tty.press('y', 'Enter');
    expect(await tty.ended()).toBe(0);
    const text = await tty.text();
    for (const once of [/Profile/g, /Database limit/g, /Apply db-pool/g]) expect(text.match(once)).toHaveLength(1);
    expect(text).toContain('\n  action-tune apply --stage db-pool --max-connections 400 --yes\n');
  });

  it.each([
    ['NO_COLOR', 'action-tune', { NO_COLOR: '1' }],
    ['--no-color', 'action-tune --no-color', {}],
  ])('with %s nothing is coloured, and without it the questions are', async (_what, command, env) => {
    const site = await project();
    const plain = await terminal({ cwd: site.root, env });
    await plain.type(command);
    await plain.sees(PROFILE);
    expect((await plain.screen()).join('')).not.toContain('\u001b');
    await answer(plain, '');
    expect((await plain.screen()).join('')).not.toContain('\u001b');
    const colourful = await terminal({ cwd: site.root });
    await colourful.type('action-tune');
    await colourful.sees(PROFILE);
    expect((await colourful.screen()).join('')).toContain('\u001b');
  });

  it('asks for the target where there is no project, and a target that is not there ends it', async () => {
    const site = await project();
    const empty = site.path('empty');
    await mkdir(`${empty}/.git`, { recursive: true });
    const tty = await terminal({ cwd: empty });
    await tty.type('action-tune --profile department-20-50 --max-connections 500');
    await tty.sees(/\? Target .*:$/m);
    await tty.press('-l', 'local:nowhere');
    await tty.press('Enter');
    await tty.sees(/the folder is relative; write `local:\.\/nowhere`/);
    await tty.press('C-u');
    await tty.press('-l', 'local:./nowhere');
    await tty.press('Enter');
    expect(await tty.ended()).toBe(2);
    expect(await tty.text()).toContain('is not there.');
  });

  it('keeps what is asked off stdout', async () => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await tty.type('action-tune --profile department-20-50 > out.txt');
    await tty.sees(LIMIT);
    await tty.press('Enter');
    await tty.sees(APPLY);
    await tty.press('y', 'Enter');
    expect(await tty.ended()).toBe(0);
    expect(await site.read('out.txt')).toMatch(/^local:[\s\S]*db-pool: applied/);
    for (const other of ['Database limit', 'Apply', '\u001b']) expect(await site.read('out.txt')).not.toContain(other);
  });
});

describe.skipIf(!terminalAvailable())('apply on a real terminal', () => {
  it.each([
    ['Enter', 'Enter', 0, 'Nothing was changed.'],
    ['Ctrl-C', 'C-c', 130, STOPPED],
  ])('shows what it will do and asks; %s is no', async (_what, key, exit, words) => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await unchangedIn(site, async () => {
      await tty.type('action-tune apply');
      await tty.sees(APPLY);
      await tty.press(key);
      expect(await tty.ended()).toBe(exit);
    });
    expect(await tty.text()).toContain(words);
  });

  it('does it after a yes', async () => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await tty.type('action-tune apply');
    await tty.sees(APPLY);
    await tty.press('y', 'Enter');
    expect(await tty.ended()).toBe(0);
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('a target that can not be reached ends it, also while a line of progress shows', async () => {
    const site = await project();
    const tty = await terminal({ cwd: site.root });
    await tty.type('action-tune plan --target local:./nowhere');
    expect(await tty.ended()).toBe(2);
  });
});
