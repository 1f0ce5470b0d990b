import { describe, expect, it } from 'vitest';
import type { Draft } from '../../src/rollout/draft.js';
import { problemOf } from '../../src/rollout/problem.js';
import { NO_PROGRESS, readProgress } from '../../src/rollout/progress.js';
import { reportsOf, worstExit } from '../../src/rollout/report.js';
import { PLAIN } from '../../src/view/output.js';
import { renderRun } from '../../src/view/run-text.js';
import { file, started } from '../journal/build.js';
import { containers, input } from '../plan/activate/input.js';
import { service } from '../verify/service.js';

const log = (text: string) => `log\t${Buffer.from(text).toString('base64')}\n`;

function draft(id: number): Draft {
  const activation = { plan: { kind: 'custom', services: [], expectedGapMs: null } } as unknown as Draft['activation'];
  return { id, entry: started(id, { files: [{ ...file('/d', 'a', 'b'), role: 'database' }] }), files: [], activation };
}

describe('readProgress', () => {
  it('adds answers up, and counts the lines that need not be asked for again', () => {
    const first = readProgress(NO_PROGRESS, 'say\trelease 1: writing\ncheck\t1\tfile /d\ttrue\tb\tb\nrunning\n');
    expect(first).toMatchObject({ outcome: null, lines: 2, said: ['release 1: writing'] });
    const last = readProgress(first, `gap\t1\t250\noutcome\tapplied\n${log('')}`);
    expect(last).toMatchObject({ outcome: 'applied', lines: 3 });
    expect(last.gaps.get(1)).toBe(250);
  });

  it('keeps the first failure, whatever putting back says afterwards', () => {
    const progress = readProgress(NO_PROGRESS, 'failed\t2\trestart backend\nfailed\t1\tlater\noutcome\tput-back\n');
    expect(progress.failed).toEqual({ release: 2, step: 'restart backend' });
  });
});

describe('what a run came to', () => {
  it('calls the release that failed failed, and those before it rolled back', () => {
    const progress = readProgress(NO_PROGRESS, 'failed\t2\tcheck\noutcome\tput-back\n');
    const outcomes = [draft(1), draft(2)].flatMap((each) => reportsOf('here', each, progress, 'applied'));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['rolled-back', 'failed']);
  });

  it('tells of a release that was put back with the step, and the last lines of its log without secrets', () => {
    const text = 'one\nDATABASE_URL=postgresql://u:hunter2@db/x\nPASSWORD="a b c"\nboom\n';
    const progress = readProgress(NO_PROGRESS, `failed\t1\trestart backend\noutcome\tput-back\n${log(text)}`);
    const problem = problemOf('here', '/state', [draft(1)], progress);
    expect(problem).toMatchObject({ code: 'put-back', message: expect.stringContaining('restart backend') });
    expect(problem?.details).toContain('boom');
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|a b c/);
  });

  it('shows what services said before they were put back, each by its name, without secrets', () => {
    const said = (id: number, text: string) => `evidence\t${id}\tweb\t${Buffer.from(text).toString('base64')}\n`;
    const answer = `${said(2, 'older\n')}${said(1, 'boom postgresql://u:hunter2@db/x\n')}failed\t1\tweb stays up\noutcome\tput-back\n`;
    const problem = problemOf('here', '/state', [draft(1)], readProgress(NO_PROGRESS, answer));
    expect(problem?.details).toEqual(['web: boom postgresql://u:***@db/x']);
  });

  it('tells what was asked several times as it was at last', () => {
    const checks = 'check\t1\tbackend /health\tfalse\t200\t503\ncheck\t1\tbackend /health\ttrue\t200\t200\n';
    const [report] = reportsOf('here', draft(1), readProgress(NO_PROGRESS, `${checks}outcome\tapplied\n`), 'applied');
    expect(report?.checks).toEqual([{ name: 'backend /health', ok: true, expected: '200', found: '200' }]);
  });

  it('keeps what failed, where the way back has made it well again', () => {
    const checks = 'check\t1\tbackend /health\tfalse\t200\t503\ncheck\t1\tbackend /health\ttrue\t200\t200\n';
    const [report] = reportsOf('here', draft(1), readProgress(NO_PROGRESS, `${checks}outcome\tput-back\n`), 'applied');
    expect(report?.checks).toEqual([{ name: 'backend /health', ok: false, expected: '200', found: '503' }]);
  });

  it('keeps a check that could not be told', () => {
    const checks = 'check\t1\tbackend db.pool_size\tunknown\t20\tno engine\noutcome\tapplied\n';
    const [report] = reportsOf('here', draft(1), readProgress(NO_PROGRESS, checks), 'applied');
    expect(report?.checks).toMatchObject([{ name: 'backend db.pool_size', ok: null }]);
  });

  it.each([
    ['what was measured', 'gap\t1\t250\noutcome\tapplied\n', { verb: 'at_watch', args: [] }, 250],
    ['nothing, where nobody there could ask', 'outcome\tapplied\n', { verb: 'at_watch', args: [] }, null],
    ['none, where nothing that answers was touched', 'outcome\tapplied\n', null, 0],
    ['nothing, where it did not go well', 'gap\t1\t250\noutcome\tput-back\n', { verb: 'at_watch', args: [] }, null],
  ])('tells of the gap %s', (_what, answer, watch, gapMs) => {
    const { activation, ...rest } = draft(1);
    const touched = { ...activation, watch, plan: { ...activation.plan, kind: 'systemd' as const, expectedGapMs: 0 } };
    const [report] = reportsOf('here', { ...rest, activation: touched }, readProgress(NO_PROGRESS, answer), 'applied');
    expect(report?.activation).toEqual({ kind: 'systemd', gapMs, stopped: [] });
  });

  it.each([
    [
      'stopped',
      'stopped',
      [null, ['action-backend.service']],
      /; written, not effective: action-backend.service does not/,
    ],
    ['running', 'running', [0, []], /\(release 1, no request refused\)/],
  ] as const)(
    'says of a %s service that nothing was activated in it, or nothing',
    (_what, state, [gapMs, stopped], text) => {
      const steps = [{ service: 'action-backend.service', how: 'none', expectedGapMs: 0, because: '' }];
      const plan = { kind: 'systemd', services: [], expectedGapMs: 0, steps };
      const done = { ...draft(1), activation: { ...draft(1).activation, watch: null, plan } as Draft['activation'] };
      const { facts } = input({ services: [service({ state })] });
      const reports = reportsOf('here', done, readProgress(NO_PROGRESS, 'outcome\tapplied\n'), 'applied', facts);
      expect(reports[0]?.activation).toEqual({ kind: 'systemd', gapMs, stopped });
      expect(renderRun(reports, PLAIN, { failed: false, nothing: '' })).toMatch(text);
    },
  );

  it('says of a container that was changed while it runs that it keeps its command, where the run went well', () => {
    const step = { service: 'backend', how: 'scale', expectedGapMs: 0, because: '' };
    const plan = { kind: 'compose', services: ['backend'], expectedGapMs: 0, steps: [step] };
    const changes = [{ setting: 'web.workers', from: 2, to: 3 }];
    const entry = started(1, {
      stages: ['uvicorn-workers'],
      changes,
      files: [{ ...file('/c', 'a', 'b'), role: 'compose' }],
    });
    const scaled = { ...draft(1), entry, activation: { ...draft(1).activation, plan } as Draft['activation'] };
    const { facts } = input({ services: containers({ web: { container: { startsWith: 2 } } }) });
    const warnings = (outcome: string) =>
      reportsOf('here', scaled, readProgress(NO_PROGRESS, `outcome\t${outcome}\n`), 'applied', facts)[0]?.warnings;
    expect(warnings('applied')).toMatchObject([{ code: 'container-keeps-command' }]);
    expect(warnings('put-back')).toEqual([]);
  });

  it('tells each stage of a rollback with its own files, and the first with those of none', () => {
    const roles = ['database', 'backend-unit', 'backend-socket', 'celery-unit'] as const;
    const files = roles.map((role) => ({ ...file(`/${role}`, 'a', 'b'), role }));
    const entry = started(1, { stages: ['db-pool', 'celery-workers'], files });
    const reports = reportsOf(
      'here',
      { ...draft(1), entry },
      readProgress(NO_PROGRESS, 'outcome\tapplied\n'),
      'rolled-back',
    );
    expect(reports.map((report) => report.files.map(({ role }) => role))).toEqual([
      ['database', 'backend-unit', 'backend-socket'],
      ['celery-unit'],
    ]);
  });

  it('lists what is left, and the one command that puts it back', () => {
    const progress = readProgress(
      NO_PROGRESS,
      'failed\t1\tcheck\nstuck\t1\tfile\t/d\nstuck\t1\tservice\trestart x\noutcome\tstuck\nleft\tfile\t/d\tas after\n',
    );
    expect(problemOf('here', '/state', [draft(1)], progress)).toMatchObject({
      code: 'not-put-back',
      details: ['file /d: as after', 'failed on the way back: restart x'],
      fix: expect.stringContaining('sh /state/releases/1/revert.sh'),
    });
  });

  it.each([
    ['interrupted', 'interrupted'],
    ['stale', 'stale'],
    ['locked', 'lock'],
    ['never-started', 'remote'],
    ['died', 'put-back'],
    ['full', 'put-back'],
  ])('takes the ending %s for %s', (outcome, code) => {
    expect(problemOf('here', '/s', [draft(1)], readProgress(NO_PROGRESS, `outcome\t${outcome}\n`))?.code).toBe(code);
  });

  it('tells of a killed run at which step, with each file and service, and the one command that puts it back', () => {
    const plan = { kind: 'systemd' as const, services: ['web.service'], expectedGapMs: 0, steps: [] };
    const { activation, ...rest } = draft(1);
    const killed = readProgress(
      NO_PROGRESS,
      'say\trelease 1: writing\nsay\treload web.service\noutcome\tdied\nleft\tfile\t/d\tas before\nleft\tservice\tweb.service\tfailed (exit-code)\n',
    );
    const problem = problemOf('here', '/s', [{ ...rest, activation: { ...activation, plan } }], killed);
    expect(problem).toMatchObject({
      code: 'not-put-back',
      message: expect.stringContaining("killed on the target at 'reload web.service'"),
      details: ['file /d: as before', 'service web.service: failed (exit-code)'],
    });
    expect(problem?.fix.match(/`[^`]*`/g)).toEqual(['`action-tune rollback --yes`']);
  });

  it('has no problem with a run that went well, and no exit code is better than the unknown', () => {
    expect(problemOf('here', '/s', [draft(1)], readProgress(NO_PROGRESS, 'outcome\tapplied\n'))).toBeNull();
    expect(worstExit([4, 6, 2])).toBe(6);
    expect(worstExit([4, 5])).toBe(5);
    expect(worstExit([])).toBe(0);
  });
});
