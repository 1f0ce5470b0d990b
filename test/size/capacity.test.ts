import { describe, expect, it } from 'vitest';
import type { Profile } from '../../src/profile/profile.js';
import type { Found } from '../../src/settings.js';
import { type Cores, capacityOf, curveOf, networkOf } from '../../src/size/capacity.js';
import { growthOf } from '../../src/size/growth.js';
import { recommend } from '../../src/size/recommend.js';
import type { Deployment, SiblingProcesses } from '../../src/size/sizing.js';
import { limitOf, shipped } from './profiles.js';

const department = shipped('department-20-50');
const guide: Found = { 'db.pool_size': 20, 'db.max_overflow': 30, 'web.workers': 2 };
const library: Found = { 'db.pool_size': null, 'db.max_overflow': null, 'web.workers': null };

function capacity(profile: Profile, settings: Found) {
  const network = networkOf(profile, settings, profile.server);
  return network === null ? null : capacityOf(network, profile.slo.p95Ms);
}

function curve(profile: Profile, settings: Found, points: readonly number[]) {
  const network = networkOf(profile, settings, profile.server);
  return network === null ? [] : curveOf(network, points);
}

function grown(profile: Profile, settings: Found, machine: Cores, limit = 500) {
  const { budget } = recommend({ profile, facts: { database: limitOf(limit) }, overrides: {} });
  return growthOf(profile, settings, machine, budget.database);
}

describe('capacity', () => {
  it('gives what the guide says of its department, before and after', () => {
    expect(capacity(department, library)).toMatchObject({ users: [10, 15], bottleneck: 'web-workers' });
    expect(capacity(department, {})).toMatchObject({ users: [10, 15], bottleneck: 'web-workers' });
    const { recommended } = recommend({ profile: department, facts: { database: limitOf(500) }, overrides: {} });
    expect(capacity(department, recommended)).toMatchObject({ users: [20, 30], bottleneck: 'server' });
  });

  it('grows with the machine and with the instances', () => {
    expect(capacity(shipped('department-50-100'), { ...guide, 'web.workers': 4 })?.users).toEqual([40, 61]);
    const [low = 0, high = 0] = capacity(shipped('fleet-100-200'), guide)?.users ?? [];
    expect(low).toBeGreaterThanOrEqual(80);
    expect(high).toBeGreaterThanOrEqual(120);
  });

  it('does not follow workers beyond the cores', () => {
    const many = capacity(department, { ...guide, 'web.workers': 8 });
    expect(many?.throughput).toBe(20);
    expect(many?.users[1]).toBeLessThan(40);
  });

  it('counts in people what a connection each can do, think time and all', () => {
    // 2 workers x 2 connections, each held for 120 ms at the least: 33 requests a second, more than two cores do.
    expect(capacity(department, { ...guide, 'db.pool_size': 2, 'db.max_overflow': 0 })?.bottleneck).toBe('server');
    const patient = {
      ...department,
      workload: { ...department.workload, demandMs: { web: 5, database: 200, databaseCpu: 200 } },
    };
    const tight = capacity(
      { ...patient, database: { ...patient.database, cpus: 64 } },
      { ...guide, 'db.pool_size': 5, 'db.max_overflow': 0 },
    );
    expect(tight?.bottleneck).toBe('database-pool');
    expect(tight?.knee).toBeGreaterThan(50);
  });

  it('names the line and the database where these are the narrowest', () => {
    const slowLine = { ...department, workload: { ...department.workload, responseBytes: 100_000 } };
    expect(capacity(slowLine, guide)?.bottleneck).toBe('line');
    const slowDatabase = {
      ...department,
      workload: { ...department.workload, demandMs: { web: 10, database: 200, databaseCpu: 200 } },
    };
    expect(capacity(slowDatabase, guide)?.bottleneck).toBe('database');
  });

  it('is not guessed where a setting is not resolved', () => {
    const unknown: Found = { ...guide, 'db.pool_size': { unresolved: 'from the environment' } };
    expect(capacity(department, unknown)).toBeNull();
    expect(grown(department, unknown, department.server)).toEqual([]);
  });

  it('takes a pool without limit for what it is', () => {
    expect(networkOf(department, { ...guide, 'db.max_overflow': -1 }, department.server)?.connections).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('is where the curve meets the objective', () => {
    const [at, beyond] = curve(department, guide, [30, 31]);
    expect(at?.responseMs.p95).toBeLessThanOrEqual(department.slo.p95Ms);
    expect(beyond?.responseMs.p95).toBeGreaterThan(department.slo.p95Ms);
  });

  it('is nobody where not even one person is served within the objective', () => {
    const hasty = { ...department, slo: { p95Ms: 1 } };
    expect(capacity(hasty, guide)?.users).toEqual([0, 0]);
  });
});

describe('a database on the same machine', () => {
  const beside = { ...department.server, sharesDatabase: true };

  it('takes of the cores, so that fewer are served', () => {
    const network = networkOf(department, guide, beside);
    const [low = 0, high = 0] = network === null ? [] : capacityOf(network, department.slo.p95Ms).users;
    expect(low).toBeLessThan(20);
    expect(high).toBeLessThan(30);
    expect(high).toBeGreaterThanOrEqual(20);
  });

  it('takes only what it works there, and several instances leave it to a machine of its own', () => {
    const { workload } = department;
    const waiting = { ...department, workload: { ...workload, demandMs: { ...workload.demandMs, databaseCpu: 0 } } };
    expect(networkOf(waiting, guide, beside)?.shared?.databaseMs).toBe(0);
    expect(grown(department, guide, beside)[1]?.change).toContain('the database on a machine of its own');
    expect(grown(department, guide, department.server)[1]?.change).toBe('1 -> 2 instances');
  });
});

describe('the time it takes', () => {
  it('is short also where sixteen workers and their database share four cores', () => {
    const network = {
      thinkMs: 5000,
      instances: 1,
      workers: 16,
      cores: 4,
      webMs: 30,
      connections: 20,
      database: { ms: 10, servers: 2 },
      lineMs: 0,
      shared: { databaseMs: 10, otherCores: 0 },
    };
    const before = process.cpuUsage();
    expect(capacityOf(network, 1350).users).toEqual([504, 547]);
    const { user } = process.cpuUsage(before);
    // Of processor time; it took tens of seconds with every look from the beginning.
    expect(user / 1e6).toBeLessThan(8);
  });
});

describe('the options to grow', () => {
  it('are twice the machine, and as many instances as serve everybody', () => {
    const [bigger, more] = grown(department, guide, department.server);
    expect(bigger).toMatchObject({ option: 'bigger-server', change: '2 -> 4 cores, 2 -> 4 web workers' });
    expect(bigger?.capacity.users[0]).toBeGreaterThanOrEqual(40);
    expect(more?.change).toBe('1 -> 2 instances');
    expect(more?.capacity.users[1]).toBeGreaterThanOrEqual(department.users.max);
  });

  it('say what they need of the database, and what would do without it', () => {
    const at = (limit: number) => grown(department, guide, department.server, limit).map((each) => each.connections);
    // With 100, four processes hold 17 each, and one more and the migrations while a restart overlaps.
    expect(at(100)).toEqual([
      { needed: 13 + 6 * 17 + 17 + 1, limit: 100, fits: false, perProcess: 12 },
      { needed: 13 + 8 * 17 + 17 + 2, limit: 100, fits: false, perProcess: 9 },
    ]);
    expect(at(500).map(({ fits }) => fits)).toEqual([true, true]);
    expect(at(40).map(({ perProcess }) => perProcess)).toEqual([3, 2]);
    expect(at(24).map(({ perProcess }) => perProcess)).toEqual([0, 0]);
  });

  it('count the migrations of every container that comes, and none of whoever has none', () => {
    const needed = (deployment: Deployment) => {
      const { budget } = recommend({
        profile: department,
        facts: { database: limitOf(500) },
        overrides: {},
        deployment,
      });
      return growthOf(department, guide, department.server, budget.database).map((each) => each.connections.needed);
    };
    const deployment = { beat: false, migrations: true, overlap: 0, containers: { backend: 3, celery: 1 } };
    const [bigger = 0, more = 0] = needed(deployment);
    const [without, moreWithout] = needed({ ...deployment, migrations: false });
    expect([bigger - (without ?? 0), more - (moreWithout ?? 0)]).toEqual([3, 6]);
  });

  it('leave the web workers of another service as they are on a bigger server', () => {
    const api = { kind: 'web', name: 'api2', kept: false, count: 3, parents: 1, workers: 0, tasks: 0 } as const;
    const needed = (siblings: readonly SiblingProcesses[]) => {
      const deployment = { beat: false, migrations: false, overlap: 0, siblings };
      const overrides = { 'db.pool_size': 10, 'db.max_overflow': 0 };
      const { budget } = recommend({ profile: department, facts: { database: limitOf(500) }, overrides, deployment });
      return growthOf(department, guide, department.server, budget.database).map((each) => each.connections.needed);
    };
    const [bigger = 0, more = 0] = needed([api]);
    const [alone = 0, moreAlone = 0] = needed([]);
    expect([bigger - alone, more - moreAlone]).toEqual([30, 60]);
  });

  it('say so where one database is too narrow for more of them', () => {
    const demanding = {
      ...department,
      workload: { ...department.workload, demandMs: { web: 100, database: 180, databaseCpu: 180 } },
    };
    const [, more] = grown(demanding, guide, department.server);
    expect(more?.capacity.bottleneck).toBe('database');
  });
});
