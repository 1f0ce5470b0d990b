import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/errors.js';
import { parseProfile } from '../../src/profile/parse.js';
import { polarHint } from '../../src/size/polardb.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

describe("the documented figures of PolarDB's nodes", () => {
  it('are given by cores', () => {
    expect(polarHint(2)).toBe(
      "of PolarDB's nodes with 2 cores, polar.pg.g2.medium (4 GB) 500, polar.pg.x4.medium (8 GB) 800, polar.pg.x8.medium (16 GB) 1600",
    );
    expect(polarHint(3)).toBeNull();
  });

  it('are a hint where nobody knows the limit, and never the limit', () => {
    const profile = parseProfile('users: {min: 5, max: 9}\nserver: {cpus: 2, memory: 4GB}', 'own.yaml');
    const input: SizingInput = { profile, facts: { database: limitOf(null) }, overrides: {} };
    expect(() => recommend(input)).toThrow(ProblemError);
    expect(() => recommend(input)).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ fix: expect.stringContaining('polar.pg.x4.medium (8 GB) 800') })],
      }),
    );
  });

  it('stand beside a limit that is assumed, and not beside one that was given', () => {
    const profile = shipped('department-20-50');
    const fixes = (maxConnections: number | null) =>
      recommend({ profile, facts: { database: limitOf(maxConnections) }, overrides: {} }).warnings.map(
        ({ fix }) => fix,
      );
    expect(fixes(null).join()).toContain('polar.pg.g2.medium (4 GB) 500');
    expect(fixes(400).join()).not.toContain('polar');
  });
});
