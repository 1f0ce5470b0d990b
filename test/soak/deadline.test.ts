import { expect, it } from 'vitest';
import { isOverdue } from '../../src/soak/verdict.js';

const pending = { deadline: '2026-03-01T10:00:00Z', releases: [1] };

it.each([
  ['2026-03-01T09:59:00Z', false],
  ['2026-03-01T10:00:05Z', false],
  ['2026-03-01T10:00:11Z', true],
])('at %s: %s', (clock, overdue) => {
  expect(isOverdue({ pending, clock })).toBe(overdue);
  expect(isOverdue({ pending: null, clock })).toBe(false);
});
