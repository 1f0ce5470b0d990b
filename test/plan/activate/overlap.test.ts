import { describe, expect, it } from 'vitest';
import { overlapOf } from '../../../src/plan/activate/overlap.js';
import type { Runtime } from '../../../src/settings.js';
import type { ServiceFacts } from '../../../src/target/services.js';
import { backend, celery, containers, input } from './input.js';

function overlap(runtime: Runtime, services: readonly ServiceFacts[]): number {
  const { spec, facts } = input({ services });
  return overlapOf({ spec, facts, runtime: { runtime, because: 'asked for' } });
}

const uvicorn = (version: string, workers = 2) => ({
  program: { versions: { uvicorn: version }, workers, supervised: workers > 1 },
});

describe('workers beside the old ones', () => {
  it.each([
    ['one where a reload brings it up first', '0.51.0', 2, 1],
    ['one also while a single worker runs: later on several do', '0.51.0', 1, 1],
    ['none where a reload ends the old one first', '0.50.2', 2, 0],
    ['none where the service is restarted whole', '0.17.6', 2, 0],
  ])('are %s', (_, version, workers, expected) => {
    expect(overlap('systemd', [backend(uvicorn(version, workers)), celery()])).toBe(expected);
  });

  it('are none where a new version does not help: gunicorn, several containers, code in the image, nobody could look', () => {
    const own = uvicorn('0.51.0');
    expect(overlap('compose', containers({ web: own }))).toBe(1);
    expect(overlap('compose', containers({ web: { ...own, container: { replicas: 2 } } }))).toBe(0);
    expect(overlap('compose', containers({ web: { ...own, container: { code: 'baked' } } }))).toBe(0);
    expect(overlap('systemd', [backend({ program: { program: 'gunicorn', versions: { uvicorn: '0.51.0' } } })])).toBe(
      0,
    );
    expect(overlap('systemd', [backend({ program: null })])).toBe(0);
  });

  it.each(['custom', 'none'] as const)(
    'are taken to be one with runtime %s, whose restarts nobody knows',
    (runtime) => {
      expect(overlap(runtime, [backend(uvicorn('0.17.6'))])).toBe(1);
    },
  );
});
