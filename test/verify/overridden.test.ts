import { describe, expect, it } from 'vitest';
import { expectedSettings, overriddenSettings, type Released, sayOverridden } from '../../src/verify/overridden.js';

const released: Released = new Map([['web.workers', { value: 2, release: 4 }]]);
const places = { 'web.workers': '/run/later.conf' };
const found = (now: Parameters<typeof overriddenSettings>[1]) => overriddenSettings(released, now, places);

describe('what was applied', () => {
  it('is what the processes should have, whatever the files say since', () => {
    expect(expectedSettings(released, { 'web.workers': 1, 'db.pool_size': 5 })).toEqual({
      'web.workers': 2,
      'db.pool_size': 5,
    });
  });

  it('is overridden where the files say something else, nothing, or what can not be read', () => {
    expect(found({ 'web.workers': 2 })).toEqual([]);
    expect(found({ 'web.workers': 1 })).toMatchObject([{ applied: 2, now: 1, release: 4, file: '/run/later.conf' }]);
    expect(found({}).map(sayOverridden)).toEqual([
      '2 was applied by release 4, and /run/later.conf decides now: not set',
    ]);
    const doubtful = found({ 'web.workers': { unresolved: 'a variable' } });
    expect(doubtful.map(sayOverridden)[0]).toContain('not known: a variable');
  });
});
