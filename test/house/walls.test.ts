import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** From the roof to the ground; rooms of one floor do not know each other. */
const FLOORS = [
  ['cli'],
  ['commands'],
  ['demo', 'rollback'],
  ['rollout'],
  ['view', 'soak'],
  ['journal'],
  ['plan'],
  ['size'],
  ['target'],
  ['edit', 'remote', 'config', 'profile'],
  ['document'],
];
const GROUND = ['errors', 'settings', 'units'];
const ROOF = ['main', 'system', 'assets', 'signals'];

/** What the linter refuses of a file at `path` with this text: the lines, counted from 0. */
function refusedLines(path: string, text: string, rule: string): readonly number[] {
  const biome = spawnSync(
    process.execPath,
    [
      'node_modules/@biomejs/biome/bin/biome',
      'lint',
      `--only=${rule}`,
      '--reporter=github',
      `--stdin-file-path=${path}`,
    ],
    { cwd: ROOT, input: text, encoding: 'utf8' },
  );
  const lines = [...`${biome.stdout}${biome.stderr}`.matchAll(/^::error .*?\bline=(\d+)/gm)];
  return lines.map((match) => Number(match[1]) - 1);
}

function refusedOf(path: string, specifiers: readonly string[]): readonly string[] {
  const text = specifiers.map((specifier) => `import '${specifier}';\n`).join('');
  return refusedLines(path, text, 'style/noRestrictedImports').map((line) => specifiers[line] ?? '');
}

describe('the walls between the rooms', () => {
  const rooms = FLOORS.flat();

  it.each(FLOORS.flatMap((floor, index) => floor.map((room) => ({ room, index }))))(
    '$room imports only what stands below it',
    ({ room, index }) => {
      const specifiers = rooms.filter((other) => other !== room).map((other) => `../${other}/x.js`);
      const above = FLOORS.slice(0, index + 1).flat();
      const refused = specifiers.filter((specifier) => above.some((other) => specifier === `../${other}/x.js`));
      const roof = ROOF.map((file) => `../${file}.js`);
      const ground = GROUND.map((file) => `../${file}.js`);
      expect(refusedOf(`src/${room}/x.ts`, [...specifiers, ...roof, ...ground])).toEqual([...refused, ...roof]);
    },
  );

  it.each(GROUND)('%s imports no room', (file) => {
    expect(refusedOf(`src/${file}.ts`, ['./plan/x.js', './errors.js'])).toEqual(['./plan/x.js']);
  });

  it('stand for lazy imports and for what is handed on, too', () => {
    const text = "await import('../commands/plan.js');\nexport * from '../rollout/run.js';\n";
    expect(refusedLines('src/plan/x.ts', text, 'style/noRestrictedImports')).toEqual([0, 1]);
  });

  it('keep the world out of the rooms that only compute', () => {
    for (const room of rooms.filter((name) => name !== 'demo' && name !== 'remote')) {
      expect(refusedOf(`src/${room}/x.ts`, ['node:fs', 'node:fs/promises', 'node:net', 'node:path'])).toEqual([
        'node:fs',
        'node:fs/promises',
        'node:net',
      ]);
    }
  });

  it('keep the clock, the process and the console out of them', () => {
    const text = 'export const a = [\nDate.now(),\nprocess.env,\nsetTimeout,\nfetch,\nconsole,\n];\n';
    for (const room of rooms.filter((name) => name !== 'demo' && name !== 'remote')) {
      expect(refusedLines(`src/${room}/x.ts`, text, 'style/noRestrictedGlobals')).toEqual([1, 2, 3, 4, 5]);
    }
  });
});
