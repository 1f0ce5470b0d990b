import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** From the roof to the ground; rooms of one floor do not know each other. */
const FLOORS = [
  ['cli'],
  ['commands'],
  ['demo', 'rollback'],
  ['rollout'],
  ['view'],
  ['soak'],
  ['journal'],
  ['plan'],
  ['size', 'trap', 'verify'],
  ['target'],
  ['edit', 'remote', 'config', 'profile'],
  ['document'],
];
const ROOMS = FLOORS.flat();
/** The rooms that may touch the world; all others compute. */
const WORLDLY = ['demo', 'remote'];
const PURE = ROOMS.filter((room) => !WORLDLY.includes(room));
const ROOF = ['main', 'system', 'assets', 'signals', 'streams'].map((file) => `../${file}.js`);
const GROUND = ['errors', 'settings', 'units'];
const WORLD = ['node:fs', 'node:fs/promises', 'node:net', 'node:child_process'];
const GLOBALS = ['Date', 'process', 'setTimeout', 'fetch', 'console'];

/** One line a thing that might be refused, so that the line says which it was. */
const inRoom = (room: string): readonly string[] => [
  ...[...ROOMS.map((other) => `../${other}/x.js`), ...ROOF, ...GROUND.map((file) => `../${file}.js`), ...WORLD].map(
    (specifier) => `import '${specifier}';`,
  ),
  `await import('../commands/x.js');`,
  `export * from '../cli/x.js';`,
  ...GLOBALS.map((name, index) => `export const ${room}${index} = ${name};`),
];
const onTheGround = ["import './plan/x.js';", "import './main.js';", "import './errors.js';"];

let folder: string;
let refused: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'walls-'));
  await copyFile(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
  const files = new Map([
    ...ROOMS.map((room): [string, readonly string[]] => [`src/${room}/deep/x.ts`, inRoom(room)]),
    ...GROUND.map((file): [string, readonly string[]] => [`src/${file}.ts`, onTheGround]),
  ]);
  for (const [path, lines] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${lines.join('\n')}\n`);
  }
  refused = refusals(files);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The lines that the linter refuses, by file. */
function refusals(files: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const biome = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/@biomejs/biome/bin/biome'),
      ...['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github'],
      ...['--only=style/noRestrictedImports', '--only=style/noRestrictedGlobals', '.'],
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  const found = [...biome.stdout.matchAll(/^::error .*?,file=(.+?),line=(\d+),/gm)];
  return new Map(
    [...files].map(([path, lines]) => [
      path,
      found.filter(([, file]) => file?.endsWith(`/${path}`)).map(([, , line]) => lines[Number(line) - 1] ?? ''),
    ]),
  );
}

function refusedIn(room: string, wanted: (line: string) => boolean): readonly string[] {
  return (refused.get(`src/${room}/deep/x.ts`) ?? []).filter(wanted).toSorted();
}

describe('the walls between the rooms', () => {
  it.each(FLOORS.flatMap((floor, index) => floor.map((room) => ({ room, index }))))(
    '$room imports only what stands below it',
    ({ room, index }) => {
      const above = FLOORS.slice(0, index + 1).flat();
      const expected = [...above.filter((other) => other !== room).map((other) => `../${other}/x.js`), ...ROOF];
      const own = refusedIn(room, (line) => line.startsWith("import '..") && !line.includes(`/${room}/`));
      expect(own).toEqual(expected.map((specifier) => `import '${specifier}';`).toSorted());
    },
  );

  it.each(GROUND)('%s imports no room', (file) => {
    expect(refused.get(`src/${file}.ts`)?.toSorted()).toEqual(onTheGround.slice(0, 2).toSorted());
  });

  it('stand for lazy imports and for what is handed on, too', () => {
    expect(refusedIn('plan', (line) => /^(await|export \*)/.test(line))).toHaveLength(2);
  });

  it.each(PURE)('%s reaches neither files nor processes nor the net', (room) => {
    expect(refusedIn(room, (line) => line.includes('node:'))).toEqual(
      WORLD.map((name) => `import '${name}';`).toSorted(),
    );
  });

  it.each(PURE)('%s knows no clock, no process and no console', (room) => {
    expect(refusedIn(room, (line) => line.startsWith('export const'))).toHaveLength(GLOBALS.length);
  });
});
