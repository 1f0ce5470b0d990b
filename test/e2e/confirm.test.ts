import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { customConfig, DATABASE, expectRefused, type Project, project, RESTART, UNTIL_GO, until } from './support.js';

const CUSTOM = customConfig({ restart: RESTART });

async function applied(within: string, config = CUSTOM) {
  const site = await project('action', config);
  const original = await site.fingerprint();
  expect(await site.run('apply', '--next', '--yes', '--confirm-within', within)).toMatchObject({ code: 0 });
  return { site, original };
}

const statusOf = async (site: Project) => JSON.parse((await site.run('status', '--json')).stdout).targets[0];

/** The switch has done its work, or found nothing to do. */
const settled = (site: Project) =>
  until(
    async () => !(await site.has('.action-tune/pending')) && !(await site.has('.action-tune/lock')),
    'it is settled',
  );

describe('apply --confirm-within', () => {
  it('waits for confirm, which keeps what was applied, once', async () => {
    const { site } = await applied('1h');
    expect(await statusOf(site)).toMatchObject({ pending: { releases: [1] }, next: 'action-tune confirm' });
    const before = await site.everything();
    expectRefused(await site.run('apply', '--next', '--yes', '--json'), 3, 'action-tune confirm');
    expect(await site.everything()).toEqual(before);
    const kept = await site.run('confirm', '--json');
    expect(kept).toMatchObject({ code: 0 });
    expect(JSON.parse(kept.stdout)).toEqual({ schema: 1, targets: [{ name: 'here', confirmed: [1] }] });
    expect(await statusOf(site)).toMatchObject({ pending: null, stages: [{ applied: true }, {}, {}, {}] });
    expectRefused(await site.run('confirm', '--json'), 3, 'nothing waits');
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('without confirm everything is put back at the deadline, with nobody connected; then it is too late', async () => {
    const { site, original } = await applied('1s');
    await until(async () => !(await site.read(DATABASE)).includes('pool_size=20'), 'it is put back');
    await settled(site);
    expect(await site.fingerprint()).toEqual(original);
    expect(await site.read('restarts.log')).toBe('backend\ncelery\nbackend\ncelery\n');
    expectRefused(await site.run('confirm'), 3, 'nothing waits');
    expect(await statusOf(site)).toMatchObject({
      pending: null,
      unfinished: null,
      stages: [{ applied: false }, {}, {}, {}],
    });
    expect(await site.run('apply', '--next', '--yes')).toMatchObject({ code: 0 });
  });

  it('all stages go back at the deadline, the last first', async () => {
    const site = await project('action', CUSTOM);
    const original = await site.fingerprint();
    expect(await site.run('apply', '--all', '--yes', '--confirm-within', '1s')).toMatchObject({ code: 0 });
    await until(
      async () => (await site.read('.action-tune/journal.jsonl')).split('"expired"').length === 5,
      'all expire',
    );
    await settled(site);
    expect(await site.fingerprint()).toEqual(original);
  });

  it('confirm comes while it is on its way back: refused', async () => {
    const slow = customConfig({ restart: `${RESTART}; grep -q pool_size= ${DATABASE} || { ${UNTIL_GO}; }` });
    const { site, original } = await applied('1s', slow);
    await until(async () => (await site.read('restarts.log')).split('\n').length > 3, 'it is on its way back');
    expectRefused(await site.run('confirm'), 3, 'nothing waits');
    await site.write('go', '');
    await settled(site);
    expect(await site.fingerprint()).toEqual(original);
  });

  it('a rollback settles the matter: at the deadline nothing happens any more', async () => {
    const { site, original } = await applied('9s');
    const deadline = Date.now() + 10_000;
    expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(original);
    const state = await site.everything();
    expect(await statusOf(site)).toMatchObject({ pending: null, unfinished: null });
    await sleep(Math.max(0, deadline - Date.now()));
    expect(await site.everything()).toEqual(state);
  });

  it('whoever is faster wins alone, and confirm tells the truth', async () => {
    const race = async (delay: number) => {
      const { site, original } = await applied('2s');
      await sleep(delay);
      const { code } = await site.run('confirm');
      await settled(site);
      const kept = (await site.read(DATABASE)).includes('pool_size=20');
      expect(code).toBe(kept ? 0 : 3);
      if (!kept) expect(await site.fingerprint()).toEqual(original);
      expect((await statusOf(site)).stages[0].applied).toBe(kept);
    };
    await Promise.all([0, 300, 600, 900].map(race));
  });
});
