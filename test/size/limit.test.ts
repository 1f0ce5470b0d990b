import { describe, expect, it } from 'vitest';
import { databaseFacts } from '../../src/size/limit.js';

const measured = { maxConnections: 100, reserved: 3, inUse: 7 };

describe("the database's limit", () => {
  it.each([
    ['what was given', 80, measured, 500, { maxConnections: 80, source: 'flag' }],
    [
      'what the database says, where somebody claims more',
      400,
      measured,
      500,
      { maxConnections: 100, source: 'measured' },
    ],
    ['what the database says, where nobody gave one', null, measured, 50, { maxConnections: 100, source: 'measured' }],
    ["the profile's, where nobody knows", null, null, 500, { maxConnections: 500, source: 'profile' }],
    ['what was given, where the database was not asked', 80, null, 500, { maxConnections: 80, source: 'flag' }],
  ] as const)('is %s', (_, flag, said, assumed, expected) => {
    expect(databaseFacts(flag, said, assumed)).toMatchObject(expected);
  });

  it('comes with what the database says of its slots, whoever gave the limit', () => {
    expect(databaseFacts(80, measured, null)).toMatchObject({ reserved: 3, inUse: 7 });
    expect(databaseFacts(80, null, null)).toMatchObject({ reserved: null, inUse: null });
  });
});
