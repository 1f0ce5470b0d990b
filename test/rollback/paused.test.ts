import { expect, it } from 'vitest';
import { rollbackDraft } from '../../src/rollback/draft.js';
import { pausedProblems } from '../../src/rollout/gates.js';
import { containers, input } from '../plan/activate/input.js';

/** A rollback of the pools, which both services are to take. */
function problems(state: 'paused' | 'running') {
  const web = { state, container: { id: '0123456789abcdef' }, ...(state === 'paused' && { program: null }) };
  const given = input({ services: containers({ web }) });
  const [facts, spec] = [{ ...given.facts, root: '/srv/action' }, given.spec];
  const file = { role: 'database', path: '/srv/action/backend/d.py', mode: '644', owner: '0:0' } as const;
  const returned = { ...file, before: Buffer.from('new'), after: Buffer.from('old') };
  const undone = { ids: [1], stages: ['db-pool'], settings: { before: {}, after: {} } } as const;
  const draft = rollbackDraft([returned], undone, { spec, facts, runtime: 'compose', by: 'ana', overrides: [] });
  return pausedProblems(draft.activation.plan.steps, facts);
}

it('a rollback is refused while somebody has paused what is to take it, with the way to go on', () => {
  expect(problems('paused')).toMatchObject([
    { code: 'unsafe', found: 'paused', fix: expect.stringContaining('docker unpause 0123456789ab') },
  ]);
  expect(problems('running')).toEqual([]);
});
