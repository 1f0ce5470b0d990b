import { describe, expect, it } from 'vitest';
import type { Activation } from '../../../src/plan/activate/activation.js';
import { activationOf } from '../../../src/plan/activate/choose.js';
import type { Call } from '../../../src/remote/remote.js';
import {
  backend,
  backendUnit,
  CELERY_UNIT,
  COMPOSE,
  celery,
  celeryUnit,
  code,
  composeFile,
  containers,
  DATABASE,
  input,
  SOCKET,
  socketFile,
} from './input.js';

const WEB = 'action-backend.service';
const TASKS = 'action-celery-worker.service';
const text = (calls: readonly Call[]) => calls.map(({ verb, args }) => [verb, ...args].join(' '));
const bare = (calls: readonly Call[]) => text(calls).map((line) => line.replace(/ \{.*/, ''));
const single = { workers: 1, supervised: false, importMs: 500 };

describe('the work behind systemd', () => {
  it('finishes tasks before anything is touched, waits for the backend, and comes back the same way', () => {
    const { forward, back, before, beforeBack } = activationOf(
      'systemd',
      input({ services: [backend({ program: single }), celery()] }),
    );
    expect(text(forward)).toEqual([
      `at_finish_tasks 300 systemd ${TASKS} -`,
      `at_take ${WEB} at_restart_unit ${WEB}`,
      `at_await 20 systemd ${WEB} -`,
      `at_take ${TASKS} at_end_and_restart ${TASKS}`,
    ]);
    expect(text(back)).toEqual([
      `at_give_back ${WEB} at_restart_unit ${WEB}`,
      `at_give_back ${WEB} at_await 20 systemd ${WEB} -`,
      `at_give_back ${TASKS} at_finish_tasks 300 systemd ${TASKS} -`,
      `at_give_back ${TASKS} at_end_and_restart ${TASKS}`,
    ]);
    expect([before, beforeBack]).toEqual([[], []]);
  });

  it('comes back from a signal by the same signal, or by a restart', () => {
    const { forward, back } = activationOf(
      'systemd',
      input({ stages: ['uvicorn-workers'], touched: [backendUnit], after: { 'web.workers': 3 } }),
    );
    const reload = 'at_do reload systemd systemctl daemon-reload';
    expect(text(forward)).toEqual([reload, `at_take ${WEB} at_count scale systemd ${WEB} - 3 at_restart_unit ${WEB}`]);
    expect(text(back)).toEqual([
      reload,
      `at_give_back ${WEB} at_count scale systemd ${WEB} - 2 at_restart_unit ${WEB}`,
    ]);
  });

  it('hands a port over after the files, and back: the socket is gone with its file', () => {
    const over = activationOf('systemd', input({ touched: [code, backendUnit, socketFile], services: [backend()] }));
    const adopt = `at_take ${WEB} at_adopt_port action-backend.socket ${WEB}`;
    const leave = `at_leave_port action-backend.socket ${WEB}`;
    const disable = 'at_do disable action-backend.socket systemctl disable action-backend.socket';
    expect(text(over.forward)).toContain(adopt);
    expect(text(over.beforeBack)).toEqual([`at_give_back ${WEB} ${disable}`]);
    expect(text(over.back)).toContain(`at_give_back ${WEB} ${leave}`);
    const back = activationOf(
      'systemd',
      input({ touched: [code, backendUnit, { ...socketFile, effect: 'removed' }], services: [backend()] }),
    );
    expect(text(back.before)).toEqual([disable]);
    expect(text(back.forward)).toContain(`at_take ${WEB} ${leave}`);
  });

  it('holds the service between two requests where its port is handed over already', () => {
    const unit = { socket: 'action-backend.socket' };
    const { forward, back } = activationOf('systemd', input({ services: [backend({ program: single, unit })] }));
    const restart = `at_restart_held systemd ${WEB} -`;
    expect(text(forward)).toContain(`at_take ${WEB} ${restart}`);
    expect(text(back)).toContain(`at_give_back ${WEB} ${restart}`);
  });

  it('enables what it makes, the socket first, and leaves none of it', () => {
    const touched = [{ ...backendUnit, effect: 'created' as const }, socketFile];
    const made = activationOf(
      'systemd',
      input({ stages: ['uvicorn-workers'], touched, services: [], files: { 'backend-unit': null } }),
    );
    expect(text(made.forward).slice(0, 4)).toEqual([
      'at_do reload systemd systemctl daemon-reload',
      'at_do enable action-backend.socket systemctl enable action-backend.socket',
      `at_do enable ${WEB} systemctl enable ${WEB}`,
      `at_take ${WEB} at_restart_unit ${WEB}`,
    ]);
    expect(text(made.beforeBack)).toEqual([
      `at_do disable action-backend.socket ${WEB} systemctl disable --now action-backend.socket ${WEB}`,
    ]);
    expect(bare(made.validate)).toContain(`at_no_old_way backend ${WEB} /etc/systemd/system/${WEB} ${SOCKET}`);
    expect([made.watch, made.baseline, made.checksBack]).toEqual([null, expect.any(Array), []]);
  });

  it('takes a unit away before its file, with its tasks finished', () => {
    const touched = [{ role: 'celery-unit' as const, path: CELERY_UNIT, effect: 'removed' as const }];
    const gone = activationOf('systemd', input({ stages: ['celery-workers'], touched }));
    expect(text(gone.before)).toEqual([
      `at_finish_tasks 300 systemd ${TASKS} -`,
      `at_take ${TASKS} at_do disable ${TASKS} systemctl disable --now ${TASKS}`,
    ]);
    expect(text(gone.back).slice(0, 2)).toEqual([
      'at_do reload systemd systemctl daemon-reload',
      `at_give_back ${TASKS} at_do enable ${TASKS} systemctl enable ${TASKS}`,
    ]);
    expect([gone.validate, gone.checks, gone.settle]).toEqual([[], [], []]);
  });

  it('gives tasks the time that the configuration allows', () => {
    const { forward } = activationOf('systemd', input({ activating: { celeryStopMs: 90_500 } }));
    expect(text(forward)[0]).toBe(`at_finish_tasks 91 systemd ${TASKS} -`);
  });
});

describe('the work behind compose', () => {
  const compose = `docker compose -p action --project-directory /srv/action/docker -f ${COMPOSE}`;
  const web = 'compose backend /srv/action/docker';
  const tasks = 'compose celery-worker /srv/action/docker';

  it('sees the project as the container was made, and names the one service', () => {
    const services = containers({ web: { program: { ...single, shell: true } } });
    const { forward } = activationOf(
      'compose',
      input({ services, stages: ['uvicorn-workers'], touched: [composeFile] }),
    );
    expect(text(forward)).toEqual([
      `at_take backend at_renew_container up shell own ${web} ${compose}`,
      `at_await 20 ${web}`,
    ]);
  });

  it('builds first, keeps the old image for the way back, and gives a worker time to leave', () => {
    const services = containers({
      web: { container: { code: 'baked' } },
      tasks: { container: { code: 'baked' } },
    });
    const { forward, back } = activationOf('compose', input({ services }));
    expect(text(forward)).toEqual([
      `at_build_image ${web} ${compose}`,
      `at_build_image ${tasks} ${compose}`,
      `at_finish_tasks 300 ${tasks}`,
      `at_take backend at_renew_container up direct own ${web} ${compose}`,
      `at_await 20 ${web}`,
      `at_take celery-worker at_renew_container up direct 60 ${tasks} ${compose}`,
    ]);
    expect(text(back).slice(0, 2)).toEqual(['at_old_image backend', 'at_old_image celery-worker']);
  });

  it('calls the old compose, with every file in its order', () => {
    const services = containers({ web: { program: single, container: { configFiles: ['/a.yml', '/b.yml'] } } });
    const facts = { compose: { program: 'docker-compose' as const, version: '1.29.2' } };
    const { forward, validate } = activationOf(
      'compose',
      input({ services, facts, touched: [code, composeFile], stages: ['uvicorn-workers'] }),
    );
    expect(text(forward)[0]).toContain(
      'docker-compose -p action --project-directory /srv/action/docker -f /a.yml -f /b.yml',
    );
    expect(text(validate)).toContain(
      `at_valid_compose ${COMPOSE} docker-compose -p action --project-directory /srv/action/docker -f /a.yml -f /b.yml`,
    );
  });
});

describe('the proof', () => {
  const given = (over: Parameters<typeof input>[0] = {}): Activation =>
    activationOf('systemd', input({ before: { 'db.pool_size': null }, after: { 'db.pool_size': 20 }, ...over }));
  const asked = (call: Call | undefined, from: number) => call?.args.slice(from).map((each) => JSON.parse(each));

  it('tries new code in each service that reads it', () => {
    expect(text(given().validate)).toEqual([
      `at_valid_python ${DATABASE} systemd ${WEB} -`,
      `at_valid_python ${DATABASE} systemd ${TASKS} -`,
    ]);
    const units = activationOf('systemd', input({ stages: ['celery-workers'], touched: [celeryUnit] }));
    expect(text(units.validate)).toEqual([`at_valid_units ${CELERY_UNIT}`]);
    const script = { role: 'start', path: '/srv/action/start.sh', effect: 'changed' } as const;
    const starts = activationOf('systemd', input({ stages: ['uvicorn-workers'], touched: [script] }));
    expect(text(starts.validate)).toEqual(['at_valid_script /srv/action/start.sh']);
  });

  it('asks for what the release sets, of processes that are newer than the code, and on the way back for what was', () => {
    const { checks, checksBack } = given({ before: { 'db.pool_size': 5 } });
    expect(asked(checks[0], 4)?.[0]).toMatchObject({
      label: 'backend',
      settings: { 'db.pool_size': 20 },
      newer: [DATABASE],
      health: '/health',
    });
    expect(asked(checks[1], 4)?.[0]).toMatchObject({ label: 'celery', health: null });
    expect(checksBack.map(({ verb }) => verb)).toEqual(['at_give_back', 'at_give_back']);
    expect(asked(checksBack[0], 6)?.[0]).toMatchObject({ settings: { 'db.pool_size': 5 }, newer: [DATABASE] });
  });

  it('excuses from the usual path who did not answer there before, and never from one that was named', () => {
    expect(asked(given().checks[0], 4)?.map(({ health }) => health)).toEqual(['/health', null]);
    const named = given({ activating: { health: { path: '/up', assumed: false } } });
    expect(asked(named.checks[0], 4)?.map(({ health }) => health)).toEqual(['/up', '/up']);
    expect(asked(named.checksBack[0], 6)?.map(({ health }) => health)).toEqual(['/up', null]);
    const none = given({ activating: { health: null } });
    expect(asked(none.checks[0], 4)?.map(({ health }) => health)).toEqual([null, null]);
    expect(none.baseline).toEqual([]);
  });

  it('expects no new process where only their number changes', () => {
    const scaled = activationOf(
      'systemd',
      input({ stages: ['uvicorn-workers'], touched: [backendUnit], after: { 'web.workers': 3 } }),
    );
    expect(asked(scaled.checks[0], 4)?.[0]).toMatchObject({ settings: { 'web.workers': 3 }, newer: [] });
  });

  it('watches the web service all along, lets both settle at once, and keeps what they said', () => {
    const { watch, settle, evidence } = given();
    expect(watch).toEqual({ verb: 'at_watch', args: ['systemd', WEB, '-', '/health'] });
    expect(bare(settle)).toEqual([
      `at_settle_apart 10 systemd ${WEB} -`,
      `at_settle_apart 10 systemd ${TASKS} -`,
      'at_settled',
    ]);
    expect(text(evidence)).toEqual([`at_keep_evidence systemd ${WEB} -`, `at_keep_evidence systemd ${TASKS} -`]);
    expect(given({ activating: { settleMs: 0 } }).settle).toEqual([]);
  });

  it('leaves out what is not touched', () => {
    const stopped = [backend({ state: 'stopped', program: null, unit: { activeState: 'inactive' } }), celery()];
    const { watch, checks, evidence } = given({ services: stopped });
    expect(watch).toBeNull();
    expect(checks).toHaveLength(1);
    expect(evidence).toHaveLength(1);
  });
});
