import { describe, expect, it } from 'vitest';
import { databaseFacts, limitToRecord } from '../../src/size/limit.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';
import { shipped } from './profiles.js';
import { refusals } from './refusals.js';

const department = shipped('department-20-50');
const large = { ...department, server: { ...department.server, memoryBytes: 64e9 } };
const many = { 'web.workers': 8, 'celery.concurrency': 8 };
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

  describe('as it was measured once, where nobody can be asked now', () => {
    const recorded = { maxConnections: 100, reserved: 3, boundBy: 'server', at: '2026-01-01T00:00:00Z' } as const;

    it('counts before what is assumed, with its date', () => {
      expect(databaseFacts(null, null, 500, recorded)).toMatchObject({
        maxConnections: 100,
        reserved: 3,
        source: 'measured',
        measuredAt: '2026-01-01T00:00:00Z',
      });
    });

    it('counts neither against the database nor against a person', () => {
      const now = databaseFacts(null, { ...measured, maxConnections: 200 }, 500, recorded);
      expect(now).toMatchObject({ maxConnections: 200, source: 'measured' });
      expect(now.measuredAt).toBeUndefined();
      expect(databaseFacts(300, null, 500, recorded)).toMatchObject({ maxConnections: 300, source: 'flag' });
    });

    it('is what a release keeps of it, and nothing where nobody answered', () => {
      expect(limitToRecord(measured)).toEqual({ maxConnections: 100, reserved: 3, boundBy: 'server' });
      expect(limitToRecord(null)).toBeNull();
    });

    it('is said with its date and what to do', () => {
      const facts = { cpus: 2, memoryBytes: 4e9, database: databaseFacts(null, null, 500, recorded) };
      const { warnings, budget } = recommend({ profile: shipped('department-20-50'), facts, overrides: {} });
      expect(budget.database.limit).toBe(100);
      expect(warnings.map(({ code }) => code)).not.toContain('limit-assumed');
      expect(warnings.find(({ code }) => code === 'limit-recorded')).toMatchObject({
        message: expect.stringContaining('100 connections was measured at 2026-01-01T00:00:00Z'),
        fix: expect.stringContaining('--max-connections'),
      });
    });
  });

  it("that is the profile's comes with a warning of it, which a person's ends", () => {
    const told = (flag: number | null) => {
      const facts = { cpus: 2, memoryBytes: 4e9, database: databaseFacts(flag, null, 500) };
      return recommend({ profile: shipped('department-20-50'), facts, overrides: {} }).warnings;
    };
    expect(told(null).find(({ code }) => code === 'limit-assumed')).toMatchObject({
      message: expect.stringMatching(/500 connections is the profile's figure: .*not asked/),
      fix: expect.stringContaining('--max-connections N'),
    });
    expect(told(400).map(({ code }) => code)).not.toContain('limit-assumed');
  });

  it('comes with a warning where others can not be told from the application', () => {
    const codes = (toldApart: boolean) => {
      const facts = { database: databaseFacts(null, { ...measured, toldApart }, 500) };
      return recommend({ profile: shipped('department-20-50'), facts, overrides: {} }).warnings.map(({ code }) => code);
    };
    expect(codes(false)).toContain('others-unknown');
    expect(codes(true)).not.toContain('others-unknown');
  });

  describe('less what others hold of it, with several instances', () => {
    const profile = { ...department, server: { ...department.server, instances: 2, memoryBytes: 64e9 } };
    const current = { 'db.pool_size': 5, 'db.max_overflow': 5, 'web.workers': 2, 'celery.pool': 'solo' };
    const sized = (alike: number, over: Partial<SizingInput> = {}) => {
      const database = databaseFacts(null, { ...measured, maxConnections: 500, inUse: 7 + alike, alike }, 500);
      const { budget, warnings } = recommend({
        profile,
        facts: { cpus: 2, database },
        overrides: {},
        current,
        ...over,
      });
      return [budget.database.reserved - 13, warnings.filter(({ code }) => code === 'others-unknown').length];
    };

    it('counts those of the other instances once: as theirs, as many as they can hold today', () => {
      expect(sized(0)).toEqual([7, 0]);
      expect(sized(25)).toEqual([7, 1]);
      // The other instance has two web workers and a celery worker with up to ten each.
      expect(sized(40)).toEqual([7 + 10, 1]);
    });

    it('counts all as of others with one instance, and where what runs can not be told', () => {
      expect(sized(25, { profile: department })).toEqual([7 + 25, 0]);
      expect(sized(25, { current: { ...current, 'web.workers': { unresolved: 'from elsewhere' } } })).toEqual([32, 0]);
    });
  });

  describe('of the role or of the one database', () => {
    const bound = (role: number | null, database: number | null, flag: number | null = null) =>
      databaseFacts(
        flag,
        {
          ...measured,
          bounds: [
            ...(role === null ? [] : [{ by: 'role' as const, limit: role, inUse: 5 }]),
            ...(database === null ? [] : [{ by: 'database' as const, limit: database, inUse: 6 }]),
          ],
        },
        500,
      );

    it.each([
      ['of the role, where that leaves fewer', [20, null], { maxConnections: 20, inUse: 5, boundBy: 'role' }],
      ['of the one database', [80, 30], { maxConnections: 30, inUse: 6, boundBy: 'database' }],
      [
        'of the server, where both leave more',
        [95, 97],
        { maxConnections: 100, reserved: 3, inUse: 7, boundBy: 'server' },
      ],
      ['of the role, less what others take of it', [94, null], { maxConnections: 94, reserved: 0, boundBy: 'role' }],
      ['of nobody else, where there is none', [null, null], { maxConnections: 100, boundBy: 'server' }],
    ] as const)('is that %s', (_, [role, database], expected) => {
      expect(bound(role, database)).toMatchObject({ ...expected, source: 'measured' });
    });

    it('is what was given only where that leaves fewer than the role may have', () => {
      expect(bound(20, null, 80)).toMatchObject({ maxConnections: 20, boundBy: 'role', source: 'measured' });
      expect(bound(60, null, 50)).toMatchObject({ maxConnections: 50, boundBy: 'server', source: 'flag' });
    });

    it('is raised together with the limits that the larger one would pass, and with no others', () => {
      const [role, both] = [bound(20, null), bound(20, 30)].map((database) => {
        const [problem] = refusals({ profile: large, facts: { database }, overrides: many });
        return problem?.fix ?? '';
      });
      // 8 web workers and 8 celery children, one more of the former while they restart, each with two; 1 migrates, 10 are kept free.
      const own = 17 * 2 + 1;
      const least = `Raise the limit of the application's role to ${own + 10 + 5}`;
      expect(role).toMatch(new RegExp(`^${least}(?:,|$)`));
      expect(both).toContain(`${least} and that of the application's one database to ${own + 10 + 6}`);
      const crowded = {
        ...bound(20, null),
        wider: [{ maxConnections: 50, reserved: 3, inUse: 7, boundBy: 'server' as const }],
      };
      const [problem] = refusals({ profile: large, facts: { database: crowded }, overrides: many });
      expect(problem?.fix).toContain(`${least} and that of the database to ${own + 10 + 3 + 7}`);
    });

    it('is named by the role in reasons and in the way out', () => {
      const small = { profile: shipped('department-20-50'), facts: { database: bound(20, null) }, overrides: {} };
      expect(() => recommend(small)).toThrow(/the application's role takes 20 connections/);
      const { reasons } = recommend({ ...small, facts: { database: bound(60, null) } });
      expect(reasons[0]?.because).toContain("the application's role takes 60 connections");
    });
  });

  it('comes with what the database says of its slots, whoever gave the limit', () => {
    expect(databaseFacts(80, measured, null)).toMatchObject({ reserved: 3, inUse: 7 });
    expect(databaseFacts(80, null, null)).toMatchObject({ reserved: null, inUse: null });
  });
});
