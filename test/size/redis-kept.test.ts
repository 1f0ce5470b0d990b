import { describe, expect, it } from 'vitest';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

const fifty = shipped('department-20-50');

function sized(there: number, facts: Partial<SizingInput['facts']> = {}) {
  const input: SizingInput = {
    profile: fifty,
    facts: { database: limitOf(500), ...facts },
    overrides: {},
    current: { 'redis.max_connections': there },
  };
  const { recommended, budget } = recommend(input);
  const pools = budget.redis.processes.filter(({ role }) => role !== 'celery-parent');
  return {
    value: recommended['redis.max_connections'],
    counted: [...new Set(pools.map(({ perProcess }) => perProcess))],
    files: budget.descriptors.uses.find(({ use }) => use === 'redis')?.count,
  };
}

describe('a Redis pool that is left as it is', () => {
  it('is counted as it is, and not as it would be set otherwise', () => {
    expect(sized(150)).toEqual({ value: 150, counted: [150], files: 150 });
    expect(sized(50)).toEqual({ value: 50, counted: [50], files: 50 });
    expect(sized(201)).toEqual({ value: 50, counted: [50], files: 50 });
    expect(sized(49)).toEqual({ value: 50, counted: [50], files: 50 });
  });

  it('is brought down where Redis does not take as much, or a web worker may not open as many files', () => {
    const redis = { maxClients: 500, inUseByOthers: null };
    expect(sized(150, { redis })).toEqual({ value: 50, counted: [50], files: 50 });
    // Of 600 a tenth is kept free; 50 to the database, 300 clients, and 60 of its own leave 130.
    expect(sized(131, { descriptors: 600 })).toEqual({ value: 50, counted: [50], files: 50 });
    expect(sized(130, { descriptors: 600 })).toEqual({ value: 130, counted: [130], files: 130 });
  });
});
