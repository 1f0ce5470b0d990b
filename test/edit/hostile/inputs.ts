import { filled, type Input, LARGE, lines, type Named, TEN_MB } from './filling.js';

const SA = 'from sqlalchemy import create_engine\n';
const ENGINE = 'e = create_engine(u)\n';
const API = 'services:\n  api:\n    command: uvicorn a:b\n';
const UNIT = '[Service]\nExecStart=/v/uvicorn a:b ';

/** Ten lists, each of ten of the one before. */
const BOMB = `a: &a [x]\n${lines(9, (index) => `${'bcdefghij'[index]}: &${'bcdefghij'[index]} [${Array(10).fill(`*${'abcdefghij'[index]}`).join(',')}]\n`)}`;
/** Mappings, each merged twice into the next. */
const MERGES = `m0: &m0 {k: 1}\n${lines(40, (index) => `m${index + 1}: &m${index + 1}\n  a: {<<: [*m${index}, *m${index}]}\n  b: {<<: *m${index}}\n`)}`;

const PYTHON: readonly Named[] = [
  ['10 MB of code', filled(TEN_MB, 'x = f(1, a=2)  # y\n') + SA + ENGINE],
  ['10 MB in one line', `${SA}x = [${filled(TEN_MB, '1,')}]\n${ENGINE}`],
  ['10 MB in one string', `${SA}x = "${'x'.repeat(TEN_MB)}"\n${ENGINE}`],
  ['10 MB of comments', `${SA}#${'x'.repeat(TEN_MB)}`],
  ['a quarter of a megabyte in one string', `${SA}x = "${'x'.repeat(LARGE)}"\n${ENGINE}`],
  ['brackets that never close', `${SA}x = ${filled(LARGE, '[1,')}`],
  ['braces that never close', `${SA}x = ${filled(LARGE, '{')}`],
  ['deep brackets', `${SA}x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n${ENGINE}`],
  ['very deep brackets', `${SA}x = ${'('.repeat(LARGE / 2)}1${')'.repeat(LARGE / 2)}\n${ENGINE}`],
  ['deep calls', `${SA}x = ${'f('.repeat(80_000)}1${')'.repeat(80_000)}\n${ENGINE}`],
  ['deep calls around the engine', `${SA}e = ${'f('.repeat(20_000)}create_engine(u)${')'.repeat(20_000)}\n`],
  ['deep ifs', SA + lines(900, (index) => `${' '.repeat(index)}if x:\n`) + ' '.repeat(900) + ENGINE],
  ['many elifs', `${SA}if x: pass\n${filled(LARGE / 2, 'elif x: pass\n')}${ENGINE}`],
  ['a long chain of attributes', `${SA}x = a${'.a'.repeat(100_000)}\n${ENGINE}`],
  ['a long chain of operators', `${SA}x = 1${'+1'.repeat(100_000)}\n${ENGINE}`],
  ['a long chain of nots', `${SA}x = ${'not '.repeat(60_000)}1\n${ENGINE}`],
  ['a long chain of lambdas', `${SA}x = ${'lambda: '.repeat(60_000)}1\n${ENGINE}`],
  ['a size behind many brackets', `${SA}e = create_engine(u, pool_size=${'('.repeat(20_000)}5${')'.repeat(20_000)})\n`],
  ['a size that is a sum of many', `${SA}e = create_engine(u, pool_size=1${'+1'.repeat(50_000)})\n`],
  ['many calls', SA + filled(LARGE, 'f(x)\n') + ENGINE],
  ['many imports', `${SA}${lines(15_000, (index) => `from m${index} import a${index}\na${index}()\n`)}${ENGINE}`],
  ['many names of one import', `${SA}from m import (${lines(30_000, (index) => `a${index},`)})\n${ENGINE}`],
  ['many engines', SA + ENGINE.repeat(20_000)],
  ['many engine factories', `${SA}${lines(8_000, (index) => `def f${index}():\n  return create_engine(u${index})\n`)}`],
  ['many names', `${SA}${'create_engine\n'.repeat(30_000)}${ENGINE}`],
  ['many arguments', `${SA}e = create_engine(u, ${lines(30_000, (index) => `a${index}=1, `)})\n`],
  ['many unpackings', `${SA}o = {}\ne = create_engine(u, ${'**o, '.repeat(40_000)})\n`],
  ['many assignments of one name', `${SA}${'S = 5\n'.repeat(40_000)}e = create_engine(u, pool_size=S)\n`],
  ['errors', SA + filled(LARGE, '= )\n')],
  ['a constant that is used everywhere', `${SA}S = 5\n${'f(S)\n'.repeat(30_000)}e = create_engine(u, pool_size=S)\n`],
  [
    'a chain of constants',
    `${SA}${lines(5_000, (index) => `S${index} = S${index + 1}\n`)}e = create_engine(u, pool_size=S0)\n`,
  ],
  ['constants in circles', `${SA}A = B\nB = A\ne = create_engine(u, pool_size=A)\n`],
  ['a dict that is filled everywhere', `${SA}o = {}\n${'o["a"] = 1\n'.repeat(20_000)}e = create_engine(u, **o)\n`],
  [
    'dicts that hold each other',
    `${SA}${lines(5_000, (index) => `o${index} = {**o${index + 1}}\n`)}e = create_engine(u, **o0)\n`,
  ],
  ['a nest of f-strings', SA + filled(LARGE, 'f"{')],
  ['strings that never close', SA + filled(LARGE, '"""\'')],
  ['strings in a row', `${SA}x = (${'"a" '.repeat(100_000)})\n${ENGINE}`],
  ['backslashes', `${SA}x = ${filled(LARGE, '\\\n')}1\n${ENGINE}`],
  ['blanks in one line', `${SA}x =${' '.repeat(LARGE)}1\n${ENGINE}`],
  ['empty lines', SA + '\n'.repeat(LARGE) + ENGINE],
  ['slashes that look like a URL', `${SA}x = ${'//'.repeat(LARGE / 2)}\n${ENGINE}`],
  ['many comments', `${SA}${filled(LARGE, `# ${'x'.repeat(60)}\n`)}${ENGINE}`],
  ['many comments in blocks', `${SA}def f():\n    g()\n${filled(LARGE, '    # x\n\n')}    g()\n${ENGINE}`],
  ['many rows of comments', `${SA}${filled(LARGE, `${'# x\n'.repeat(16)}x\n`)}${ENGINE}`],
  ['backslashes and blanks', `${SA}x = ${filled(LARGE, `${' '.repeat(800)}\\\n`)}1\n${ENGINE}`],
  ['backslashes in rows', `${SA}x = ${filled(LARGE, `${'\\\n'.repeat(299)}1+`)}1\n${ENGINE}`],
  ['an engine in a long sum', `${SA}e = create_engine(u)${'+1'.repeat(40_000)}\n`],
  ['a sum of engines', `${SA}e = ${'create_engine+'.repeat(15_000)}1\n`],
  ['a sum of what looks like imports', `${SA}e = ${'"import"+'.repeat(20_000)}1\n${ENGINE}`],
  ['many words of import', `${SA}${'"import"\n'.repeat(20_000)}${ENGINE}`],
  ['almost a conflict', `${SA}${filled(LARGE, '# <<<<<<\n')}${ENGINE}`],
  ['tabs and blanks by turns', `${SA}if x:\n${lines(4_000, (index) => `${' \t'.repeat(index % 40)}y\n`)}${ENGINE}`],
  ['a long decorator', `${SA}@f(${'x, '.repeat(60_000)})\ndef g(): pass\n${ENGINE}`],
  ['many nested functions', SA + lines(700, (index) => `${' '.repeat(index)}def f():\n`) + ' '.repeat(700) + ENGINE],
];

const COMPOSE: readonly Named[] = [
  ['10 MB of services', API + filled(TEN_MB, '  # x\n')],
  ['10 MB in one line', `${API}#${'x'.repeat(TEN_MB)}`],
  ['10 MB in one flow', `${API}x: [${filled(TEN_MB, '1,')}]\n`],
  ['a quarter of a megabyte in one scalar', `${API}x: ${'x'.repeat(LARGE)}\n`],
  ['a quarter of a megabyte in a folded scalar', `${API}x: >\n${filled(LARGE, '  a b\n')}`],
  ['aliases that multiply', BOMB + API],
  ['aliases that multiply in a service', `${BOMB}${API}    environment: *j\n`],
  ['merges that multiply', MERGES + API],
  ['many aliases', `a: &a 1\nx: [${'*a,'.repeat(40_000)}]\n${API}`],
  ['an anchor inside itself', `x: &a [*a]\n${API}`],
  ['a merge of itself', `services:\n  api: &a\n    <<: *a\n    command: uvicorn a:b\n`],
  ['deep flow', `${API}x: ${'['.repeat(100_000)}`],
  ['deep flow that closes', `${API}x: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
  ['deep flow maps', `${API}x: ${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}\n`],
  ['deep blocks', `${API}${lines(900, (index) => `${' '.repeat(index)}a:\n`)}`],
  ['deep sequences', `${API}x:\n ${'- '.repeat(100_000)}1\n`],
  ['many keys', `${API}${lines(30_000, (index) => `k${index}: 1\n`)}`],
  ['many items', `${API}x:\n${' - 1\n'.repeat(100_000)}`],
  ['many short items', `${API}x: [${'1,'.repeat(70_000)}]\n`],
  ['many anchors', `${API}x: ${'&a '.repeat(50_000)}`],
  ['many tags', `${API}x: ${'!a '.repeat(50_000)}`],
  ['questions', `${API}${'? '.repeat(20_000)}`],
  ['errors', API + filled(LARGE / 4, '}\n')],
  ['quotes that never close', `${API}x: ${filled(LARGE, '"\\')}`],
  ['many documents', API + filled(LARGE / 4, '---\n')],
  ['many directives', filled(LARGE / 4, '%A b\n') + API],
  ['many services', `services:\n${lines(9_000, (index) => `  s${index}:\n    command: sh -c "uvicorn a:b"\n`)}`],
  [
    'as many services as are read',
    `services:\n${lines(999, (index) => `  s${index}:\n    command: sh -c "uvicorn a:b"\n`)}`,
  ],
  ['dollars', `services:\n  api:\n    command: uvicorn a:b ${'${'.repeat(30_000)}\n`],
  ['defaults in defaults', `services:\n  api:\n    command: uvicorn a:b --workers ${'${A:-'.repeat(30_000)}1\n`],
  ['quotes in a command', `services:\n  api:\n    command: 'sh -c "uvicorn a:b $$(${"''".repeat(60_000)}'\n`],
  ['a command of a quarter of a megabyte', `services:\n  api:\n    command: uvicorn a:b ${filled(LARGE, '--x y ')}\n`],
  [
    'a script of a quarter of a megabyte',
    `services:\n  api:\n    command: sh -c "${filled(LARGE, 'true; ')}uvicorn a:b"\n`,
  ],
  ['substitutions', `services:\n  api:\n    command: sh -c "uvicorn a:b; ${'$$('.repeat(60_000)}"\n`],
  ['groups in a script', `services:\n  api:\n    command: sh -c "${'{ ( '.repeat(60_000)}uvicorn a:b"\n`],
  ['ands in a script', `services:\n  api:\n    command: sh -c "${'a && '.repeat(60_000)}uvicorn a:b"\n`],
  ['wrappers', `services:\n  api:\n    command: ${'exec '.repeat(60_000)}uvicorn a:b\n`],
  ['shells in shells', `services:\n  api:\n    command: ${'sh -c '.repeat(60_000)}uvicorn a:b\n`],
  ['empty lines', `services:\n  api:\n    command: >\n      uvicorn a:b${'\n'.repeat(LARGE)}      x\n`],
  ['a long list of variables', `${API}    environment:\n${lines(20_000, (index) => `      - A${index}=1\n`)}`],
  ['one variable again and again', `${API}    environment:\n${'      - WEB_CONCURRENCY=1\n'.repeat(15_000)}`],
];

const UNITS: readonly Named[] = [
  ['10 MB of assignments', `${UNIT}\n${filled(TEN_MB, 'Environment=A=1\n')}`],
  ['10 MB in one line', UNIT + filled(TEN_MB, '--x y ')],
  ['10 MB of comments', `${UNIT}\n#${'x'.repeat(TEN_MB)}`],
  ['40,000 continuations', `${UNIT}\\\n${'x\\\n'.repeat(40_000)}`],
  ['100,000 continuations', `${UNIT}\\\n${'x\\\n'.repeat(100_000)}`],
  ['comments between continuations', `${UNIT}\\\n${'# x\n'.repeat(30_000)}x\n`],
  ['backslashes', UNIT + '\\'.repeat(125_000)],
  ['dollars', UNIT + '${'.repeat(60_000)],
  ['percent signs', UNIT + '%'.repeat(120_000)],
  ['substitutions', `[Service]\nExecStart=/bin/sh -c "uvicorn a:b; ${'$$('.repeat(30_000)}"\n`],
  ['quotes', UNIT + '"'.repeat(100_001)],
  ['words', UNIT + filled(125_000, 'x ')],
  ['blanks', `${UNIT}${' '.repeat(125_000)}x`],
  ['assignments', `[Service]\n${'Environment=A=1 B=2\n'.repeat(6_000)}ExecStart=/v/uvicorn a:b\n`],
  [
    'one assignment of many',
    `[Service]\nEnvironment=${filled(120_000, 'A=1 ')}\nExecStart=/v/uvicorn a:b --workers $A\n`,
  ],
  ['starts that are taken back', `[Service]\n${'ExecStart=/v/uvicorn a:b\nExecStart=\n'.repeat(3_000)}${UNIT}\n`],
  ['starts', `[Service]\n${'ExecStart=/v/uvicorn a:b\n'.repeat(4_500)}`],
  ['sections', `${'[Service]\n'.repeat(12_000)}${UNIT}\n`],
  ['brackets', `${'['.repeat(120_000)}\n${UNIT}\n`],
  ['carriage returns', `${UNIT}${'\r'.repeat(120_000)}`],
];

const DATABASE = '/srv/app/database.py';
const CONFIG = '/srv/app/config.py';
const FILE = '/srv/docker-compose.yml';
const SERVICE = '/etc/systemd/system/a.service';
const FOLLOWED = `${SA}from app.config import settings\ne = create_engine(u, pool_size=settings.SIZE)\n`;
const CLASS =
  'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    SIZE: int = 5\n    class Config:\n        env_file = ".env"\nsettings = Settings()\n';

/** Environment files, one a megabyte of lines that are slow to read for a careless reader. */
const ENVIRONMENTS: readonly Named[] = [
  ['10 MB of assignments', `${filled(TEN_MB, 'A=1\n')}SIZE=5\nW=5\n`],
  ['10 MB in one line', `A=${'x'.repeat(TEN_MB)}\nSIZE=5\nW=5\n`],
  ['a quarter of a megabyte of assignments', `${filled(LARGE, 'A=1\n')}SIZE=5\nW=5\n`],
  ['quotes', `${filled(LARGE, 'A="\\"\n')}SIZE=5\nW=5\n`],
  ['quotes that never close', filled(LARGE, `A='\nB="\\\n`)],
  ['blanks', `A=${' '.repeat(LARGE)}x\n${' '.repeat(1000)}\nSIZE=5\nW=5\n`],
  ['number signs', `A=${'#'.repeat(LARGE)}\nSIZE=5\nW=5\n`],
  ['exports', `${filled(LARGE, 'export ')}\nSIZE=5\nW=5\n`],
];

function environment([what, text]: Named): readonly Input[] {
  const compose = 'services:\n  api:\n    command: uvicorn a:b --workers ${W:-4}\n';
  const given = 'services:\n  api:\n    command: uvicorn a:b\n    env_file: big.env\n';
  const unit = `[Service]\nEnvironmentFile=/etc/big\nExecStart=/v/uvicorn a:b --workers $W\n`;
  return [
    followed(`an .env of a settings class: ${what}`, 'database', '/srv/.env', {
      [DATABASE]: FOLLOWED,
      [CONFIG]: CLASS,
      '/srv/.env': text,
    }),
    followed(`an .env of compose: ${what}`, 'compose', '/srv/.env', { [FILE]: compose, '/srv/.env': text }),
    followed(`an env_file of compose: ${what}`, 'compose', '/srv/big.env', { [FILE]: given, '/srv/big.env': text }),
    followed(`an EnvironmentFile=: ${what}`, 'unit', '/etc/big', { [SERVICE]: unit, '/etc/big': text }),
  ];
}

const BUILT = 'services:\n  api:\n    build: .\n';
const DOCKERFILES: readonly Named[] = [
  ['10 MB of instructions', `FROM x\n${filled(TEN_MB, 'RUN y\n')}CMD uvicorn a:b\n`],
  ['10 MB in one line', `FROM x\nRUN ${'x'.repeat(TEN_MB)}\nCMD uvicorn a:b\n`],
  ['a quarter of a megabyte of instructions', `FROM x\n${filled(LARGE, 'RUN y\n')}CMD uvicorn a:b\n`],
  ['many stages', `${filled(LARGE, 'FROM x AS y\n')}CMD uvicorn a:b\n`],
  ['100,000 continuations', `FROM x\nRUN ${'x \\\n'.repeat(100_000)}y\nCMD uvicorn a:b\n`],
  ['a list of a quarter of a megabyte', `FROM x\nCMD ["uvicorn", "a:b"${', "x"'.repeat(100_000)}]\n`],
  ['a script of a quarter of a megabyte', `FROM x\nCMD ${filled(LARGE, 'true; ')}uvicorn a:b\n`],
];

const DROP_IN = `${SERVICE}.d/override.conf`;

/** Own files for the most part: what is followed goes the same ways. */
function inModule([what, text]: Named): Input {
  const constant = `${SA}from app.config import SIZE\ne = create_engine(u, pool_size=SIZE)\n`;
  const config = text.replace(SA, '').replace(ENGINE, '');
  return followed(`a module: ${what}`, 'database', CONFIG, { [DATABASE]: constant, [CONFIG]: `SIZE = 5\n${config}` });
}

const PATHS = { database: DATABASE, compose: FILE, unit: SERVICE } as const;

function own(kind: keyof typeof PATHS, [what, text]: Named): Input {
  const path = PATHS[kind];
  return { what: `${kind}: ${what}`, kind, path, hostile: path, files: { [path]: text }, compose: [] };
}

function followed(what: string, kind: keyof typeof PATHS, hostile: string, files: Input['files']): Input {
  const compose = hostile === FILE ? [FILE] : [];
  return { what, kind, path: PATHS[kind], hostile, files, compose };
}

const IN_OTHERS = /10 MB|multipl|comments$|deep|continuations|everywhere/;
const some = (all: readonly Named[]) => all.filter(([what]) => IN_OTHERS.test(what));

export const INPUTS: readonly Input[] = [
  ...PYTHON.map((one) => own('database', one)),
  ...COMPOSE.map((one) => own('compose', one)),
  ...UNITS.map((one) => own('unit', one)),
  ...some(PYTHON).map(inModule),
  ...some(COMPOSE).map(([what, text]) =>
    followed(`compose beside a settings class: ${what}`, 'database', FILE, {
      [DATABASE]: FOLLOWED,
      [CONFIG]: CLASS,
      [FILE]: text,
    }),
  ),
  ...some(UNITS).map(([what, text]) =>
    followed(`a drop-in: ${what}`, 'unit', DROP_IN, {
      [SERVICE]: '[Service]\nExecStart=/v/uvicorn a:b\n',
      [DROP_IN]: text.replace('ExecStart=', 'ExecStart=\nExecStart='),
    }),
  ),
  ...ENVIRONMENTS.flatMap(environment),
  ...DOCKERFILES.map(([what, text]) =>
    followed(`a Dockerfile: ${what}`, 'compose', '/srv/Dockerfile', { [FILE]: BUILT, '/srv/Dockerfile': text }),
  ),
];

/** Files of 2,000 lines, as long as any that somebody tunes. */
export const LONG: readonly Input[] = [
  own('database', [
    'code',
    `${SA}${'def f(a, b=1):\n    """doc"""\n    return g(a, key={"a": [1, 2]})\n\n'.repeat(500)}${ENGINE}`,
  ]),
  own('database', ['comments', `${SA}${`# ${'x'.repeat(78)}\n`.repeat(2000)}${ENGINE}`]),
  own('database', [
    'commented code',
    `${SA}def f():\n    g()\n${'    # a = {"b": f(\'c\')}\n'.repeat(2000)}    g()\n${ENGINE}`,
  ]),
  own('database', ['one string', `${SA}"""\n${'# x\n'.repeat(2000)}"""\n${ENGINE}`]),
  own('database', ['arguments', `${SA}e = create_engine(u, connect_args={\n${'    "a": 1,  # b\n'.repeat(2000)}})\n`]),
  own('database', ['blank lines', `${SA}${'\n   \n'.repeat(1000)}${ENGINE}`]),
  own('compose', [
    'services',
    `services:\n${lines(500, (index) => `  s${index}:\n    image: x\n    command: x\n    restart: always\n`)}${API.slice(10)}`,
  ]),
  own('compose', ['comments', `${API}${`# ${'x'.repeat(78)}\n`.repeat(2000)}`]),
  own('compose', ['variables', `${API}    environment:\n${lines(2000, (index) => `      - A${index}=\${B:-1}\n`)}`]),
  own('compose', [
    'a script',
    `services:\n  api:\n    command:\n      - sh\n      - -c\n      - |\n${'        echo a && b "c" # d\n'.repeat(2000)}        exec uvicorn a:b\n`,
  ]),
  own('unit', ['assignments', `[Service]\n${'Environment=A=1 "B=2"\n# x\n'.repeat(1000)}ExecStart=/v/uvicorn a:b\n`]),
  own('unit', ['continuations', `${UNIT}${'\\\n  --x y '.repeat(2000)}\n`]),
  followed('a settings class of 2,000 lines', 'database', CONFIG, {
    [DATABASE]: FOLLOWED,
    [CONFIG]: CLASS.replace('    SIZE', `${lines(2000, (index) => `    A${index}: int = ${index}\n`)}    SIZE`),
  }),
  followed('an environment file of 2,000 lines', 'database', '/srv/.env', {
    [DATABASE]: FOLLOWED,
    [CONFIG]: CLASS,
    '/srv/.env': `${lines(2000, (index) => `A${index}="b c" # d\n`)}SIZE=5\n`,
  }),
];
