import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/journal/history.js';
import type { StagePlan } from '../../src/plan/plan.js';
import { closedGates, type GateInput } from '../../src/rollout/gates.js';
import { STAGES, type StageName } from '../../src/settings.js';
import type { TargetFacts } from '../../src/target/facts.js';
import { parseFacts } from '../../src/target/parse.js';
import { ended, started } from '../journal/build.js';
import { service } from '../verify/service.js';

const quiet: TargetFacts = parseFacts('user\t0\t0\nclock\t2026-03-01T00:00:00Z\n');

function planned(name: StageName): StagePlan {
  const file = {
    role: 'compose',
    path: '/c',
    sha256Before: 'a',
    sha256After: 'b',
    edits: [],
    diff: '',
    created: false,
  } as const;
  return {
    name,
    files: [file],
    changes: [],
    activation: { kind: 'custom', services: [], expectedGapMs: null, steps: [] },
  };
}

function input(over: Partial<GateInput> = {}): GateInput {
  return {
    selected: [planned('db-pool')],
    pending: new Set(STAGES),
    history: readHistory([]),
    drift: [],
    facts: quiet,
    soakOf: () => null,
    soakMs: 3_600_000,
    activates: true,
    ...over,
  };
}

const codes = (over: Partial<GateInput>) => closedGates(input(over)).map(({ code }) => code);

describe('closedGates', () => {
  it('lets the first stage of an untouched target through', () => {
    expect(codes({})).toEqual([]);
  });

  it.each([
    ['no', 1000, 'no permission to replace the file', /Log in/],
    ['no', 0, 'something other than its permissions keeps root from replacing the file', /lsattr -d.*chattr -i.*mount/],
    ['read-only', 0, 'the file lies on a read-only file system', /read-write/],
  ])('says why a file can not be replaced: %s, for %s', (can, user, message, fix) => {
    const path = Buffer.from('/c').toString('base64');
    const facts = parseFacts(
      `user\t${user}\t0\nclock\t2026-03-01T00:00:00Z\nfile\tcompose\t${path}\tfile\t${can}\t644\t0:0\t1\t9\tno\n`,
    );
    expect(closedGates(input({ facts }))).toMatchObject([{ code: 'file', message, fix: expect.stringMatching(fix) }]);
  });

  it('asks for the earlier stages first, and names them', () => {
    const [problem] = closedGates(input({ selected: [planned('uvicorn-workers')] }));
    expect(problem).toMatchObject({ code: 'order', message: expect.stringContaining('db-pool, redis-pool') });
  });

  it('does not ask for an earlier stage that has nothing to change', () => {
    expect(codes({ selected: [planned('redis-pool')], pending: new Set(['redis-pool']) })).toEqual([]);
  });

  it('does not touch a service that somebody has paused', () => {
    const services = new Map([['backend', service({ name: 'backend', state: 'paused', program: null })]] as const);
    const takes = (how: 'restart' | 'none') => {
      const steps = [{ service: 'backend', how, expectedGapMs: 0, because: '' }];
      return { ...planned('db-pool'), activation: { kind: 'compose', services: [], expectedGapMs: 0, steps } as const };
    };
    const [problem] = closedGates(input({ facts: { ...quiet, services }, selected: [takes('restart')] }));
    expect(problem).toMatchObject({ code: 'unsafe', fix: expect.stringContaining('docker unpause backend') });
    expect(codes({ facts: { ...quiet, services }, selected: [takes('none')] })).toEqual([]);
  });

  it('asks for time between two stages, also within one run', () => {
    expect(codes({ selected: [planned('db-pool'), planned('redis-pool')] })).toEqual(['soak']);
    expect(codes({ selected: [planned('db-pool'), planned('redis-pool')], soakMs: 0 })).toEqual([]);
  });

  it('asks for a pass verdict of the stage before', () => {
    const history = readHistory([started(1), ended(1, 'applied')]);
    const soak = { since: 's', until: 'u', because: 'b' } as const;
    const next = { selected: [planned('redis-pool')], pending: new Set<StageName>(['redis-pool']), history };
    expect(codes({ ...next, soakOf: () => ({ ...soak, verdict: 'pending' }) })).toEqual(['soak']);
    expect(codes({ ...next, soakOf: () => ({ ...soak, verdict: 'fail' }) })).toEqual(['soak']);
    expect(codes({ ...next, soakOf: () => ({ ...soak, verdict: 'pass' }) })).toEqual([]);
  });

  it('knows neither order nor soak where nothing runs', () => {
    expect(codes({ selected: [planned('celery-workers'), planned('redis-pool')], activates: false })).toEqual([]);
  });

  it('stops at a file that was changed since it was applied, and only there', () => {
    expect(codes({ drift: [{ path: '/c', expected: 'x', found: 'y' }] })).toEqual(['drift']);
    expect(codes({ drift: [{ path: '/other', expected: 'x', found: 'y' }] })).toEqual([]);
  });

  it('stops at a lock, a cut-off release, and one that waits to be confirmed', () => {
    const lock = { content: '', by: 'ben', command: 'apply', since: 't', holder: 'gone' } as const;
    expect(closedGates(input({ facts: { ...quiet, lock } }))[0]?.fix).toContain('unlock');
    expect(codes({ history: readHistory([started(1)]) })).toEqual(['lock']);
    expect(codes({ facts: { ...quiet, pending: { deadline: 't', releases: [1] } } })).toEqual(['lock']);
  });

  it('has nothing to say where nothing is to be done, unless something is under way or was cut off', () => {
    const drift = [{ path: '/c', expected: 'x', found: 'y' }];
    expect(codes({ selected: [], drift })).toEqual([]);
    expect(codes({ selected: [], history: readHistory([started(1)]) })).toEqual(['lock']);
    const lock = { content: '', by: 'ben', command: 'apply', since: 't', holder: 'alive' } as const;
    expect(codes({ selected: [], facts: { ...quiet, lock } })).toEqual(['lock']);
  });
});
