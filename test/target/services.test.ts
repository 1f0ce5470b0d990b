import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, utimes } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NAMED, PYTHON, ServiceBench } from '../support/services.js';
import { TRIED } from './shells.js';

const DATABASE = 'app/core/database.py';
let bench: ServiceBench;

beforeEach(async () => {
  bench = await ServiceBench.make({ [DATABASE]: 'import os\n' });
});

afterEach(() => bench.remove());

const expected = (more: object = {}) =>
  JSON.stringify({
    label: 'backend',
    files: {},
    settings: { 'web.workers': 2 },
    newer: [],
    health: '/health',
    ...more,
  });
const stateOf = async (pid: number) => (await readFile(`/proc/${pid}/status`, 'utf8')).split('State:\t')[1] ?? '';
async function portOf(pid: number): Promise<number> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return Number(words[words.indexOf('--port') + 1]);
}
const workersOf = async () => Number((await bench.ask('count')).stdout);

describe.each(TRIED)('asking a running service, in %s', (_, shell) => {
  it('checks again until all holds, and says what it found', async () => {
    await bench.uvicorn(2);
    const checks = await bench.call('at_service_checks', ['5', ...NAMED, expected()], { shell });
    expect(checks).toMatchObject({ code: 0, stderr: '' });
    expect(checks.stdout.split('\n')).toEqual([
      'check\t\tbackend web.workers\ttrue\t2\t2',
      'check\t\tbackend /health\ttrue\tan answer of 200 to 399\t200',
      '',
    ]);
  });

  it('fails with what does not hold, once the time is over', async () => {
    await bench.uvicorn(1);
    const checks = await bench.call('at_service_checks', ['1', ...NAMED, expected()], { shell });
    expect(checks).toMatchObject({ code: 1, stdout: expect.stringContaining('web.workers\tfalse\t2\t1') });
    expect(checks.stdout).toContain('/health\ttrue');
  });

  it('says that a service does not run', async () => {
    await bench.start({ argv: ['/bin/true'] });
    await sleep(200);
    await bench.units({ [NAMED[1]]: { MainPID: 0 } });
    expect(await bench.call('at_ask', [...NAMED, 'count'], { shell })).toMatchObject({
      code: 3,
      stderr: 'action.service does not run\n',
    });
    const checks = await bench.call('at_service_checks', ['0', ...NAMED, expected()], { shell });
    expect(checks).toMatchObject({ code: 1, stdout: expect.stringContaining('backend can be asked\tfalse') });
  });

  it('says that there is no Python in it', async () => {
    await bench.start({ argv: ['/bin/sleep', '60'] });
    const { code, stderr } = await bench.call('at_ask', [...NAMED, 'count'], { shell });
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('no Python process') });
  });

  it('sees that a service stays up, and that one does not', async () => {
    await bench.uvicorn(2, { env: { NO_REVIVAL: '1' } });
    const still = await bench.call('at_settle', ['1', ...NAMED, expected()], { shell });
    expect(still).toMatchObject({ code: 0, stdout: expect.stringContaining('stays up\ttrue') });
    const [worker = 0] = await bench.workerPids();
    const watched = bench.call('at_settle', ['8', ...NAMED, expected()], { shell });
    await sleep(4_000);
    process.kill(worker, 'SIGKILL');
    expect(await watched).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/stays up\tfalse\t.*\tprocess \d+ ended/),
    });
  });

  it('asks two services at once, and answers for both whatever they are like', async () => {
    await bench.uvicorn(2);
    const both = [...NAMED, expected({ settings: { 'web.workers': 3 } }), ...NAMED, expected({ label: 'celery' })];
    const { code, stdout } = await bench.call('at_check_services', ['0', ...both], { shell });
    expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 4 });
    expect(stdout).toMatch(/backend web.workers\tfalse\t3\t2\n[\s\S]*celery web.workers\ttrue/);
  });
});

describe.each(TRIED)('a service in several containers, in %s', (_, shell) => {
  let other: ServiceBench;

  beforeEach(async () => {
    other = await ServiceBench.make({ [DATABASE]: 'import os\n' });
  });

  afterEach(() => other.remove());

  /** An engine whose containers are the two services; inside of one is here. */
  async function engine(more = ''): Promise<void> {
    await bench.stub(
      'docker',
      `
for each; do id=$each; done
case $1 in
  ps) echo "2222222222222222 ${bench.root}"; echo "1111111111111111 ${bench.root}" ;;
  inspect) case $id in 1*) echo "Pid=$(cat '${bench.path('main-pid')}')" ;; *) echo "Pid=$(cat '${other.path('main-pid')}')" ;; esac ;;
  exec)
    ${more}
    case $5 in 1*) cd '${bench.root}' ;; *) cd '${other.root}' ;; esac
    shift 5
    exec "$@" ;;
esac`,
    );
  }

  const checks = (more: object = {}) =>
    bench.call('at_service_checks', ['0', 'compose', 'backend', bench.root, expected(more)], { shell });

  it('is well where each of them is', async () => {
    await Promise.all([bench.uvicorn(2), other.uvicorn(2)]);
    await engine();
    expect(await checks()).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'check\t\tbackend web.workers\ttrue\t2\t2\ncheck\t\tbackend /health\ttrue\tan answer of 200 to 399\t200\n',
    });
  });

  it.each([
    ['the older', 1, 2, '111111111111'],
    ['the newer', 2, 1, '222222222222'],
  ])('is as its worst one, which is named: %s', async (_what, first, second, id) => {
    await Promise.all([bench.uvicorn(first), other.uvicorn(second)]);
    await engine();
    const { code, stdout } = await checks();
    expect({ code, lines: stdout.trim().split('\n') }).toEqual({
      code: 1,
      lines: [
        `check\t\tbackend web.workers\tfalse\t2\t1 in container ${id}`,
        'check\t\tbackend /health\ttrue\tan answer of 200 to 399\t200',
      ],
    });
  });

  it('has an old value where one of them was started before the file was changed', async () => {
    await Promise.all([bench.uvicorn(2), other.uvicorn(2)]);
    await engine();
    await utimes(other.path(DATABASE), new Date(), new Date());
    const { code, stdout } = await checks({ newer: ['/elsewhere/backend/app/core/database.py'] });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /started after \S+database\.py\tfalse\t.*\tprocess \d+ is older, .* in container 222222222222\n/,
    );
  });

  it('is not well where one of them can not be asked', async () => {
    await Promise.all([bench.uvicorn(2), other.uvicorn(2)]);
    const warning = `echo 'DeprecationWarning' >&2`;
    await engine(`case $5 in 2*) echo 'cannot exec in a paused container' >&2; exit 1 ;; *) ${warning} ;; esac`);
    const { code, stdout } = await checks();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /web.workers\ttrue[\s\S]*can be asked\tfalse\tan answer\tcontainer 222222222222: cannot exec in a paused container\n$/,
    );
  });
});

it('a service listens where its socket unit says, or the judge tells where it does', async () => {
  const pid = await bench.uvicorn(1);
  const place = `127.0.0.1:${await portOf(pid)}`;
  expect(await bench.judge({ listens: [place] })).toEqual({ listens: `true: ${place}` });
  expect(await bench.judge({ listens: ['127.0.0.1:1'] })).toEqual({ listens: `false: ${place}` });
});

describe('workers', () => {
  it('are those that share the socket: other children of one worker are none', async () => {
    await bench.uvicorn(1, { args: ['--children'] });
    expect(await workersOf()).toBe(1);
  });

  it('are none, where a parent has lost them all', async () => {
    await bench.uvicorn(2, { env: { NO_REVIVAL: '1' } });
    for (const pid of await bench.workerPids()) process.kill(pid, 'SIGKILL');
    await sleep(300);
    expect(await workersOf()).toBe(0);
    expect(await bench.ask('hup')).toMatchObject({ code: 1, stderr: 'all its workers are gone\n' });
  });

  it('are new ones after a hang-up, as many, and all at work', async () => {
    await bench.uvicorn(2);
    const before = await bench.workerPids();
    expect(await bench.ask('hup')).toMatchObject({ code: 0, stderr: '' });
    const after = await bench.workerPids();
    expect(after).toHaveLength(2);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    expect(await bench.judge({ health: '/health' })).toEqual({ '/health': 'true: 200' });
  });

  it('are held for whoever ends them, and go on by themselves where nobody does', async () => {
    await bench.uvicorn(2);
    const before = await bench.workerPids();
    expect(await bench.ask('hold')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    for (const pid of before) expect(await stateOf(pid)).toMatch(/^T/);
    await bench.until(async () => /^S/.test(await stateOf(before[0] ?? 0)));
    expect(await bench.judge({ health: '/health' })).toEqual({ '/health': 'true: 200' });
    expect(await bench.workerPids()).toEqual(before);
  });

  it('are held though somebody stays connected', async () => {
    const pid = await bench.uvicorn(1);
    const line = createConnection({ host: '127.0.0.1', port: await portOf(pid) });
    try {
      await once(line, 'connect');
      expect(await bench.ask('hold')).toMatchObject({ code: 0, stderr: '' });
      expect(await stateOf(pid)).toMatch(/^T/);
    } finally {
      line.destroy();
    }
  });

  it('are brought to a number, up and down', async () => {
    await bench.uvicorn(2);
    for (const count of [4, 1]) {
      expect(await bench.ask('scale', String(count))).toMatchObject({ code: 0 });
      expect(await workersOf()).toBe(count);
    }
  });

  it('are left alone where the parent would die of the signal', async () => {
    const pid = await bench.uvicorn(1);
    expect(await bench.ask('hup')).toMatchObject({ code: 1, stderr: expect.stringContaining('takes signals') });
    expect(existsSync(`/proc/${pid}`)).toBe(true);
  });

  it('end with their parent, when a shell stands above it', async () => {
    const argv = `exec 2>/dev/null; : && ${PYTHON} bin/uvicorn app.main:app --workers 2 & wait $!; echo $? >ended; sleep 60`;
    await bench.start({ argv: ['/bin/sh', '-c', argv] });
    await bench.until(async () => (await bench.workerPids()).length === 2);
    expect(await bench.ask('term', '10')).toMatchObject({ code: 0, stderr: '' });
    await bench.until(async () => existsSync(bench.path('ended')));
  });
});

describe('a judgement', () => {
  it('finds the worker that is older than its file', async () => {
    await bench.uvicorn(2);
    const newer = [bench.path(DATABASE)];
    const name = `started after ${newer[0]}`;
    expect((await bench.judge({ newer }))[name]).toBe('true: 2 of 2');
    await utimes(newer[0] ?? '', new Date(), new Date());
    expect((await bench.judge({ newer }))[name]).toMatch(/^false: process \d+ is older, by \d/);
    await bench.ask('hup');
    expect((await bench.judge({ newer }))[name]).toBe('true: 2 of 2');
  });

  it('knows a file by the end of its path, and says when it is not to be seen', async () => {
    await bench.uvicorn(2);
    const newer = ['/elsewhere/backend/app/core/database.py', '/elsewhere/none.py'];
    expect(await bench.judge({ newer })).toEqual({
      'started after /elsewhere/backend/app/core/database.py': 'true: 2 of 2',
      'started after /elsewhere/none.py': 'unknown: it is not to be seen from where the service runs',
    });
  });

  it('hears an unwell answer, and none', async () => {
    const pid = await bench.uvicorn(2);
    await bench.write('unwell', '');
    expect(await bench.judge({ health: '/health' })).toEqual({ '/health': 'false: 503' });
    expect(await bench.judge({ health: '/other' })).toEqual({ '/other': 'false: 404' });
    for (const worker of await bench.workerPids()) process.kill(worker, 'SIGSTOP');
    process.kill(pid, 'SIGSTOP');
    expect((await bench.judge({ health: '/health' }))['/health']).toMatch(/^false: (timeout|TimeoutError) after 5/);
  });
});

describe('a shell that does something else first', () => {
  it('is waited for: nothing is taken for done before the program runs', async () => {
    const migration = `${PYTHON} -c "import time; time.sleep(3)"`;
    await bench.start({ argv: ['/bin/sh', '-c', `${migration} && ${PYTHON} bin/uvicorn app.main:app --workers 2`] });
    await sleep(500);
    const quick = JSON.stringify({ label: 'backend', program: 'uvicorn', files: {}, settings: {}, newer: [] });
    const early = await bench.ask('judge', quick, 'quick');
    expect(early).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/backend program\tfalse\tuvicorn\t.* so far/),
    });
    const checks = await bench.call('at_service_checks', ['30', ...NAMED, quick]);
    expect(checks).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a trial of a new version', () => {
  it('imports it as the module that it is, and writes nothing', async () => {
    await bench.uvicorn(1);
    const before = await readdir(bench.root, { recursive: true });
    const text = 'from app.core import database\nassert database.__name__ == __name__ == "app.core.database"\n';
    expect(await trial(text)).toMatchObject({ code: 0, stderr: '' });
    const after = await readdir(bench.root, { recursive: true });
    expect(after.filter((file) => !before.includes(file) && file !== 'script.sh')).toEqual([]);
  });

  it.each([
    ['x = 1\nx = (\n', /SyntaxError at .*database\.py:2: '\(' was never closed/],
    ['\nimport no_such_module\n', /ModuleNotFoundError at .*database\.py:2: No module named 'no_such_module'/],
    ['def f(a):\n  pass\nf(b=1)\n', /TypeError at .*database\.py:3: .*unexpected keyword argument 'b'/],
  ])('names the line that fails: %j', async (text, message) => {
    await bench.uvicorn(1);
    expect(await trial(text)).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });

  it('tells nothing of what the application holds', async () => {
    const secret = 'postgresql://action:Hunter2@db/action';
    await bench.uvicorn(1, { env: { DATABASE_URL: secret } });
    const leaks = [
      'raise ValueError(os.environ["DATABASE_URL"])',
      'raise ValueError(f"bad value {os.environ[\'DATABASE_URL\']!r}")',
      'raise TypeError("Hunter2 is no argument for postgresql://action:Hunter2@db")',
      'print(os.environ["DATABASE_URL"]); import sys; sys.stderr.write(os.environ["DATABASE_URL"]); sys.exit(3)',
      'raise ImportError("cannot reach \'postgresql://action:Hunter2@db\'")',
    ];
    for (const leak of leaks) {
      const { code, stdout, stderr } = await trial(`import os\n${leak}\n`);
      expect(code).toBe(1);
      expect(stdout + stderr).not.toMatch(/action:|@db|Hunter2/);
    }
  });

  it.runIf(process.getuid?.() === 0)('has no more rights than the service itself', async () => {
    await bench.open();
    const as = ['/usr/bin/setpriv', '--reuid=65534', '--regid=65534', '--groups=65533,65534', '--'];
    await bench.start({ argv: [...as, PYTHON, bench.path('bin/uvicorn'), 'app.main:app'] });
    await bench.until(async () => (await workersOf()) === 1);
    expect(
      await trial('import os\nassert (os.getuid(), os.getgid(), os.getgroups()) == (65534, 65534, [65533, 65534])\n'),
    ).toMatchObject({ code: 0 });
  });

  function trial(input: string) {
    return bench.call('at_ask', [...NAMED, 'trial', bench.path(DATABASE)], { input });
  }
});
