import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, onEachSuite, type Runtime } from './machine.js';
import { BACKEND, configuration, DATABASE, machineForSites, type Seen, Site, STATE, site } from './site.js';

const RUN_MS = 240_000;
const MAIN = `${BACKEND}/app/main.py`;
const CELERY = `${BACKEND}/app/celery_app.py`;
/** What the application says before it ends, and nothing else does. */
const COMPLAINT = 'the pool is too large for us';

const CHECKED = `
import sys
from app.core.database import engine

too_large = engine.pool.size() > 10
`;
const COMPLAIN = `print("${COMPLAINT}", file=sys.stderr, flush=True)`;
const DIES = `${CHECKED}
if too_large:
    ${COMPLAIN}
    sys.exit(7)
`;
/** Whoever only imports it, to talk to the workers, goes on. */
const DIES_AS_WORKER = `
import os
import sys
from celery.signals import worker_init


@worker_init.connect
def check(**_):
    from app.core.database import engine

    if engine.pool.size() > 10:
        ${COMPLAIN}
        os._exit(7)
`;
const HANGS_AS_WORKER = DIES_AS_WORKER.replace('os._exit(7)', '__import__("time").sleep(9_999)');
const FLAPS = `${CHECKED}
import os
import threading


def give_up():
    ${COMPLAIN}
    os._exit(7)


if too_large:
    threading.Timer(5, give_up).start()
`;
const FALLS_ILL = `${CHECKED}
import time
from fastapi.responses import JSONResponse

began = time.monotonic()


@app.middleware("http")
async def fall_ill(request, call_next):
    if too_large and request.url.path == "/health" and time.monotonic() > began + 5:
        ${COMPLAIN}
        return JSONResponse({"status": "ill"}, 500)
    return await call_next(request)
`;

/** What there was before the run, and what it did. */
interface Failure {
  readonly before: { readonly files: readonly string[]; readonly seen: Seen };
  readonly result: { readonly code: number | null; readonly stdout: string; readonly stderr: string };
}

onEachSuite('a new version that does not come up', (suite) => {
  let server: Machine;
  let here: Site;
  beforeAll(async () => {
    server = await machineForSites(suite);
  });
  afterAll(() => server?.remove());

  /** The application gets a flaw, which its next start shows, and a stage is applied to it. */
  async function fails(path: string, flaw: string, on = here, ...args: readonly string[]): Promise<Failure> {
    await here.write(path, `${await here.content(path)}${flaw}`);
    await here.git('commit', '--quiet', '--all', '--message', 'Flaw');
    const before = { files: await here.everything(), seen: await here.seen() };
    return { before, result: await on.tune('apply', '--stage', 'db-pool', '--yes', '--json', ...args) };
  }

  /** Everything is as it was, whatever was begun. */
  async function expectPutBack({ before, result }: Failure): Promise<void> {
    expect(result, result.stderr).toMatchObject({ code: 4 });
    expect(JSON.parse(result.stdout).targets).toMatchObject([{ stage: 'db-pool', outcome: 'failed' }]);
    expect(await here.everything()).toEqual(before.files);
    const { workers, children } = before.seen;
    expect(await here.seen()).toMatchObject({ workers, children });
    expect(await here.health()).toBe('200');
    const { targets } = await here.ask('status', '--check');
    expect(targets).toMatchObject([{ unfinished: null, lock: null }]);
  }

  async function expectUntouched(failure: Failure, reason: RegExp): Promise<void> {
    await expectPutBack(failure);
    expect(await here.seen()).toEqual(failure.before.seen);
    expect(failure.result.stderr).toMatch(reason);
  }

  /** The service's own words are in the message, and kept in the release. */
  async function expectEvidence({ result }: Failure, service: RegExp): Promise<void> {
    expect(result.stderr).toContain(COMPLAINT);
    const [{ release }] = JSON.parse(result.stdout).targets;
    const files = (await server.read(`grep -l '${COMPLAINT}' ${STATE}/releases/${release}/evidence/*`)).split('\n');
    expect(files.join()).toMatch(service);
    expect(await server.read(`stat -c %a ${files.join(' ')}`)).toMatch(/^(600\n?)+$/);
  }

  describe.each<Runtime>(['systemd', 'compose'])('by %s', (runtime) => {
    const [backend, celery] =
      runtime === 'systemd' ? [/action-backend/, /action-celery/] : [/backend/, /celery-worker/];
    beforeEach(async () => {
      here = await site(server, runtime);
    });

    it('restarts nothing where it can not be compiled, or imported', { timeout: RUN_MS }, async () => {
      const compiling = await fails(DATABASE, '\nreturn\n');
      await expectUntouched(compiling, /SyntaxError at .*database\.py:\d+: 'return' outside function/);
      await here.git('reset', '--quiet', '--hard', 'before');
      const importing = await fails(DATABASE, `${CHECKED}\nif too_large:\n    raise RuntimeError\n`);
      await expectUntouched(importing, /RuntimeError at .*database\.py:\d+/);
    });

    it('is put back where its worker dies at the start', { timeout: RUN_MS }, async () => {
      const failure = await fails(MAIN, DIES);
      await expectPutBack(failure);
      await expectEvidence(failure, backend);
    });

    it('is put back where it ends again and again after a while', { timeout: RUN_MS }, async () => {
      const patient = new Site(server, await configuration('settle: 9s'));
      const failure = await fails(MAIN, FLAPS, patient);
      await expectPutBack(failure);
      await expectEvidence(failure, backend);
    });

    it('is put back where /health turns bad after a while', { timeout: RUN_MS }, async () => {
      const patient = new Site(server, await configuration('settle: 9s'));
      const failure = await fails(MAIN, FALLS_ILL, patient);
      await expectPutBack(failure);
      await expectEvidence(failure, backend);
    });

    it('is put back where celery dies at the start, and the backend with it', { timeout: RUN_MS }, async () => {
      const failure = await fails(CELERY, DIES_AS_WORKER);
      await expectPutBack(failure);
      await expectEvidence(failure, celery);
    });

    it('is put back where celery hangs at the start, which nobody has to kill', { timeout: 2 * RUN_MS }, async () => {
      const failure = await fails(CELERY, HANGS_AS_WORKER);
      await expectPutBack(failure);
      await expectEvidence(failure, celery);
    });
  });

  // Only there is one replaced after the other.
  if (suite === 'trixie') {
    it('is put back on two workers that were to be replaced', { timeout: RUN_MS }, async () => {
      here = await site(server, 'systemd', 'settings: { db.pool_size: 9 }');
      await here.carry('apply', '--all');
      const failure = await fails(MAIN, DIES, here, '--set', 'db.pool_size=20');
      expect(failure.before.seen).toMatchObject({ workers: 2, children: 2 });
      await expectPutBack(failure);
      await expectEvidence(failure, /action-backend/);
    });
  }

  it('is put back with its image, where the code is part of that', { timeout: RUN_MS }, async () => {
    here = await site(server, 'compose-baked');
    const each = `docker ps --format '{{.Names}} {{.Image}}'; docker images --no-trunc --format '{{.Repository}} {{.ID}}'`;
    const images = async () =>
      (await server.read(`(${each}) | sort`)).split('\n').filter((line) => !line.startsWith('<none>'));
    const before = await images();
    const failure = await fails(MAIN, DIES);
    await expectPutBack(failure);
    await expectEvidence(failure, /backend/);
    expect(await images()).toEqual(before);
  });
});
