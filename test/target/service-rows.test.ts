import { describe, expect, it } from 'vitest';
import { parseFacts } from '../../src/target/parse.js';
import { spanMs } from '../../src/target/span.js';
import { databaseOf, versionsOf } from '../../src/target/told.js';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const known = (value: unknown) => b64(JSON.stringify(value));

const SHOWN = [
  'LoadState=loaded',
  'FragmentPath=/etc/systemd/system/action-backend.service',
  'DropInPaths=/etc/systemd/system/action-backend.service.d/a.conf /run/systemd/b.conf',
  'ActiveState=active',
  'MainPID=812',
  'NRestarts=3',
  'NeedDaemonReload=yes',
  'KillMode=mixed',
  'Restart=always',
  'TimeoutStopUSec=1min 30s',
  'TriggeredBy=action-backend.timer action-backend.socket',
].join('\n');

const LOG = [
  '1764109456.000000 host uvicorn[813]: INFO:     Started server process [813]',
  '1764109456.100000 host uvicorn[813]: INFO:     Application startup complete.',
  '1764109470.500000 host uvicorn[814]: INFO:     Started server process [814]',
  '1764109472.750000 host uvicorn[814]: INFO:     Application startup complete.',
].join('\n');

const SYSTEMD = [
  `service\tbackend\tsystemd\t${b64('action-backend.service')}\trunning\t${b64('-')}`,
  `unit\tbackend\t${b64(SHOWN)}\t${b64('/etc/systemd/system/action-backend.service.d/a.conf')}`,
  'program\tbackend\tkind\tuvicorn',
  'program\tbackend\tworkers\t2',
  'program\tbackend\tsupervised\tyes',
  'program\tbackend\tpool\t-',
  'program\tbackend\tshell\tno',
  'program\tbackend\tbefore\t-',
  'program\tbackend\timport\t812',
  'program\tbackend\tstarted\t2026-11-24T22:24:15Z',
  'program\tbackend\tnewest\t814\t1764109455250',
  `came-up\tbackend\t${b64(LOG)}`,
  'program\tbackend\tversion\tuvicorn\t0.32.0',
  'program\tbackend\tversion\tpython\t3.13.5',
  'program\tbackend\tversion\tcelery\t5.0.0',
  `program\tbackend\tsetting\tdb.pool_size\t${known(20)}`,
  `program\tbackend\tsetting\tdb.pool_pre_ping\t${known(true)}`,
  `program\tbackend\tsetting\tredis.max_connections\t${known({ unresolved: 'why' })}`,
  `program\tbackend\tsetting\tweb.workers\t${known(2)}`,
  `program\tbackend\tsetting\tno.such\t${known(2)}`,
  'program\tbackend\tolder\tredis',
  'program\tbackend\tdatabase\t100\t3\t7',
  `program\tbackend\tapplication\t${known('')}\t12`,
  `program\tbackend\tapplication\t${known('worker one')}\t4`,
  'program\tbackend\tUserWarning: what an interpreter prints is passed over',
  `service\tcelery\tsystemd\t${b64('action-celery-worker.service')}\tstopped\t${b64('-')}`,
  `unit\tcelery\t${b64('LoadState=loaded\nMainPID=0\nActiveState=failed\nTimeoutStopUSec=infinity')}\t-`,
];

const ABOUT = [
  'id=5e1f',
  'project=action',
  'working_dir=/srv/action/docker',
  'restart=unless-stopped',
  'stop_timeout=40',
  'restarts=1',
  'config_files=/srv/action/docker/base.yml,/srv/action/docker/more.yml,',
  'replicas=2',
  'starts_with=3',
].join('\n');

const COMPOSE = [
  `file\tdatabase\t${b64('/srv/action/backend/app/core/database.py')}\tfile\tyes\t644\t0:0\t1\t0\tno`,
  `service\tbackend\tcompose\t${b64('web')}\trunning\t${b64('/srv/action/docker')}`,
  `container\tbackend\t${b64(ABOUT)}`,
  `mount\tbackend\t${b64('/srv/action/backend')}`,
  `why\tbackend\t${b64('web: no permission to look into its processes')}`,
  `service\tcelery\tcompose\t${b64('celery-worker')}\tabsent\t${b64('/srv/action/docker')}`,
];

describe('services behind systemd', () => {
  const { services } = parseFacts(SYSTEMD.join('\n'));

  it('come with their unit as it is loaded', () => {
    expect(services.get('backend')).toMatchObject({
      name: 'action-backend.service',
      ref: ['systemd', 'action-backend.service', '-'],
      state: 'running',
      container: null,
      why: null,
      unit: {
        fragment: '/etc/systemd/system/action-backend.service',
        dropIns: ['/etc/systemd/system/action-backend.service.d/a.conf', '/run/systemd/b.conf'],
        execFile: '/etc/systemd/system/action-backend.service.d/a.conf',
        activeState: 'active',
        mainPid: 812,
        restarts: 3,
        needReload: true,
        killMode: 'mixed',
        restart: 'always',
        stopTimeoutMs: 90_000,
        socket: 'action-backend.socket',
      },
    });
  });

  it('come with the time that their newest process took to come up', () => {
    expect(services.get('backend')?.cameUpMs).toBe(17_500);
    expect(services.get('celery')?.cameUpMs).toBeNull();
  });

  it.each([
    ['nothing of it is in the log', '', null],
    ['only another one came up', LOG.split('\n').slice(0, 2).join('\n'), null],
    ['it is not up yet', LOG.split('\n').slice(0, 3).join('\n'), null],
    [
      'an engine keeps the log',
      '2025-11-25T22:24:16.000000001Z INFO:     Started server process [814]\n2025-11-25T22:24:17.250000000Z INFO:     Application startup complete.',
      2000,
    ],
  ])('where %s', (_what, log, expected) => {
    const rows = SYSTEMD.map((row) => (row.startsWith('came-up') ? `came-up\tbackend\t${b64(log)}` : row));
    expect(parseFacts(rows.join('\n')).services.get('backend')?.cameUpMs).toBe(expected);
  });

  it('come with what their processes say', () => {
    const program = services.get('backend')?.program;
    expect(program).toMatchObject({
      program: 'uvicorn',
      workers: 2,
      supervised: true,
      pool: null,
      shell: false,
      beforeMs: null,
      importMs: 812,
      startedAt: '2026-11-24T22:24:15Z',
      olderThan: ['redis'],
    });
    expect(program?.settings).toEqual({
      'db.pool_size': 20,
      'db.pool_pre_ping': true,
      'redis.max_connections': { unresolved: 'why' },
      'web.workers': 2,
    });
    expect(program?.database).toEqual({
      maxConnections: 100,
      reserved: 3,
      server: null,
      inUse: 7,
      byApplication: new Map([
        ['', 12],
        ['worker one', 4],
      ]),
    });
  });

  it('that do not run have nothing to say', () => {
    expect(services.get('celery')).toMatchObject({
      state: 'stopped',
      program: null,
      why: 'it does not run',
      unit: { activeState: 'failed', stopTimeoutMs: null, execFile: null, socket: null, needReload: false },
    });
  });

  it('say the versions that count, and what the database says', () => {
    expect(versionsOf({ services })).toEqual({ python: '3.13.5', uvicorn: '0.32.0', celery: '5.0.0' });
    expect(versionsOf({ services: new Map() })).toEqual({});
    expect(databaseOf({ services })?.maxConnections).toBe(100);
  });
});

describe('services behind compose', () => {
  const facts = parseFacts(COMPOSE.join('\n'));

  it('come with their container, and where its code is', () => {
    expect(facts.services.get('backend')).toMatchObject({
      name: 'web',
      ref: ['compose', 'web', '/srv/action/docker'],
      unit: null,
      program: null,
      why: 'web: no permission to look into its processes',
      container: {
        id: '5e1f',
        project: 'action',
        workingDir: '/srv/action/docker',
        configFiles: ['/srv/action/docker/base.yml', '/srv/action/docker/more.yml'],
        code: 'mounted',
        restartPolicy: 'unless-stopped',
        stopTimeoutMs: 40_000,
        restarts: 1,
        replicas: 2,
        startsWith: 3,
      },
    });
    const baked = COMPOSE.filter((line) => !line.startsWith('mount')).join('\n');
    expect(parseFacts(baked).services.get('backend')?.container?.code).toBe('baked');
    expect(
      parseFacts(baked.replace(b64('/srv/action/backend'), b64('/srv/action/back'))).services.get('backend'),
    ).toMatchObject({
      container: { code: 'baked' },
    });
  });

  it('come with what each further container says', () => {
    const others = [
      'other\tbackend\tabc\tprogram\tkind\tuvicorn',
      `other\tbackend\tabc\tprogram\tsetting\tdb.pool_size\t${known(7)}`,
      'other\tbackend\tabc\tprogram\tolder\tdatabase',
      `other\tbackend\tdef\twhy\t${b64('no permission')}`,
      'other\tcelery\tffff\tprogram\tkind\tcelery',
    ];
    expect(parseFacts([...COMPOSE, ...others].join('\n')).services.get('backend')?.container?.others).toMatchObject([
      {
        id: 'abc',
        program: { program: 'uvicorn', settings: { 'db.pool_size': 7 }, olderThan: ['database'] },
        why: null,
      },
      { id: 'def', program: null, why: 'no permission' },
    ]);
  });

  it('may be absent', () => {
    expect(facts.services.get('celery')).toMatchObject({ state: 'absent', container: null, program: null });
    expect(databaseOf(facts)).toBeNull();
  });
});

it.each([
  ['1min 30s', 90_000],
  ['5s', 5_000],
  ['500ms', 500],
  ['1h 2min 3s', 3_723_000],
  ['1month', 2_629_800_000],
  ['infinity', null],
  ['0', 0],
  ['', null],
])('reads the time span %j of systemd', (text, ms) => {
  expect(spanMs(text)).toBe(ms);
});
