import { describe, expect, it } from 'vitest';
import { factsAfter } from '../../../src/plan/activate/afterwards.js';
import { backend, celery, code, input, socketFile } from './input.js';

const single = { workers: 1, supervised: false };

describe('factsAfter', () => {
  it('knows the workers that a stage leaves, for the stage that follows', () => {
    const { facts } = input({ services: [backend({ program: single }), celery({ program: { pool: 'solo' } })] });
    const { services } = factsAfter(facts, [], { 'web.workers': 2, 'celery.pool': 'prefork', 'celery.concurrency': 4 });
    expect(services.get('backend')?.program).toMatchObject({ workers: 2, supervised: true });
    expect(services.get('celery')?.program).toMatchObject({ pool: 'prefork', workers: 4 });
  });

  it('knows the socket that holds the port from then on', () => {
    const { services } = factsAfter(input().facts, [code, socketFile], {});
    expect(services.get('backend')?.unit?.socket).toBe('action-backend.socket');
    expect(services.get('celery')?.unit?.socket).toBeNull();
  });

  it('leaves the rest, and what nobody could look into', () => {
    const { facts } = input({ services: [backend({ program: null, unit: null })] });
    expect(factsAfter(facts, [socketFile], { 'web.workers': 2 }).services).toEqual(facts.services);
  });
});
