import { describe, expect, it } from 'vitest';
import { recommend } from '../../src/size/recommend.js';
import type { ServiceBytes } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

const GB = 1e9;

function sized(serviceBytes: ServiceBytes) {
  return recommend({
    profile: shipped('department-50-100'),
    facts: { database: limitOf(500), serviceBytes },
    overrides: {},
  });
}

describe('a service that may not take all of the memory', () => {
  it('gets fewer processes, and the other one as many as before', () => {
    const { recommended, reasons, budget } = sized({ backend: 1 * GB, celery: null });
    expect(recommended).toMatchObject({ 'web.workers': 2, 'celery.concurrency': 4 });
    expect(reasons.find(({ setting }) => setting === 'web.workers')?.because).toContain(
      'the 1 GB of memory that the service may take',
    );
    expect(budget.memory.services).toEqual([
      { service: 'backend', limitBytes: 1 * GB, peakBytes: 930_000_000, fits: true },
    ]);
    expect(sized({ backend: null, celery: 0.7 * GB }).recommended).toMatchObject({
      'web.workers': 4,
      'celery.concurrency': 2,
    });
  });

  it('is bound by the machine where its own limit is larger', () => {
    expect(sized({ backend: 64 * GB, celery: null }).recommended).toEqual(
      sized({ backend: null, celery: null }).recommended,
    );
  });

  it('is refused where not even one process fits, with what would', () => {
    expect(() => sized({ backend: 0.2 * GB, celery: null })).toThrow(
      /the processes of the backend need up to 600 MB of memory, and it may take 200 MB/,
    );
  });
});
