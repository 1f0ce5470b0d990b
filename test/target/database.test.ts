import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceDatabase } from '../../src/target/database.js';
import { FakePostgres, type Script } from '../support/postgres.js';
import { PYTHON, packagesMissing, ServiceBench } from '../support/services.js';

const missing = packagesMissing('sqlalchemy', 'psycopg2', 'asyncpg');
const reason = missing === null ? '' : ` (not here: ${missing})`;
const DATABASE = 'app/core/database.py';
const SERVER_PID = 4711;
type Rows = ReturnType<Script['answer']>;

let bench: ServiceBench | undefined;
let server: FakePostgres | undefined;
afterEach(async () => {
  server?.stop();
  await bench?.remove();
});

/** The rows of a plain PostgreSQL; a test changes what its own differs in. */
function rowsOf(statement: string, differs: Readonly<Record<string, object>> = {}): Rows {
  const rows: Readonly<Record<string, readonly object[]>> = {
    'SELECT current_setting': [{ max: 100, superuser: '3', reserved: '2' }],
    'SELECT rolconnlimit': [{ role: 20, database: -1 }],
    'SELECT coalesce(application_name': [
      { name: 'web', count: 4, here: true, mine: true },
      { name: 'psql', count: 2, here: true, mine: false },
    ],
    'SELECT version()': [
      { version: 'PostgreSQL 15.4 (Debian 15.4-1)', pid: SERVER_PID, polar: 0, polar_version: null, ...differs.server },
    ],
    'SELECT name, setting': [
      { name: 'idle_session_timeout', setting: '600000' },
      { name: 'idle_in_transaction_session_timeout', setting: '0' },
      { name: 'tcp_keepalives_idle', setting: '7200' },
    ],
    'select pg_catalog.version': [{ version: 'PostgreSQL 15.4 on x86_64' }],
    'select current_schema': [{ current_schema: 'public' }],
    'show standard_conforming_strings': [{ standard_conforming_strings: 'on' }],
    'show transaction isolation': [{ transaction_isolation: 'read committed' }],
    "SELECT CAST('test": [{ anon: 'x' }],
  };
  const found = Object.entries(rows).find(([start]) => statement.startsWith(start));
  return (found?.[1] ?? []) as Rows;
}

const CONSOLE: Readonly<Record<string, readonly object[]>> = {
  'SHOW VERSION': [{ version: 'PgBouncer 1.18.0' }],
  'SHOW CONFIG': Object.entries({
    pool_mode: 'transaction',
    default_pool_size: '20',
    reserve_pool_size: '5',
    max_client_conn: '400',
    max_db_connections: '0',
    client_idle_timeout: '120',
  }).map(([key, value]) => ({ key, value })),
  'SHOW DATABASES': [
    { name: 'action', host: '127.0.0.1', pool_size: 15, reserve_pool: 5, pool_mode: null, max_connections: 18 },
  ],
  'SHOW POOLS': [
    { database: 'action', user: 'action', cl_active: 30, cl_waiting: 2 },
    { database: 'other', user: 'action', cl_active: 6, cl_waiting: 1 },
    { database: 'pgbouncer', user: 'pgbouncer', cl_active: 1, cl_waiting: 0 },
  ],
};

async function asked(script: Partial<Script>): Promise<ServiceDatabase | null> {
  server = await FakePostgres.start({
    keyPid: SERVER_PID,
    refusal: 'database "pgbouncer" does not exist',
    answer: (database, statement) => (database === 'action' ? rowsOf(statement) : null),
    ...script,
  });
  const url = `postgresql://action:Hunter2@127.0.0.1:${server.port}/action`;
  bench = await ServiceBench.make({
    [DATABASE]: `from sqlalchemy import create_engine\nengine = create_engine("${url}")\n`,
  });
  await bench.start({ argv: [PYTHON, '-c', 'import time; time.sleep(600)'] });
  return (await bench.facts({ database: bench.path(DATABASE) })).database;
}

describe.skipIf(missing !== null)(`the database that a service talks to${reason}`, () => {
  it('is a PostgreSQL on the same machine, with its limits of connections and of idling', async () => {
    expect(await asked({})).toEqual({
      maxConnections: 100,
      reserved: 5,
      inUse: 2,
      held: {
        roleLimit: 20,
        databaseLimit: null,
        clients: { all: 6, role: 4, database: 6, both: 4 },
        own: 0,
      },
      byApplication: new Map([
        ['psql', 2],
        ['web', 4],
      ]),
      server: {
        product: 'postgresql',
        version: '15.4',
        driver: 'psycopg2',
        place: 'own',
        idle: { sessionMs: 600_000, inTransactionMs: null, keepaliveMs: 7_200_000 },
        pooler: null,
      },
    });
  });

  it.each([
    ['settings of its own', { polar: 210, polar_version: '2.0.14.13.27.0' }, '2.0.14.13.27.0'],
    ['its name', { version: 'PostgreSQL 14.9 (PolarDB 14.9.15.0) on x86_64' }, '14.9'],
  ])('is a PolarDB by %s', async (_, differs, version) => {
    const answer: Script['answer'] = (database, statement) =>
      database === 'action' ? rowsOf(statement, { server: differs }) : null;
    expect((await asked({ answer }))?.server).toMatchObject({ product: 'polardb', version, pooler: null });
  });

  it('stands behind a pgbouncer, which tells its own limits to whoever may ask', async () => {
    const answer: Script['answer'] = (database, statement) =>
      database === 'action' ? rowsOf(statement) : ((CONSOLE[statement] ?? []) as Rows);
    expect((await asked({ keyPid: 99, answer }))?.server).toMatchObject({
      place: 'own',
      pooler: {
        program: 'pgbouncer',
        version: '1.18.0',
        limits: {
          mode: 'transaction',
          poolSize: 18,
          maxClients: 400,
          others: 7,
          shared: 32,
          clientIdleMs: 120_000,
          prepared: 0,
        },
      },
    });
  });

  it('stands behind a pgbouncer that lets only its own people ask', async () => {
    expect((await asked({ keyPid: 99, refusal: 'not allowed' }))?.server).toMatchObject({
      place: null,
      pooler: { program: 'pgbouncer', limits: null },
    });
  });

  it('stands behind something that nobody knows', async () => {
    expect((await asked({ keyPid: 99 }))?.server?.pooler).toEqual({ program: 'unknown', version: null, limits: null });
  });
});

/** A service whose child holds so many lines to what it is given: a port, or the path of a socket. */
const HOLDER = `
import socket, subprocess, sys, time
where, count = sys.argv[1], int(sys.argv[2])
def line():
    if where.isdigit(): return socket.create_connection(("127.0.0.1", int(where)))
    made = socket.socket(socket.AF_UNIX)
    made.connect(where)
    return made
held = [line()]
if count > 1: subprocess.Popen([sys.executable, __file__, where, "1"]); subprocess.Popen([sys.executable, __file__, where, "1"])
time.sleep(600)
`;

describe.skipIf(missing !== null)(`who holds the connections of the role${reason}`, () => {
  const script: Script = {
    keyPid: SERVER_PID,
    refusal: '',
    answer: (database, statement) => (database === 'action' ? rowsOf(statement) : null),
  };
  /** What the service has of them, asked while it and somebody else hold lines to the same server. */
  async function own(url: string, where: string): Promise<number | null | undefined> {
    bench = await ServiceBench.make({
      [DATABASE]: `from sqlalchemy import create_engine\nengine = create_engine("${url}")\n`,
      'hold.py': HOLDER,
    });
    await bench.start({ argv: [PYTHON, bench.path('hold.py'), where, '3'] });
    await bench.until(async () => (server?.lines ?? 0) === 3);
    return (await bench.facts({ database: bench.path(DATABASE) })).database?.held?.own;
  }

  it('is told by the lines of all processes of the service, over the network', async () => {
    server = await FakePostgres.start(script);
    expect(await own(`postgresql://action:x@127.0.0.1:${server.port}/action`, String(server.port))).toBe(3);
  });

  it('is told through a socket on the same machine, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pg-'));
    try {
      const path = join(folder, '.s.PGSQL.5432');
      server = await FakePostgres.start(script, path);
      expect(await own(`postgresql://action:x@/action?host=${folder}`, path)).toBe(3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
