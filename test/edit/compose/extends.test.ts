import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeServices } from '../../../src/edit/compose/codeservices.js';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { processVariable } from '../../../src/edit/environment/process.js';
import { ALONE } from '../../../src/edit/types.js';
import { hasOracle } from '../../support/oracles.js';
import { type Files, outcomeIn, valuesIn } from '../project.js';

const FILE = 'docker-compose.yml';
const TWO = { 'web.workers': 2 };
const IMAGE = { Dockerfile: 'FROM x\nCMD ["uvicorn", "a:b"]\n' };

function file(...services: readonly string[]): string {
  return `services:\n${services.join('')}`;
}

const API = '  api:\n    extends: {file: lib/base.yml, service: base}\n';
const BASE = '  base:\n    image: x\n    command: uvicorn a:b --workers 4\n';

/** Projects by what decides the workers of `api`, and how many those are. */
const PROJECTS: readonly (readonly [what: string, files: Files, workers: number])[] = [
  ['a command in another file', { [FILE]: file(API), 'lib/base.yml': file(BASE) }, 4],
  [
    'a command of its own',
    { [FILE]: file(`${API}    command: uvicorn a:b --workers 7\n`), 'lib/base.yml': file(BASE) },
    7,
  ],
  [
    'a command of its own behind an entrypoint in another file',
    {
      [FILE]: file(`${API}    command: uvicorn a:b --workers 7\n`),
      'lib/base.yml': file('  base:\n    image: x\n    entrypoint: /app/entry.sh\n'),
    },
    7,
  ],
  [
    'a command two steps away, in files that name each other from their own folders',
    {
      [FILE]: file(API),
      'lib/base.yml': file('  base:\n    extends: {file: more/other.yml, service: far}\n    ports: ["80:80"]\n'),
      'lib/more/other.yml': file(BASE.replace('base', 'far')),
    },
    4,
  ],
  [
    'the nearest command of several',
    {
      [FILE]: file(API),
      'lib/base.yml': file(
        '  base:\n    extends: {service: far}\n    command: uvicorn a:b --workers 5\n',
        BASE.replace('base', 'far'),
      ),
    },
    5,
  ],
  [
    'a variable of the service that is extended',
    {
      ...IMAGE,
      [FILE]: file(API),
      'lib/base.yml': file('  base:\n    build: ..\n    environment: [WEB_CONCURRENCY=6]\n'),
    },
    6,
  ],
  [
    'a variable of its own, which beats it',
    {
      ...IMAGE,
      [FILE]: file(`${API}    environment: {WEB_CONCURRENCY: 3}\n`),
      'lib/base.yml': file('  base:\n    build: ..\n    environment: [WEB_CONCURRENCY=6]\n'),
    },
    3,
  ],
  [
    'an environment file beside the file that is extended',
    {
      ...IMAGE,
      [FILE]: file(API),
      'lib/base.yml': file('  base:\n    build: ..\n    env_file: base.env\n'),
      'lib/base.env': 'WEB_CONCURRENCY=8\n',
    },
    8,
  ],
  [
    'the `.env` of the project, not that of the other file',
    {
      [FILE]: file(API),
      'lib/base.yml': file('  base:\n    build: ..\n    environment: {WEB_CONCURRENCY: "${W:-1}"}\n'),
      ...IMAGE,
      '.env': 'W=5\n',
      'lib/.env': 'W=9\n',
    },
    5,
  ],
  [
    'a command in another file with a variable of the `.env` of the project',
    { [FILE]: file(API), 'lib/base.yml': file(BASE.replace('4', '${W:-4}')), '.env': 'W=5\n', 'lib/.env': 'W=9\n' },
    5,
  ],
  [
    'a service of the same file',
    {
      ...IMAGE,
      [FILE]: file(
        '  base:\n    build: .\n    environment: {WEB_CONCURRENCY: 4}\n    command: sleep 1\n  api:\n    extends: {service: base}\n    command: uvicorn a:b\n',
      ),
    },
    4,
  ],
];

const read = (files: Files, services = {}) => valuesIn(composeEditor(services), FILE, files, { compose: [FILE] });
const edited = (files: Files, services = {}, compose = [FILE]) =>
  outcomeIn(composeEditor(services), FILE, files, TWO, { compose });

describe('a service that extends another', () => {
  it.each(PROJECTS)('has %s', (_, files, workers) => {
    expect(read(files, { backend: 'api' })).toEqual({ 'web.workers': workers });
  });
});

describe('compose itself', () => {
  const root = mkdtempSync(join(tmpdir(), 'extends-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const program = 'docker-compose';
  const isThere = spawnSync(program, ['version']).status === 0;

  it.each(PROJECTS)('gives it the same: %s', (what, files, workers) => {
    if (!hasOracle("docker-compose (Debian's package)", isThere)) return;
    const folder = join(root, what.replace(/\W/g, '-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { stdout, stderr } = spawnSync(program, ['config'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    const { command = '', environment = {} } = parse(stdout).services.api;
    const said = /--workers (\d+)/.exec([command].flat().join(' '))?.[1] ?? environment.WEB_CONCURRENCY;
    expect(Number(said)).toBe(workers);
  });
});

describe('a command that comes by `extends`', () => {
  it('is changed in its file, where nobody else runs it', () => {
    const files = { [FILE]: file(API), 'lib/base.yml': file(BASE) };
    expect(edited(files)).toEqual({ 'lib/base.yml': file(BASE).replace('4', '2') });
  });

  it('is refused where others of the stack run it, with what to write', () => {
    const files = { [FILE]: file(API, API.replace('api', 'admin')), 'lib/base.yml': file(BASE) };
    expect(edited(files)).toMatch(/^unsupported docker-compose.yml:2:3 Several services start uvicorn/);
    const answer = composeEditor({ backend: 'api' }).edit(files[FILE] ?? '', TWO, {
      ...ALONE,
      path: '/p/docker-compose.yml',
      textOf: (path) => (path === '/p/lib/base.yml' ? file(BASE) : null),
    });
    expect(answer).toMatchObject({
      refusal: {
        file: '/p/lib/base.yml',
        at: { line: 4, column: 14 },
        message: 'Service api takes its command from here by `extends`, and admin would change too',
        fix: 'Give service api a `command` of its own in /p/docker-compose.yml: `command: uvicorn a:b --workers 2`',
      },
    });
  });

  it('is refused where the other file is one of the stack, or another file of the stack extends it, too', () => {
    const files = { [FILE]: file(API), 'lib/base.yml': file(BASE) };
    expect(edited(files, {}, [FILE, 'lib/base.yml'])).toMatch(/^unsafe lib\/base.yml:4:14 .* base would change too$/);
    const more = { ...files, 'more.yml': file(API.replace('api', 'admin')) };
    expect(edited(more, {}, [FILE, 'more.yml'])).toMatch(/ and admin would change too$/);
  });

  it('is not shared with one that has its own', () => {
    const admin = `${API.replace('api', 'admin')}    command: sleep 1\n`;
    const files = { [FILE]: file(API, admin), 'lib/base.yml': file(BASE) };
    expect(edited(files)).toEqual({ 'lib/base.yml': file(BASE).replace('4', '2') });
  });

  it('says who is to get one of its own where a service of the same file is extended', () => {
    const text = file(BASE, '  api:\n    extends: base\n');
    expect(composeEditor().edit(text, TWO)).toMatchObject({
      refusal: {
        message: 'Service base shares its command with api, which would change too',
        fix: 'Give api a `command` of its own: `command: uvicorn a:b --workers 2`',
      },
    });
  });

  it('never repeats what may be a secret', () => {
    const text = file(BASE.replace('--workers', '--env DB_PASSWORD=hunter2 --workers'), '  api:\n    extends: base\n');
    expect(JSON.stringify(composeEditor({ backend: 'api' }).edit(text, TWO))).not.toContain('hunter2');
  });

  it('is refused where an anchor of that file would take another part along', () => {
    const base = `x-c: &c uvicorn a:b --workers 4\n${file('  base:\n    image: x\n    command: *c\n    labels: [*c]\n')}`;
    expect(edited({ [FILE]: file(API), 'lib/base.yml': base })).toMatch(
      /^unsafe lib\/base.yml:1:.* shared with another/,
    );
  });

  it.each([
    [
      'a file that is not there',
      {},
      /^unsupported docker-compose.yml:3:14 The service extends one of .*\/lib\/base.yml, which is not/,
    ],
    [
      'a service that is not there',
      { 'lib/base.yml': file(API) },
      /3:14 There is no service base to extend in .*\/lib\/base.yml$/,
    ],
    [
      'a circle',
      { 'lib/base.yml': file('  base: {extends: {service: b}}\n  b: {extends: base}\n') },
      /^unsupported lib\/base.yml:3:16 Service base extends itself$/,
    ],
    [
      'a broken file',
      { 'lib/base.yml': 'services: [\n' },
      /^unsupported lib\/base.yml:\d+:\d+ The file is no valid YAML/,
    ],
    [
      'an entrypoint in another file than the command',
      {
        'lib/base.yml': file('  base:\n    entrypoint: [sh, -c]\n    extends: {file: more.yml, service: base}\n'),
        'lib/more.yml': file(BASE),
      },
      /^unsupported docker-compose.yml:2:3 .* one of `command` and `entrypoint`/,
    ],
  ])('is refused with its place at %s', (_, files, refusal) => {
    expect(edited({ [FILE]: file(API), ...files })).toMatch(refusal);
  });

  it('is refused where it is only known to compose, or does not say', () => {
    const refusal = (text: string) => edited({ [FILE]: file(text) });
    expect(refusal('  api: {extends: {file: "${F}", service: base}}\n')).toMatch(/only known where compose runs$/);
    expect(refusal('  api: {extends: {file: base.yml}}\n')).toMatch(/does not say which service/);
  });

  it('is not followed further than anybody does', () => {
    const chain = Array.from({ length: 30 }, (_, index) => `  s${index}: {extends: s${index + 1}}\n`);
    expect(edited({ [FILE]: file('  api: {extends: s0}\n', ...chain) }, { backend: 'api' })).toMatch(
      /More than 10 services extend each other$/,
    );
  });

  it.each([
    ['by the name of its file', { [FILE]: file(BASE, API.replace('lib/base.yml', FILE)) }, [FILE]],
    [
      'from another file of the stack',
      { [FILE]: file(BASE), 'more.yml': file(API.replace('lib/base.yml', FILE)) },
      [FILE, 'more.yml'],
    ],
  ])('is refused where another service extends the one that has it, %s', (_, files: Files, compose) => {
    expect(edited(files, { backend: 'base' }, compose)).toBe(
      `unsafe ${FILE}:4:14 Service base shares its command with api, which would change too`,
    );
  });

  it('is refused where the file that is named is the very same, for who extends as well', () => {
    const files = {
      ...IMAGE,
      [FILE]: file(BASE.replace('image: x', 'build: .'), API.replace('lib/base.yml', `./${FILE}`)),
    };
    expect(edited(files, { backend: 'api' })).toBe(
      `unsafe ${FILE}:4:14 Service api takes its command from here by \`extends\`, and base would change too`,
    );
  });

  it('is changed where it stands if another file of the stack extends the same service', () => {
    const files = {
      [FILE]: file(BASE),
      'more.yml': file('  base:\n    extends: {file: docker-compose.yml, service: base}\n'),
    };
    expect(edited(files, {}, [FILE, 'more.yml'])).toEqual({ [FILE]: file(BASE).replace('4', '2') });
  });

  it('is changed beside a service of which it is not known what it extends', () => {
    const gone = '  db:\n    extends: {file: gone.yml, service: db}\n';
    expect(edited({ [FILE]: file(BASE, gone) })).toEqual({ [FILE]: file(BASE, gone).replace('4', '2') });
    expect(edited({ [FILE]: file(API, gone), 'lib/base.yml': file(BASE) })).toEqual({
      'lib/base.yml': file(BASE).replace('4', '2'),
    });
  });

  it('is changed behind a variable, in the `.env` of the project, which nothing else takes it from', () => {
    const base = file(BASE.replace('4', '${W:-4}'));
    const files = { [FILE]: file(API), 'lib/base.yml': base, '.env': 'A=1\nW=4\n' };
    const changed = { '.env': 'A=1\nW=2\n' };
    expect(edited(files)).toEqual(changed);
    expect(edited({ ...files, 'lib/base.yml': base.replace(':-4', ':?set') })).toEqual(changed);
    expect(edited({ ...files, '.env': 'A=1\n', 'lib/.env': 'W=9\n' })).toEqual({
      'lib/base.yml': base.replace('-4', '-2'),
    });
    const unused = `${base}  other:\n    image: "x:$W"\n`;
    expect(edited({ ...files, 'lib/base.yml': unused })).toEqual(changed);
    const own = API.replace('api', 'admin').concat('    command: sleep 1\n');
    expect(edited({ ...files, [FILE]: file(API, own) })).toEqual(changed);
  });

  it.each([
    ['of the same service', file(API), 'labels: ["w=${W}"]'],
    [
      'of a service that extends the same one',
      file(API, `${API.replace('api', 'admin')}    command: sleep 1\n`),
      'labels: ["$W"]',
    ],
    ['of a service that extends another one', file(API, API.replace('api', 'x').replace('base}', 'more}')), ''],
    ['of the file that extends', file(API, '  x:\n    image: "x:${W}"\n'), ''],
  ])('is refused behind a variable that another part takes: %s', (_, text, more) => {
    const base = file(`${BASE.replace('4', '${W:-4}')}    ${more}\n`, '  more:\n    image: "x:$W"\n');
    expect(edited({ [FILE]: text, 'lib/base.yml': base, '.env': 'W=4\n' })).toMatch(
      /^unsafe .env:1:3 Another part of the compose files takes W from here/,
    );
  });

  it('leaves a variable alone that a service of another file takes by `extends`, too', () => {
    const own = '  api:\n    command: uvicorn a:b --workers ${W:-4}\n';
    const files = { [FILE]: file(own, API.replace('api', 'x')), 'lib/base.yml': file('  base:\n    image: "x:$W"\n') };
    expect(edited({ ...files, '.env': 'W=4\n' })).toMatch(/^unsafe .env:1:3 Another part of the compose files takes W/);
  });

  it('is that of the last file that counts', () => {
    const files = {
      [FILE]: file('  api: {command: "uvicorn a:b"}\n'),
      'more.yml': file(API),
      'lib/base.yml': file(BASE),
    };
    expect(edited(files, {}, [FILE, 'more.yml'])).toMatch(/^unsafe lib\/base.yml:4:14 /);
  });
});

describe('an entrypoint that comes by `extends` from another file', () => {
  const own = file(`${API}    command: uvicorn a:b --workers 4\n`);
  const outcome = (entrypoint: string, more: Files = {}) =>
    edited({ [FILE]: own, 'lib/base.yml': file(`  base:\n    build: ..\n    entrypoint: ${entrypoint}\n`), ...more });
  const SCRIPT = { Dockerfile: 'FROM x\nWORKDIR /app\nCOPY . .\n' };

  it.each([
    ['a script that is not among the files', '/entry.sh', {}],
    ['a script that runs the command', '/app/entry.sh', { ...SCRIPT, 'entry.sh': '#!/bin/sh\nexec "$@"\n' }],
    ['a program that runs the command', '[tini, --]', {}],
    ['none', 'null', {}],
  ])('leaves the command to be changed: %s', (_, entrypoint, more) => {
    expect(outcome(entrypoint, more)).toEqual({ [FILE]: own.replace('4', '2') });
  });

  it.each([
    [
      'a script that does not run the command',
      '/app/entry.sh',
      { ...SCRIPT, 'entry.sh': '#!/bin/sh\nexec sleep 9\n' },
      /^unsafe docker-compose.yml:2:3 The entrypoint of service api is a script that does not run/,
    ],
    ['a shell', '[sh, -c]', {}, /^unsupported docker-compose.yml:2:3 The entrypoint of service api starts/],
    [
      'what starts the server itself',
      '[uvicorn, "a:b"]',
      {},
      /^unsupported docker-compose.yml:2:3 The entrypoint of service api starts/,
    ],
    ['what can not be read', `'a "b'`, {}, /^\w+ lib\/base.yml:4:/],
  ])('is refused: %s', (_, entrypoint, more, refusal) => {
    expect(outcome(entrypoint, more)).toMatch(refusal);
  });
});

describe('other services of the same code', () => {
  const BACKEND = '  backend:\n    build: .\n    command: uvicorn a:b\n';
  const told = (text: string, base: string) => {
    const texts: Files = { '/srv/docker-compose.yml': text, '/srv/lib/base.yml': base };
    const around = {
      ...ALONE,
      root: '/srv',
      compose: ['/srv/docker-compose.yml'],
      textOf: (path: string) => texts[path] ?? null,
    };
    const usual = { backend: 'backend', celery: 'celery' };
    return codeServices(around, { named: { backend: null, celery: null }, usual }, '/srv/app/db.py');
  };

  it('are told by what they extend', () => {
    const base = file('  base:\n    build: ..\n    command: uvicorn a:b --workers 3\n');
    expect(told(file(BACKEND, API), base)).toMatchObject([{ name: 'api', kind: 'web', workers: 3, built: true }]);
  });

  it('are a scheduler where the command that they take over is one', () => {
    const base = file('  base:\n    build: ..\n    command: celery -A a beat\n');
    expect(told(file(BACKEND, API), base)).toMatchObject([{ name: 'api', kind: 'beat' }]);
  });

  it('are told by what they extend where a later file only adds to them', () => {
    const texts: Files = {
      '/srv/docker-compose.yml': file(BACKEND, API),
      '/srv/more.yml': file('  api:\n    ports: ["80:80"]\n'),
      '/srv/lib/base.yml': file('  base:\n    build: ..\n    command: uvicorn a:b --workers 3\n'),
    };
    const compose = ['/srv/docker-compose.yml', '/srv/more.yml'];
    const around = { ...ALONE, root: '/srv', compose, textOf: (path: string) => texts[path] ?? null };
    const usual = { backend: 'backend', celery: 'celery' };
    const found = codeServices(around, { named: { backend: null, celery: null }, usual }, '/srv/app/db.py');
    expect(found).toMatchObject([{ name: 'api', workers: 3, file: '/srv/docker-compose.yml' }]);
  });

  it('are none where what they extend is not there', () => {
    expect(told(file(BACKEND, API.replace('base.yml', 'gone.yml')), '')).toEqual([]);
  });
});

it('a variable of the processes is found where a service that they extend sets it', () => {
  const texts: Files = {
    '/srv/docker-compose.yml': file(`${API}    command: uvicorn a:b\n`),
    '/srv/lib/base.yml': file('  base:\n    environment: {DB_POOL_SIZE: 5}\n'),
  };
  const around = { ...ALONE, compose: ['/srv/docker-compose.yml'], textOf: (path: string) => texts[path] ?? null };
  expect(processVariable(around, { names: ['DB_POOL_SIZE'], exact: true })).toMatchObject({
    spots: [{ path: '/srv/lib/base.yml', known: 5 }],
    partial: false,
  });
});
