import { describe, expect, it } from 'vitest';
import { verifyReport } from '../../src/verify/report.js';
import { PLAIN } from '../../src/view/output.js';
import { renderVerify } from '../../src/view/verify-text.js';
import { service } from './service.js';

type Verified = Parameters<typeof verifyReport>[0];

const well = (name: string, found: string, ok: boolean | null = true) => ({
  service: 'backend' as const,
  name,
  ok,
  expected: 'x',
  found,
});
const held = (ok: boolean | null) => ({ name: 'connections', ok, expected: 'at most 50', found: 'up to 84' });
const verified: Verified = {
  name: 'here',
  runtime: 'systemd',
  root: '/srv/action',
  files: { 'web.workers': 2 },
  overridden: [],
  services: [service()],
  checks: [well('web.workers', '2'), well('/health', '200'), well('database connections', '12 (web 12)')],
  paths: { database: null, redis: null },
  assumedPath: '/health',
  budget: null,
};
const report = (over: Partial<Verified> = {}) => ({ ...verifyReport({ ...verified, ...over }), warnings: [] });

describe('the checklist of a target', () => {
  it('is all good where everything that the files say is in force', () => {
    const { effective, services, stages } = report();
    expect(effective).toBe(true);
    expect(services[0]?.checks.map(({ name }) => name)).toEqual(['runs', '/health', 'database connections']);
    expect(stages.map(({ state }) => state)).toEqual(['not-written', 'not-written', 'effective', 'not-written']);
  });

  it.each<[string, Partial<Verified>, RegExp]>([
    ['a setting differs', { checks: [well('web.workers', '1', false)] }, /web\.workers: expected x, found 1/],
    [
      'a service is down',
      { services: [service({ state: 'stopped', program: null })] },
      /FAIL {2}runs: .*found stopped/,
    ],
    [
      'a service is paused',
      { services: [service({ state: 'paused', program: null, why: 'it is paused' })], checks: [] },
      /FAIL {2}runs: .*found paused/,
    ],
    ['systemd has not read a unit', { services: [service({ unit: { needReload: true } })] }, /FAIL {2}unit is read/],
    [
      'systemd has not read a socket unit',
      { services: [service({ unit: { socket: 'a.socket', socketNeedsReload: true } })] },
      /FAIL {2}socket is read/,
    ],
    ['nobody answers well', { checks: [well('/health', '503', false)] }, /FAIL {2}\/health: .*found 503/],
    ['the pools allow too many', { budget: held(false) }, /budget\n {2}FAIL {2}connections: .*found up to 84/],
    ['there are too many connections', { checks: [well('database connections', '99', false)] }, /FAIL {2}database/],
  ])('is not where %s', (_, over, text) => {
    expect(report(over).effective).toBe(false);
    expect(renderVerify(report(over), PLAIN)).toMatch(text);
  });

  it('does not hold against an application that it has no path which nobody named', () => {
    const checks = [well('web.workers', '2'), well('/health', '404', false)];
    expect(report({ checks }).effective).toBeNull();
    expect(report({ checks, assumedPath: null }).effective).toBe(false);
  });

  it.each(['401', '403'])(
    'says of a path behind a login (%s) how to name another, and fails only where it was named',
    (status) => {
      const checks = [well('web.workers', '2'), well('/health', status, false)];
      const hint = new RegExp(`found ${status}: .*health: none`);
      expect(report({ checks }).effective).toBeNull();
      expect(renderVerify(report({ checks }), PLAIN)).toMatch(new RegExp(`${status}: .*action-tune\\.yaml, or `));
      expect(report({ checks, assumedPath: null }).effective).toBe(false);
      expect(renderVerify(report({ checks, assumedPath: null }), PLAIN)).toMatch(hint);
    },
  );

  it('tells how often a service came back by itself, and in how many containers it runs', () => {
    const runs = (over: Parameters<typeof service>[0]) =>
      report({ services: [service(over)] }).services[0]?.checks[0]?.found;
    expect(runs({ unit: { restarts: 4 } })).toBe('running, restarted 4 times by itself');
    expect(runs({ unit: null, container: { replicas: 3 } })).toContain('in 3 containers');
  });

  it('says what it can not know: who could not be asked, and where nobody knows whom to ask', () => {
    const silent = report({ services: [service({ program: null, why: 'no permission' })], checks: [] });
    expect(silent.effective).toBeNull();
    expect(renderVerify(silent, PLAIN)).toMatch(/\? {5}can be asked: .*no permission/);
    const custom = report({ runtime: 'custom', services: [], checks: [] });
    expect(custom.effective).toBeNull();
    expect(renderVerify(custom, PLAIN)).toContain('with runtime custom nobody knows which processes are meant');
  });

  it('is not all good where another file decides than the one that was applied', () => {
    const overridden = [{ setting: 'web.workers', release: 3, applied: 2, now: 1, file: '/run/x.conf' }] as const;
    expect(report({ overridden }).effective).toBe(false);
    expect(renderVerify(report({ overridden }), PLAIN)).toMatch(
      /FAIL {2}web\.workers in the files: .*\/run\/x\.conf decides now: 1\n[\s\S]*applied: uvicorn-workers\.$/,
    );
  });

  it('says what would not hold after a restart, beside what holds now', () => {
    const warnings = [{ code: 'container-keeps-command', message: 'It keeps 2', fix: 'Run `up -d`.' }];
    const text = renderVerify({ ...report(), warnings }, PLAIN);
    expect(text).toContain('!     It keeps 2. Run `up -d`.');
    expect(text).toContain('uvicorn-workers  effective');
  });

  it('names the stages that are written and not effective', () => {
    const text = renderVerify(report({ checks: [well('web.workers', '1', false)] }), PLAIN);
    expect(text).toContain('uvicorn-workers  written, not effective');
    expect(text).toMatch(/do not have what the files say: uvicorn-workers\.$/);
  });
});
