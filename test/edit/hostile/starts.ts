import { filled, type Input, LARGE as LARGE_CODE, lines, type Named, TEN_MB } from './filling.js';

/** The files that only start something, each behind a unit, a service of compose, or both. */
const SERVICE = '/etc/systemd/system/a.service';
const FILE = '/srv/docker-compose.yml';
const OVER = '/srv/docker-compose.override.yml';
const DATABASE = '/srv/app/database.py';
const U = 'uvicorn a:b\n';
/** Just below what is read of a file that starts something. */
const LARGE = 125_000;

function behindUnit(start: string, hostile: string, what: string, files: Input['files']): Input {
  const unit = `[Service]\nWorkingDirectory=/srv\nExecStart=${start}\n`;
  return { what, kind: 'unit', path: SERVICE, hostile, files: { [SERVICE]: unit, ...files }, compose: [] };
}

function behindCompose(service: string, hostile: string, what: string, files: Input['files']): Input {
  const text = `services:\n  api:\n${service}`;
  return { what, kind: 'compose', path: FILE, hostile, files: { [FILE]: text, ...files }, compose: [FILE] };
}

const SCRIPTS: readonly Named[] = [
  ['10 MB of commands', `${filled(TEN_MB, 'true\n')}${U}`],
  ['10 MB in one line', `${filled(TEN_MB, 'true; ')}${U}`],
  ['10 MB of remarks', `#${'x'.repeat(TEN_MB)}\n${U}`],
  ['an eighth of a megabyte of commands', `${filled(LARGE, 'true\n')}${U}`],
  ['an eighth of a megabyte in one command', `uvicorn a:b ${filled(LARGE, '--x y ')}\n`],
  ['many remarks', `${filled(LARGE, '# x\n')}${U}`],
  ['ands', `${'a && '.repeat(24_000)}${U}`],
  ['groups', `${'{ ( '.repeat(30_000)}${U}`],
  ['substitutions', `${U}echo ${'$('.repeat(60_000)}\n`],
  ['defaults in defaults', `uvicorn a:b --workers ${'${A:-'.repeat(24_000)}1\n`],
  ['quotes', `uvicorn ${'"\''.repeat(60_000)}\n`],
  ['continuations', `uvicorn a:b ${'\\\n'.repeat(60_000)}\n`],
  ['documents in it', `${filled(LARGE, 'cat <<E\n')}${U}`],
  ['loops', `${filled(LARGE, 'for a in b; do\n')}${U}`],
  ['wrappers', `${'exec '.repeat(24_000)}${U}`],
  ['shells', `${'sh -c '.repeat(20_000)}${U}`],
  ['folders', `${'cd a\n'.repeat(24_000)}${U}`],
  ['folders and scripts', `${'cd .\nsh b.sh\n'.repeat(9000)}${U}`],
  ['folders and scripts that are not there', `${'cd .\nsh /srv/c.sh\n'.repeat(6000)}${U}`],
  ['assignments', `${'W=1\n'.repeat(30_000)}uvicorn a:b --workers $W\n`],
  ['a chain of assignments', `${lines(8000, (index) => `W${index + 1}=$W${index}\n`)}uvicorn a:b --workers $W8000\n`],
  ['many starts', U.repeat(10_000)],
  ['itself', '# uvicorn\nsh /srv/run.sh\n'],
  ['itself many times', 'sh /srv/run.sh\n'.repeat(1000)],
  ['itself, and another that starts it', `sh /srv/run.sh; sh /srv/b.sh\n${'true\n'.repeat(10_000)}sh /srv/b.sh\n${U}`],
  ['what it is given', `${'exec "$@"\n'.repeat(12_000)}`],
];

const PROCFILES: readonly Named[] = [
  ['10 MB of processes', `${filled(TEN_MB, 'a: true\n')}web: ${U}`],
  ['many processes', `${filled(LARGE, 'a: true\n')}web: ${U}`],
  ['many processes of the kind', filled(LARGE, `web: ${U}`)],
  ['blanks', `a: uvicorn${' '.repeat(LARGE)}"x\n`],
  ['blanks before the colon', `a${' '.repeat(LARGE)}: uvicorn a:b\n`],
  ['a process of an eighth of a megabyte', `web: uvicorn a:b ${filled(LARGE, '--x y ')}\n`],
];

const CONFIGURATIONS: readonly Named[] = [
  ['10 MB of programs', filled(TEN_MB, `[program:a]\ncommand=${U}`)],
  ['many programs', `${lines(4500, (index) => `[program:a${index}]\ncommand=true\n`)}[program:b]\ncommand=${U}`],
  ['many programs of the kind', lines(3500, (index) => `[program:a${index}]\ncommand=${U}`)],
  ['lines that go on', `[program:a]\ncommand=${U}${filled(LARGE, ' x\n')}`],
  ['blanks', `[program:a]\ncommand=uvicorn${' '.repeat(LARGE)}x\n`],
  ['remarks', `[program:a]\ncommand=uvicorn ${'; '.repeat(LARGE / 2)}\n`],
  ['percent signs', `[program:a]\ncommand=uvicorn a:b ${'%('.repeat(LARGE / 2)}\n`],
  ['brackets', `${'['.repeat(LARGE)}\n[program:a]\ncommand=${U}`],
];

const MAKEFILES: readonly Named[] = [
  ['10 MB of rules', `run:\n\t${U}${filled(TEN_MB, 'a:\n\ttrue\n')}`],
  ['a chain of needs', `run: a0\n\t${U}${lines(8000, (index) => `a${index}: a${index + 1}\n`)}`],
  ['rules that need each other', `run: b\nb: run\n${'c: d uvicorn\n'.repeat(8000)}`],
  ['many needs', `run: ${lines(17_000, (index) => `a${index} `)}\n\t${U}`],
  ['a rule of many targets', `run ${lines(17_000, (index) => `a${index} `)}: ${'b '.repeat(500)}\n\t${U}`],
  ['many lines', `run:\n${filled(LARGE, '\ttrue\n')}\t${U}`],
  ['many lines of the kind', `run:\n${filled(LARGE, `\t${U}`)}`],
  ['continuations', `run:\n\tuvicorn a:b ${'\\\n'.repeat(60_000)}\n`],
  ['dollars', `run:\n\tuvicorn a:b ${'$('.repeat(LARGE / 2)}\n`],
  ['braces', `run:\n\tuvicorn a:b ${'${x'.repeat(LARGE / 3)}\n`],
  ['signs in front', `run:\n\t${'@-+ '.repeat(LARGE / 4)}${U}`],
];

const MAIN = 'import uvicorn\nif __name__ == "__main__":\n    uvicorn.run("a:b", workers=4)\n';
const CODE: readonly Named[] = [
  ['10 MB', filled(TEN_MB, 'x = f(1)\n')],
  ['an eighth of a megabyte', filled(LARGE, 'x = f(1)\n')],
  ['deep brackets', `x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n`],
  ['deep calls', `x = ${'f('.repeat(40_000)}1${')'.repeat(40_000)}\n`],
  ['many comments', filled(LARGE, '# x\n')],
  ['the call many times', filled(LARGE / 2, 'uvicorn.run("a:b", workers=4)\n')],
  ['the name many times', filled(LARGE / 2, 'workers = 4\n')],
  ['a chain of names', lines(5000, (index) => `w${index} = w${index + 1}\n`)],
];

const COPY = '    build: .\n';
const IMAGES: readonly Named[] = [
  ['10 MB of copies', `FROM x\n${filled(TEN_MB, 'COPY a /b\n')}CMD ./run.sh\n`],
  ['many copies', `FROM x\nWORKDIR /app\n${filled(LARGE, 'COPY a b\n')}CMD ./run.sh\n`],
  ['many copies of all', `FROM x\nWORKDIR /app\n${filled(LARGE, 'COPY . .\n')}CMD ["./run.sh"]\n`],
  ['many folders', `FROM x\n${filled(LARGE, 'WORKDIR /app\nCOPY run.sh /x\n')}CMD ["./run.sh"]\n`],
  ['folders in folders', `FROM x\nWORKDIR /app\n${filled(LARGE, 'WORKDIR a\n')}COPY . .\nCMD ["./run.sh"]\n`],
  ['a copy of much', `FROM x\nWORKDIR /app\nCOPY ${lines(17_000, (index) => `a${index} `)} ./\nCMD ["./run.sh"]\n`],
  ['many variables', `FROM x\nWORKDIR /app\n${filled(LARGE, 'ENV A=1\n')}COPY . .\nCMD ["./run.sh"]\n`],
];

const OVERRIDES: readonly Named[] = [
  ['10 MB of services', `services:\n  api:\n    environment: {WEB_CONCURRENCY: 4}\n${filled(TEN_MB, '  # x\n')}`],
  [
    'many services',
    `services:\n${lines(900, (index) => `  s${index}:\n    command: sh -c "uvicorn a:b"\n`)}  api: {}\n`,
  ],
  ['many variables', `services:\n  api:\n    environment:\n${lines(9000, (index) => `      - A${index}=$B\n`)}`],
  ['one variable again and again', `services:\n  api:\n    environment:\n${'      - W=$B\n'.repeat(9000)}`],
  ['many environment files', `services:\n  api:\n    env_file: [${lines(9000, (index) => `a${index}.env,`)}]\n`],
  ['one environment file again and again', `services:\n  api:\n    env_file: [${'b.env,'.repeat(9000)}]\n`],
  ['many folders', `services:\n  api:\n    volumes: [${lines(9000, (index) => `./a${index}:/app/a${index},`)}]\n`],
  ['deep flow', `services:\n  api: {}\nx: ${'['.repeat(100_000)}`],
];

/** A service whose `command` has a variable: it is looked for everywhere. */
const MOUNTED = '    volumes: [./:/app]\n    working_dir: /app\n    command: sh run.sh\n';

function inStack([what, text]: Named): Input {
  const files = { [OVER]: text, '/srv/run.sh': 'uvicorn a:b --workers ${W:-4}\n', '/srv/b.env': 'A=1\n'.repeat(2000) };
  return { ...behindCompose(MOUNTED, OVER, `an override file: ${what}`, files), compose: [FILE, OVER] };
}

const ASKED = `from sqlalchemy import create_engine\ndef make(size=5):\n    return create_engine(u, pool_size=size)\n`;
const CALLER = 'from app.database import make\ne = make()\n';

/** The function is called in the application's other code. */
function calledFrom(what: string, count: number, text: string): Input {
  const callers = lines(count, (index) => `/srv/app/m${index}.py\n`)
    .trim()
    .split('\n');
  const files = { [DATABASE]: ASKED, ...Object.fromEntries(callers.map((path) => [path, text])) };
  const [hostile = ''] = callers;
  const rest = { kind: 'database', path: DATABASE, compose: [], code: [DATABASE, ...callers] } as const;
  return { what: `callers: ${what}`, hostile, files, ...rest };
}

const CALLERS: readonly Input[] = [
  calledFrom('one of ten million characters', 1, filled(TEN_MB, CALLER)),
  calledFrom('many large files', 40, CALLER + filled(LARGE_CODE, 'x = f(1)\n')),
  calledFrom('many files', 499, CALLER + 'x = f(1)\n'.repeat(500)),
  calledFrom('many calls', 1, CALLER + filled(LARGE_CODE, 'make()\n')),
  calledFrom('many calls in many files', 100, CALLER.repeat(50)),
  calledFrom('many imports of few calls', 5, CALLER.repeat(90) + 'from app.database import make\n'.repeat(900)),
  calledFrom('many imports', 1, filled(LARGE_CODE / 2, CALLER)),
];

/** A hundred and more services, each of which leads to the same files. */
function manyServices(what: string, count: number, service: string): Input {
  const script = `${filled(LARGE / 2, 'true\n')}${U}`;
  const image = `FROM x\nWORKDIR /app\n${filled(LARGE / 2, 'RUN y\n')}COPY . .\nCMD ["./run.sh"]\n`;
  const text = `services:\n${lines(count, (index) => `  s${index}:\n${service}`)}`;
  const files = { [FILE]: text, '/srv/run.sh': script, '/srv/Dockerfile': image };
  return { what: `many services: ${what}`, kind: 'compose', path: FILE, hostile: FILE, files, compose: [FILE] };
}

const SERVICES: readonly Input[] = [
  manyServices('a script', 900, MOUNTED),
  manyServices('an image', 900, COPY),
  manyServices('an image and a command', 900, `${COPY}    command: sh run.sh\n`),
  manyServices('an entrypoint', 900, `${MOUNTED}    entrypoint: /app/run.sh\n`),
];

export const STARTS: readonly Input[] = [
  ...SCRIPTS.flatMap(([what, text]) => {
    const files = { '/srv/run.sh': text, '/srv/b.sh': 'sh /srv/run.sh\n'.repeat(20) };
    return [
      behindUnit('/srv/run.sh x', '/srv/run.sh', `a script: ${what}`, files),
      behindCompose(MOUNTED, '/srv/run.sh', `a script in a mounted folder: ${what}`, files),
    ];
  }),
  ...PROCFILES.map(([what, text]) =>
    behindUnit('honcho start', '/srv/Procfile', `a Procfile: ${what}`, { '/srv/Procfile': text }),
  ),
  ...CONFIGURATIONS.map(([what, text]) =>
    behindUnit('supervisord -c /srv/s', '/srv/s', `supervisord: ${what}`, { '/srv/s': text }),
  ),
  ...MAKEFILES.map(([what, text]) =>
    behindUnit('make run', '/srv/Makefile', `a Makefile: ${what}`, { '/srv/Makefile': text }),
  ),
  ...CODE.flatMap(([what, text]) => [
    behindUnit('/v/python main.py', '/srv/main.py', `a main.py: ${what}`, { '/srv/main.py': text + MAIN }),
    behindUnit('/v/gunicorn a:b', '/srv/gunicorn.conf.py', `a gunicorn.conf.py: ${what}`, {
      '/srv/gunicorn.conf.py': `${text}workers = 4\n`,
    }),
  ]),
  ...IMAGES.map(([what, text]) =>
    behindCompose(COPY, '/srv/Dockerfile', `a Dockerfile with a script: ${what}`, {
      '/srv/Dockerfile': text,
      '/srv/run.sh': U,
    }),
  ),
  ...OVERRIDES.map(inStack),
  ...SERVICES,
  ...CALLERS,
];
