import { describe, expect, it } from 'vitest';
import { outlookOf } from '../../src/plan/outlook.js';
import { outlookWarnings } from '../../src/plan/outlook-warnings.js';
import { parseProfile } from '../../src/profile/parse.js';
import type { Profile } from '../../src/profile/profile.js';
import type { Found, Wanted } from '../../src/settings.js';
import { recommend } from '../../src/size/recommend.js';
import { limitOf, shipped } from '../size/profiles.js';

const guide: Wanted = { 'db.pool_size': 20, 'db.max_overflow': 30, 'web.workers': 2 };
const plain: Found = { 'db.pool_size': null, 'db.max_overflow': null, 'web.workers': null };

function warned(profile: Profile, before: Found = plain, after: Wanted = guide) {
  const { budget, recommended } = recommend({ profile, facts: { database: limitOf(500) }, overrides: {} });
  const outlook = outlookOf(profile, profile.server, before, { budget, recommended: { ...recommended, ...after } });
  return outlookWarnings(outlook, profile, profile.server.cpus);
}

function own(rest: string): Profile {
  return parseProfile(`server: {cpus: 2, memory: 4GB}\n${rest}`, 'own.yaml');
}

describe('the warnings of the model', () => {
  it('say how many people are served where those at the peak are more, and how long these wait', () => {
    const [peak, ...more] = warned(shipped('department-20-50'));
    expect(more).toEqual([]);
    expect(peak).toMatchObject({ code: 'users-beyond-capacity', file: 'profiles/department-20-50.yaml' });
    expect(peak?.message).toMatch(
      /no more than 30 people can be served within 1350 ms at the same time.*for 20 to 50; with 50 it takes [\d.]+ s/,
    );
    expect(peak?.fix).toContain('under growth');
  });

  it('say nothing where all people at the peak are served well', () => {
    const profile = shipped('department-20-50');
    expect(warned({ ...profile, users: { min: 20, max: 30 } })).toEqual([]);
    expect(warned({ ...profile, users: { min: 20, max: 31 } })).toMatchObject([{ code: 'users-beyond-capacity' }]);
    expect(warned({ ...profile, workload: { ...profile.workload, thinkTimeMs: 5000 } })).toEqual([]);
  });

  it('say so where far more people are asked for than can be served', () => {
    const [many, ...more] = warned(own('users: {min: 10000, max: 10000}'));
    expect(more).toEqual([]);
    expect(many).toMatchObject({ code: 'users-beyond-capacity', file: 'own.yaml' });
    expect(many?.message).toMatch(/no more than \d\d people can be served within 1350 ms.*with 10000 it takes \d+/);
  });

  it('say why nobody can be served', () => {
    const [taken] = warned(own('users: {min: 1, max: 2}\nworkload: {otherCores: 3}'));
    expect(taken).toMatchObject({ code: 'objective-out-of-reach' });
    expect(taken?.message).toContain('workload.otherCores takes 3 cores, and there are 2');
    const [slow] = warned(own('users: {min: 1, max: 2}\nslo: {p95: 50ms}'));
    expect(slow?.message).toContain('nobody can be served within 50 ms');
    expect(slow?.fix).toContain("profile's demands and objective");
  });

  it('say so where fewer people are served than before', () => {
    const narrow: Wanted = { 'db.pool_size': 1, 'db.max_overflow': 0, 'web.workers': 1 };
    const small = own('users: {min: 1, max: 1}\nworkload: {demand: {web: 30ms, database: 5ms}}\nbasis: rule');
    expect(warned(small, plain, narrow)).toMatchObject([{ code: 'capacity-falls' }]);
    expect(warned(small, plain, { 'db.pool_size': 1, 'db.max_overflow': 5, 'web.workers': 1 })).toEqual([]);
    expect(warned(small, { ...plain, 'web.workers': { unresolved: 'elsewhere' } }, narrow)).toEqual([]);
  });
});
