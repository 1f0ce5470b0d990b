import { describe, expect, it } from 'vitest';
import { expectRefused, project } from './support.js';

const BAD = [
  ['an unknown flag', ['apply', '--frobnicate'], /frobnicate/],
  [
    'an unknown command: the known ones are listed',
    ['aply'],
    /one of apply, rollback, .*plan, status, verify, history/,
  ],
  ['a misspelt flag: the right one is suggested', ['plan', '--profil', 'x'], /--profile/],
  ['a flag without its value', ['plan', '--profile'], /--profile/],
  ['an unknown stage', ['apply', '--yes', '--stage', 'db'], /db-pool, redis-pool, uvicorn-workers, celery-workers/],
  ['an unknown gate', ['apply', '--yes', '--override', 'host-key', '--reason', 'x'], /order, soak, budget/],
  [
    'an unknown gate among others',
    ['apply', '--yes', '--override', 'order,host-key', '--reason', 'x'],
    /order, soak, budget.*parted by commas/,
  ],
  ['an override without a reason', ['apply', '--yes', '--override', 'soak'], /--reason/],
  ['an override with an empty reason', ['apply', '--yes', '--override', 'soak', '--reason', ' '], /--reason/],
  ['a reason for nothing', ['apply', '--yes', '--reason', 'because'], /--override/],
  ['an unknown runtime', ['plan', '--runtime', 'docker'], /compose, systemd, custom, none/],
  ['a limit that is no number', ['plan', '--max-connections', 'many'], /whole number/],
  ['a limit of 0', ['plan', '--max-connections', '0'], /from 1 up/],
  ['a negative limit', ['plan', '--max-connections', '-5'], /--max-connections|-5/],
  ['two choices of stages', ['apply', '--yes', '--next', '--all'], /exclude each other/],
  ['two choices of releases', ['rollback', '--yes', '--to', '1', '--all'], /exclude each other/],
  ['a release that is no number', ['rollback', '--yes', '--to', 'first'], /whole number/],
  ['a duration without its unit', ['apply', '--yes', '--confirm-within', '90'], /90s?.*|30s/],
  ['an unknown setting', ['plan', '--set', 'db.size=3'], /db\.pool_size/],
  ['a setting without a value', ['plan', '--set', 'db.pool_size'], /KEY=VALUE/],
  ['a setting out of its bounds', ['plan', '--set', 'web.workers=0'], /web\.workers/],
  ['an unknown role', ['plan', '--file', 'db=a.py'], /database, redis, compose/],
  ['a role without a path', ['plan', '--file', 'database'], /ROLE=PATH/],
  ['an extra word', ['plan', 'everything'], /too many arguments|everything/],
  ['a target that is no address', ['plan', '--target', 'production'], /production/],
  ['the same target twice', ['plan', '--target', 'local:.', '--target', 'local:.'], /named twice/],
  ['a saved plan that is not there', ['apply', '--yes', '--plan', 'plan.json'], /plan\.json/],
] as const;

describe('a bad flag is exit 2: nothing is changed, and the message says what would do', () => {
  it.each(BAD)('%s', async (_what, args, words) => {
    const site = await project();
    const before = await site.everything();
    expectRefused(await site.run(...args, '--json'), 2, words);
    expect(await site.everything()).toEqual(before);
  });

  it('no terminal and no --yes: apply, rollback and unlock ask nobody', async () => {
    const site = await project();
    const before = await site.everything();
    for (const command of ['apply', 'rollback', 'unlock']) {
      const result = await site.run(command);
      expectRefused(result, 2, '--yes', 'no terminal');
      expect(result.stdout).toBe('');
    }
    expect(await site.everything()).toEqual(before);
  });

  it('without a command and without a terminal it prints the help', async () => {
    const site = await project();
    const result = await site.run();
    expect(result.code).toBe(2);
    expect(`${result.stdout}${result.stderr}`).toMatch(/Usage: action-tune/);
  });
});

const CONFIG = [
  ['an unknown key', 'targets:\n  here:\n    url: local:.\n    runtim: none\n', '4:5', /runtim/],
  ['an unknown runtime', 'targets:\n  here:\n    url: local:.\n    runtime: docker\n', '4:14', /compose/],
  ['a default that is no target', 'default: there\ntargets:\n  here:\n    url: local:.\n', '1:10', /here/],
  ['a target without an address', 'targets:\n  here:\n    runtime: none\n', '2:3', /targets\.here\.url is missing/],
  ['a time without its unit', 'soak: 24\ntargets:\n  here:\n    url: local:.\n', '1:7', /24h/],
  ['broken YAML', 'targets: [\n', '', /action-tune\.yaml:\d+/],
  ['nothing in it', '', '', /action-tune\.yaml/],
] as const;

describe('a bad configuration is exit 2, with file, line and column', () => {
  it.each(CONFIG)('%s', async (_what, text, place, words) => {
    const site = await project('action', text);
    const before = await site.everything();
    expectRefused(await site.run('apply', '--yes', '--json'), 2, `action-tune.yaml${place && `:${place}`}`, words);
    expect(await site.everything()).toEqual(before);
  });

  it('several targets and no default: their names are given', async () => {
    const site = await project('action', 'targets:\n  one: {url: "local:."}\n  two: {url: "local:."}\n');
    expectRefused(await site.run('plan'), 2, 'no default', 'one, two');
  });

  it('runtime custom without commands', async () => {
    const site = await project();
    expectRefused(await site.run('apply', '--yes', '--runtime', 'custom'), 2, 'restart', '--runtime none');
  });

  it('a --config that is not there', async () => {
    const site = await project();
    expectRefused(await site.run('plan', '--config', 'other.yaml'), 2, 'other.yaml', 'action-tune init');
  });
});
