import { expect, it } from 'vitest';
import { loadPython } from '../../../src/edit/python/grammar.js';

it('is loaded once, however many ask for it at the same time', async () => {
  const [one, other] = await Promise.all([loadPython(), loadPython()]);
  expect(one).toBe(other);
  expect(one.session((parse) => parse('x = 1\n').type)).toBe('module');
});
