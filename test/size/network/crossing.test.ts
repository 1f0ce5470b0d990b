import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossing } from '../../../src/size/network/crossing.js';

describe('crossing', () => {
  it('is where any falling curve meets 0, from either side, and within a few looks', () => {
    const place = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 9 }), fc.boolean(), (root, bend, sharp) => {
        let looks = 0;
        const of = (x: number): number => {
          looks += 1;
          return sharp ? Math.sign(root - x) * Math.abs(root - x) ** (1 / bend) : root ** bend - x ** bend;
        };
        const found = crossing(of, [0, of(0)], [1, of(1)], 1e-7);
        expect(Math.abs(found - root)).toBeLessThanOrEqual(2e-7 * root);
        // Halving alone takes 24, and more where the place is near 0.
        expect(looks).toBeLessThan(60);
      }),
    );
  });

  it('takes a few looks where the curve is gentle', () => {
    let looks = 0;
    const of = (x: number) => {
      looks += 1;
      return 1 / (1 + x) - x;
    };
    expect(crossing(of, [0, 1], [1, -0.5], 1e-10)).toBeCloseTo((Math.sqrt(5) - 1) / 2, 9);
    expect(looks).toBeLessThan(12);
  });
});
