import { describe, expect, it } from 'vitest';
import { COMPOSE, customConfig, DATABASE, expectRefused, project, RESTART, STAGES } from './support.js';

const CUSTOM = customConfig({ restart: RESTART });
const SAVED = ['--plan', 'plan.json'];

async function planned() {
  const site = await project('action', CUSTOM);
  expect(await site.run('plan', '--out', 'plan.json')).toMatchObject({ code: 0 });
  return site;
}

describe('a saved plan', () => {
  it('is carried out exactly: the files get the hashes that were saved', async () => {
    const site = await planned();
    const [plan] = JSON.parse(await site.read('plan.json')).plans;
    // What the numbers would be now does not matter any more.
    const result = await site.run('apply', '--all', '--yes', '--json', ...SAVED, '--set', 'db.pool_size=7');
    expect(result).toMatchObject({ code: 0 });
    const stages = JSON.parse(result.stdout).targets;
    for (const [index, stage] of plan.stages.entries()) {
      expect(stages[index].files[0].sha256After).toBe(stage.files[0].sha256After);
    }
    expect(await site.read(DATABASE)).toContain('pool_size=20');
  });

  it('walks through all stages with --next repeated, and then has nothing to do', async () => {
    const site = await planned();
    for (const stage of STAGES) {
      const result = await site.run('apply', '--next', '--yes', '--json', ...SAVED);
      expect(JSON.parse(result.stdout).targets).toMatchObject([{ stage, outcome: 'applied' }]);
    }
    const before = await site.everything();
    expect(await site.run('apply', '--next', '--yes', ...SAVED)).toMatchObject({ code: 0 });
    expect(await site.everything()).toEqual(before);
  });

  it('is refused when any of its files has another hash, with both hashes', async () => {
    const site = await planned();
    await site.write(COMPOSE, `${await site.read(COMPOSE)}# touched\n`);
    const before = await site.everything();
    expectRefused(
      await site.run('apply', '--all', '--yes', '--json', ...SAVED),
      3,
      COMPOSE,
      /expected sha256/,
      /found/,
    );
    expect(await site.everything()).toEqual(before);
  });

  it('is made anew where the gate is overridden', async () => {
    const site = await planned();
    await site.write(COMPOSE, `${await site.read(COMPOSE)}# touched\n`);
    const override = ['--override', 'stale', '--reason', 'a comment only'];
    expect(await site.run('apply', '--all', '--yes', ...SAVED, ...override)).toMatchObject({ code: 0 });
    expect(await site.read(COMPOSE)).toMatch(/--workers 2[\s\S]*# touched\n$/);
    expect((await site.run('history')).stdout).toContain('a comment only');
  });

  it('is refused when it was edited, cut off, emptied, or is no plan at all', async () => {
    const site = await planned();
    const text = await site.read('plan.json');
    const spoilt = [
      text.replace('pool_size=20', 'pool_size=99'),
      text.slice(0, -200),
      '',
      'null',
      '{"schema": 1}',
      text.replaceAll('"schema": 1', '"schema": 2'),
    ];
    for (const written of spoilt) {
      await site.write('plan.json', written);
      const before = await site.everything();
      expectRefused(await site.run('apply', '--all', '--yes', '--json', ...SAVED), 2, 'plan.json', '--out FILE');
      expect(await site.everything()).toEqual(before);
    }
  });

  it('is refused on another target, and with another runtime', async () => {
    const site = await planned();
    const other = await project('other', CUSTOM);
    const before = await other.everything();
    const elsewhere = ['--plan', site.path('plan.json')];
    expectRefused(await other.run('apply', '--all', '--yes', '--json', ...elsewhere), 2, 'something else');
    expect(await other.everything()).toEqual(before);
    expectRefused(await site.run('apply', '--yes', '--json', '--runtime', 'none', ...SAVED), 2, 'runtime none');
  });

  it('that can not be saved is exit 2', async () => {
    const site = await project();
    expectRefused(await site.run('plan', '--json', '--out', 'backend'), 2, 'backend');
  });
});
