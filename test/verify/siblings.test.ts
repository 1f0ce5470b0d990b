import { describe, expect, it } from 'vitest';
import type { TargetFacts } from '../../src/target/facts.js';
import type { ServiceFacts, Sibling } from '../../src/target/services.js';
import { parseChecks, type ServiceCheck } from '../../src/verify/checks.js';
import { labelOf, ownersIn, owns } from '../../src/verify/owners.js';
import { verifyReport } from '../../src/verify/report.js';
import { stageVerdict } from '../../src/verify/stages.js';
import { checksTold } from '../../src/verify/told.js';
import { PLAIN } from '../../src/view/output.js';
import { renderVerify } from '../../src/view/verify-text.js';
import { service } from './service.js';

const FILES = { 'db.pool_size': 20, 'web.workers': 2 };
const well = { program: { settings: { 'db.pool_size': 20, 'web.workers': 2 } } };
const api2 = (over: Parameters<typeof service>[0] = {}) =>
  service({ name: 'api2', ref: ['compose', 'api2', '/d'], unit: null, container: {}, ...over });

function facts(...siblings: readonly (ServiceFacts | null)[]): Pick<TargetFacts, 'services' | 'siblings'> {
  return {
    services: new Map([['backend', service(well)]]),
    siblings: siblings.map((one) => ({ name: one?.name ?? 'none', service: one }) as Sibling),
  };
}

const paths = { database: null, redis: null };
const verdict = (given: ReturnType<typeof facts>, stage: 'db-pool' | 'uvicorn-workers' = 'db-pool') => {
  const services = ownersIn(given);
  const checks = services.flatMap((each) => checksTold(each, FILES));
  return stageVerdict(stage, { files: FILES, overridden: [], services, checks, paths });
};

describe('another service of the same code', () => {
  it('keeps a stage from being in force while it is older than the file with the pool', () => {
    const old = api2({ program: { settings: { 'db.pool_size': 20 }, olderThan: ['database'] } });
    expect(verdict(facts(old))).toMatchObject({
      state: 'written-not-effective',
      checks: [
        { service: 'backend', ok: true },
        { service: 'service api2', name: 'db.pool_size', ok: false, found: 'started before the file was changed' },
      ],
    });
  });

  it('leaves it in force where its processes have what the file says', () => {
    expect(verdict(facts(api2(well)))).toMatchObject({ state: 'effective', checks: [{ ok: true }, { ok: true }] });
  });

  it('has nothing old while it does not run', () => {
    const asleep = api2({ state: 'stopped', program: null });
    expect(verdict(facts(asleep, null)).checks.map((check) => check.service)).toEqual(['backend']);
    expect(verdict(facts(api2({ state: 'paused', program: null }))).state).toBe('written-not-effective');
  });

  it('is not held against the number of workers of the two', () => {
    const more = api2({ program: { settings: { 'db.pool_size': 20, 'web.workers': 9 } } });
    expect(verdict(facts(more), 'uvicorn-workers')).toMatchObject({
      state: 'effective',
      checks: [{ service: 'backend' }],
    });
    expect(owns({ role: 'backend', sibling: 'api2' }, 'web.workers')).toBe(false);
    expect(owns({ role: 'backend', sibling: 'api2' }, 'redis.max_connections')).toBe(true);
  });

  it('is told apart from the two by its name, whatever that is', () => {
    expect(labelOf({ role: 'backend' })).toBe('backend');
    expect(labelOf({ role: 'celery', sibling: 'backend' })).toBe('service backend');
    const row = (title: string) => `check\t\t${title}\ttrue\tx\ty`;
    const rows = [row('service backend started after /a b'), row('backend db.pool_size'), row('else db.pool_size')];
    expect(parseChecks(rows.join('\n')).map((check) => [check.service, check.name])).toEqual([
      ['service backend', 'started after /a b'],
      ['backend', 'db.pool_size'],
    ]);
  });

  it('stands in the checklist by its own name, with its own checks', () => {
    const old: ServiceCheck = {
      service: 'service api2',
      name: 'db.pool_size',
      ok: false,
      expected: '20',
      found: 'older',
    };
    const checks = [
      ...['db.pool_size', 'web.workers'].map((name) => ({ ...old, service: 'backend', name, ok: true })),
      old,
    ];
    const given = {
      name: 'here',
      runtime: 'compose',
      root: '/r',
      files: FILES,
      overridden: [],
      checks,
      paths,
      assumedPath: null,
      budget: null,
    } as const;
    const report = { ...verifyReport({ ...given, services: ownersIn(facts(api2())) }), warnings: [] };
    expect(report.effective).toBe(false);
    expect(report.services.map(({ name, sibling }) => [name, sibling])).toEqual([
      ['action-backend.service', false],
      ['api2', true],
    ]);
    expect(report.services[1]?.checks).toMatchObject([{ service: 'service api2', name: 'runs', ok: true }]);
    const text = renderVerify(report, PLAIN);
    expect(text).toMatch(/^service {2}api2, of the same code {2}since/m);
    expect(text).toMatch(/^db-pool {2}written, not effective$/m);
    expect(text).toMatch(/FAIL {2}service api2 db\.pool_size: expected 20, found older/);
  });
});
