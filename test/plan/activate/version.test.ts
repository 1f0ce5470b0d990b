import { expect, it } from 'vitest';
import { isAtLeast } from '../../../src/plan/activate/version.js';

it.each([
  ['0.30', '0.30', true],
  ['0.30.0', '0.30', true],
  ['0.32.1', '0.30', true],
  ['1.0', '0.30', true],
  ['0.29.9', '0.30', false],
  ['0.17.6', '0.30', false],
  ['0.3', '0.30', false],
  ['0.30.0rc1', '0.30', true],
  [undefined, '0.30', false],
])('%s is at least %s: %s', (version, wanted, expected) => {
  expect(isAtLeast(version, wanted)).toBe(expected);
});
