import { describe, expect, it } from 'vitest';
import { recommend } from '../../src/size/recommend.js';
import type { SizingFacts, SizingInput } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

const profile = shipped('department-20-50');

function sized(facts: Partial<SizingFacts>, over: Partial<SizingInput> = {}) {
  return recommend({ profile, facts: { cpus: 2, database: limitOf(300), ...facts }, overrides: {}, ...over });
}

const settings = (facts: Partial<SizingFacts>, over: Partial<SizingInput> = {}) => {
  const { recommended } = sized(facts, over);
  return [recommended['web.workers'], recommended['celery.concurrency']];
};
const because = (setting: string, facts: Partial<SizingFacts>) =>
  sized(facts).reasons.find((reason) => reason.setting === setting)?.because;

describe('the cores of a service', () => {
  it.each([
    ['nothing', null, null, [2, 2]],
    ['the backend alone', 0.5, null, [1, 2]],
    ['celery alone', null, 0.5, [2, 1]],
    ['both', 1, 1.9, [1, 1]],
    ['neither, where there is more than the machine has', 8, 8, [2, 2]],
  ] as const)('bind that service and no other: %s', (_, backend, celery, expected) => {
    expect(settings({ serviceCpus: { backend, celery } })).toEqual(expected);
  });

  it('are named where they decide', () => {
    const serviceCpus = { backend: null, celery: 0.5 };
    expect(because('celery.concurrency', { serviceCpus })).toBe(
      'one celery child for the 0.5 cores that the service may take',
    );
    expect(because('web.workers', { serviceCpus })).toBe('one web worker for each of 2 cores');
    const codes = sized({ serviceCpus }).warnings.filter(({ code }) => code === 'fewer-cores');
    expect(codes.map(({ message }) => message)).toEqual([
      expect.stringMatching(/cores that celery may take: 0.5, in the profile: 2/),
    ]);
    expect(sized({}).warnings.filter(({ code }) => code === 'fewer-cores')).toEqual([]);
  });

  it('bind each container by itself', () => {
    const deployment = { beat: false, migrations: false, overlap: 0, containers: { backend: 2, celery: 1 } };
    const wide = { ...profile, server: { ...profile.server, cpus: 8 } };
    const given = { profile: wide, deployment };
    expect(settings({ cpus: 8, serviceCpus: { backend: 1, celery: null } }, given)[0]).toBe(1);
    expect(settings({ cpus: 8, serviceCpus: { backend: 6, celery: null } }, given)[0]).toBe(4);
  });

  it('say nothing of how many children celery starts by itself: those are as many as the machine shows', () => {
    const current = { 'web.workers': 1, 'celery.pool': 'prefork', 'celery.concurrency': null };
    const now = (facts: Partial<SizingFacts>) =>
      sized(facts, { current, allowOverBudget: true }).budget.instants[0]?.connections;
    expect(now({ hostCpus: 4 })).toBe((1 + 4) * 15);
    expect(now({ hostCpus: 4, serviceCpus: { backend: 0.5, celery: 0.5 } })).toBe((1 + 4) * 15);
    expect(now({})).toBe((1 + 2) * 15);
  });

  it('of the backend are those of the model', () => {
    const model = { ...profile, basis: 'model' as const };
    const serviceCpus = { backend: 1, celery: null };
    expect(
      sized({ serviceCpus }, { profile: model }).reasons.find(({ setting }) => setting === 'web.workers')?.because,
    ).toContain('on 1 cores');
    expect(sized({}, { profile: model }).reasons.find(({ setting }) => setting === 'web.workers')?.because).toContain(
      'on 2 cores',
    );
  });
});
