import { describe, expect, it } from 'vitest';
import { databaseFacts } from '../../src/size/limit.js';
import { poolerWarnings } from '../../src/size/pooler.js';
import { recommend } from '../../src/size/recommend.js';
import { behind, measuredOf, serverOf } from './database.js';
import { shipped } from './profiles.js';

const department = shipped('department-20-50');
const at = (flag: number | null, server = behind({})) => databaseFacts(flag, measuredOf(server), 500);

describe('the limit behind a pgbouncer', () => {
  it('by transaction is that of its clients, less those of others, whatever the server takes', () => {
    expect(at(null)).toMatchObject({
      maxConnections: 400,
      reserved: 0,
      inUse: 7,
      source: 'measured',
      boundBy: 'pooler',
    });
  });

  it.each([
    ['what it opens for this user', {}, 20],
    ['its clients, where these are fewer', { maxClients: 22, others: 7 }, 15],
    ['the server, where that takes fewer', { poolSize: 300 }, 97],
    ['its pool, less clients that share it', { alike: 4 }, 20],
  ])('by session is %s', (_, limits, expected) => {
    const facts = at(null, behind({ mode: 'session', ...limits }));
    const inUse = 'alike' in limits ? limits.alike : 0;
    expect(facts).toMatchObject({ maxConnections: expected, reserved: 0, inUse, boundBy: 'pooler' });
  });

  it('by transaction is also less the clients that have its user, and are not of it', () => {
    expect(at(null, behind({ alike: 4 }))).toMatchObject({ maxConnections: 400, inUse: 11 });
  });

  it('is never more than was measured, and may be given as less', () => {
    expect(at(1000)).toMatchObject({ maxConnections: 400, source: 'measured' });
    expect(at(50)).toMatchObject({ maxConnections: 50, source: 'flag' });
  });

  it('is what was given where it does not tell, also above what the server takes', () => {
    expect(at(300, behind(null))).toMatchObject({
      maxConnections: 300,
      reserved: 0,
      source: 'flag',
      boundBy: 'pooler',
    });
  });

  it("is the server's where it does not tell and nobody gave one", () => {
    expect(at(null, behind(null))).toMatchObject({ maxConnections: 100, source: 'measured', boundBy: 'server' });
  });

  it("is the server's where an unknown proxy stands between", () => {
    const proxied = serverOf({ pooler: { program: 'unknown', version: null, limits: null } });
    expect(at(null, proxied)).toMatchObject({ maxConnections: 100, source: 'measured', boundBy: 'server' });
    expect(at(300, proxied)).toMatchObject({ maxConnections: 100, source: 'measured' });
  });

  it('is named in the reasons', () => {
    const database = at(null, behind({ maxClients: 100, others: 0 }));
    const { reasons } = recommend({ profile: department, facts: { database }, overrides: {} });
    expect(reasons[0]?.because).toContain('pgbouncer takes 100 connections');
  });
});

describe('a warning of the pgbouncer', () => {
  const expected = { users: 50, afterRequests: 1000, busy: 22.4, open: 40 };
  const codes = (flag: number | null, server = behind({})) =>
    poolerWarnings(at(flag, server), { expected }).map(({ code }) => code);

  it('says that it does not tell what it takes, unless somebody gave that', () => {
    expect(codes(null, behind(null))).toEqual(['pooler-silent']);
    expect(codes(300, behind(null))).toEqual([]);
  });

  it('says by transaction that more of them run at once than it has connections for', () => {
    expect(codes(null)).toEqual(['pooler-too-small']);
    expect(codes(null, behind({ poolSize: 23 }))).toEqual([]);
    expect(codes(null, behind({ mode: 'session' }))).toEqual([]);
  });

  it('is none where there is no pooler', () => {
    expect(codes(null, serverOf())).toEqual([]);
  });
});
