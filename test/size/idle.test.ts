import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../src/profile/parse.js';
import { databaseFacts } from '../../src/size/limit.js';
import { recommend } from '../../src/size/recommend.js';
import type { DatabaseServer } from '../../src/target/database.js';
import { behind, measuredOf, serverOf } from './database.js';

const idle = (sessionMs: number | null) => ({ sessionMs, inTransactionMs: 1000, keepaliveMs: 1000 });
const profile = (rest = '') =>
  parseProfile(`users: {min: 5, max: 9}\nserver: {cpus: 2, memory: 4GB}\n${rest}`, 'own.yaml');

function recycle(server: DatabaseServer, rest?: string) {
  const database = databaseFacts(null, measuredOf(server), null);
  const { reasons } = recommend({ profile: profile(rest), facts: { database }, overrides: {} });
  return reasons.find(({ setting }) => setting === 'db.pool_recycle');
}

describe('pool_recycle', () => {
  it('is nine tenths of when the database drops idle sessions, and says so', () => {
    const reason = recycle(serverOf({ idle: idle(600_000) }));
    expect(reason).toMatchObject({ value: 540 });
    expect(reason?.because).toContain("10 m, which is the database's idle_session_timeout");
  });

  it('is an hour where nobody drops anything before that', () => {
    expect(recycle(serverOf({ idle: idle(null) }))).toMatchObject({ value: 3600 });
    expect(recycle(serverOf({ idle: idle(7_200_000) }))).toMatchObject({ value: 3600 });
  });

  it('follows the shortest of all limits', () => {
    expect(recycle(serverOf({ idle: idle(600_000) }), 'database: {idleTimeout: 5min}')).toMatchObject({ value: 270 });
    const pooled = behind({ mode: 'session', poolSize: 90, clientIdleMs: 120_000 }, { idle: idle(600_000) });
    expect(recycle(pooled)?.because).toContain("2 m, which is pgbouncer's client_idle_timeout");
  });

  it('has nothing to do with what the server drops behind a pgbouncer that works by transaction', () => {
    expect(recycle(behind({}, { idle: idle(600_000) }))).toMatchObject({ value: 3600 });
    expect(recycle(behind({ clientIdleMs: 120_000 }, { idle: idle(60_000) }))).toMatchObject({ value: 108 });
  });
});
