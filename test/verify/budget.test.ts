import { describe, expect, it } from 'vitest';
import { budgetCheck } from '../../src/verify/budget.js';

const held = { connections: 121, limit: 200, reserved: 13, source: 'measured', measuredAt: null } as const;

describe('what all pools allow together', () => {
  it.each([
    [187, true],
    [188, false],
  ])('of 187: %i is %s', (connections, ok) => {
    expect(budgetCheck({ ...held, connections })).toMatchObject({
      ok,
      expected: 'at most 187: 200 (measured), less 13 kept free',
      found: `up to ${connections}`,
    });
  });

  it('does not fit a limit that was measured before either, which is told with its date', () => {
    const measuredAt = '2026-01-01T00:00:00Z';
    expect(budgetCheck({ ...held, limit: 100, measuredAt })).toMatchObject({
      ok: false,
      expected: `at most 87: 100 (${measuredAt}), less 13 kept free`,
    });
  });

  it('fails nobody against a limit that is only assumed', () => {
    expect(budgetCheck({ ...held, limit: 100, source: 'profile' })).toMatchObject({ ok: null });
    expect(budgetCheck({ ...held, source: 'profile' })).toMatchObject({ ok: true });
  });
});
