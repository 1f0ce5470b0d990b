import { describe, expect, it } from 'vitest';
import { recommend } from '../../src/size/recommend.js';
import { renderBudget } from '../../src/view/budget-text.js';
import { limitOf, shipped } from '../size/profiles.js';

describe('the budget in words', () => {
  it('says so where a pool has no limit now', () => {
    const current = { 'db.pool_size': 0, 'db.max_overflow': 10, 'web.workers': 1, 'celery.pool': 'solo' };
    const profile = shipped('department-20-50');
    const { budget } = recommend({ profile, facts: { database: limitOf(500) }, overrides: {}, current });
    expect(renderBudget(budget)).toContain('at the most now without limit (DOES NOT FIT), db-pool while it restarts');
    expect(budget.instants[0]).toMatchObject({ moment: 'now', connections: 488, unlimited: true });
  });

  it('has the expected use below each ceiling, and marks what nobody measured', () => {
    const facts = { database: limitOf(500), roleMemory: { webWorker: 107e6, webParent: 25e6 } };
    const { budget } = recommend({ profile: shipped('department-20-50'), facts, overrides: {} });
    const lines = renderBudget(budget).split('\n');
    const below = (what: string) => lines[lines.findIndex((line) => line.startsWith(`  ${what}`)) + 1]?.trim();
    expect(below('connections')).toMatch(
      /^expected with 50 users: about \d+ open after 1000 requests to each worker, \d+\.\d in use at the same time$/,
    );
    expect(below('memory')).toBe(
      'expected: 1.5 GB = 2 web x 107 MB + 1 web-parent x 25 MB + 2 celery x 250 MB (default) + 1 celery-parent x 150 MB (default) + 1 redis x 100 MB (default) + 1 system x 500 MB (default)',
    );
    expect(below('redis')).toMatch(/^expected with 50 users: about \d+ open after 1000 requests to each worker$/);
    expect(below('open files')).toMatch(/^expected with 50 users: about \d+$/);
  });
});
