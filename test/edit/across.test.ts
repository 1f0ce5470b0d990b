import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../src/edit/compose/compose.js';
import { applyByteEdits, applyPlacedEdits, editsIn, toByteEdits } from '../../src/edit/splice.js';
import { unitEditor } from '../../src/edit/systemd/unit.js';
import type { ByteEdit, Editor, Surroundings } from '../../src/edit/types.js';
import type { SettingKey } from '../../src/settings.js';
import { database, type Files, redis } from './project.js';

/** The value as it stands in the file that it is followed into, and nowhere else. */
const OLD = '7913';
const ROOT = '/srv/action';
const DB = `${ROOT}/app/core/database.py`;
const CONFIG = `${ROOT}/app/core/config.py`;
const ENV = `${ROOT}/.env`;
const COMPOSE = `${ROOT}/docker-compose.yml`;
const UNIT = '/etc/systemd/system/app.service';
const SA = 'from sqlalchemy import create_engine\n';
const SETTINGS = 'from pydantic_settings import BaseSettings\nfrom pydantic import Field\n';

interface Scenario {
  readonly name: string;
  readonly editor: Editor;
  readonly key: SettingKey;
  readonly own: string;
  /** The file that holds the value. */
  readonly target: string;
  readonly files: Files;
  readonly compose?: readonly string[];
}

const settingsFile = (field: string) =>
  `${SETTINGS}\nclass Settings(BaseSettings):\n    ${field}\n\nsettings = Settings()\n`;
const bySettings = `${SA}from app.core.config import settings\ne = create_engine(u, pool_size=settings.SIZE)  # 连接\n`;
const inDatabase = (name: string, own: string, target: string, files: Files): Scenario => ({
  name,
  editor: database,
  key: 'db.pool_size',
  own: DB,
  target,
  files: { [DB]: own, ...files },
});

const SCENARIOS: readonly Scenario[] = [
  inDatabase('a class default', bySettings, CONFIG, { [CONFIG]: settingsFile(`SIZE: int = ${OLD}`) }),
  inDatabase('Field(default=)', bySettings, CONFIG, {
    [CONFIG]: settingsFile(`SIZE: int = Field(default=${OLD}, ge=1)`),
  }),
  inDatabase(
    'a default of os.getenv',
    `${SA}from app.core.config import SIZE\ne = create_engine(u, pool_size=SIZE)\n`,
    CONFIG,
    {
      [CONFIG]: `import os\nSIZE = int(os.getenv("SIZE", "${OLD}"))\n`,
    },
  ),
  inDatabase('a constant', `${SA}from . import config\ne = create_engine(u, pool_size=config.SIZE)\n`, CONFIG, {
    [CONFIG]: `SIZE = ${OLD}\n`,
  }),
  inDatabase('a dict', `${SA}from app.core.config import OPTIONS\ne = create_engine(u, **OPTIONS)\n`, CONFIG, {
    [CONFIG]: `OPTIONS = {\n\t"echo": True,\n\t"pool_size": ${OLD},\n}\n`,
  }),
  inDatabase('an .env', bySettings, ENV, {
    [CONFIG]: settingsFile('SIZE: int = 5\n    class Config:\n        env_file = ".env"'),
    [ENV]: `SIZE="${OLD}" # 接\n`,
  }),
  {
    ...inDatabase('the environment in compose', bySettings, COMPOSE, {
      [CONFIG]: settingsFile('SIZE: int = 5'),
      [COMPOSE]: `services:\n  api:\n    command: uvicorn a:b\n    environment:\n      SIZE: '${OLD}' # 🚀\n`,
    }),
    compose: [COMPOSE],
  },
  {
    name: 'a constant for Redis',
    editor: redis,
    key: 'redis.max_connections',
    own: DB,
    target: CONFIG,
    files: {
      [DB]: 'import redis\nfrom app.core.config import MOST\nr = redis.Redis(max_connections=MOST)\n',
      [CONFIG]: `MOST = ${OLD}\n`,
    },
  },
  {
    name: 'the .env of compose',
    editor: composeEditor(),
    key: 'web.workers',
    own: COMPOSE,
    target: ENV,
    files: { [COMPOSE]: 'services:\n  api:\n    command: uvicorn a:b --workers ${W:-4}\n', [ENV]: `export W=${OLD}\n` },
  },
  {
    name: 'an EnvironmentFile=',
    editor: unitEditor('backend'),
    key: 'web.workers',
    own: UNIT,
    target: '/etc/default/app',
    files: {
      [UNIT]: '[Service]\nEnvironmentFile=-/etc/default/app\nExecStart=/v/uvicorn a:b --workers ${W}\n',
      '/etc/default/app': `W=${OLD}\n`,
    },
  },
  {
    name: 'a drop-in',
    editor: unitEditor('backend'),
    key: 'web.workers',
    own: UNIT,
    target: `${UNIT}.d/override.conf`,
    files: {
      [UNIT]: '[Service]\nExecStart=/v/uvicorn a:b --workers 4\n',
      [`${UNIT}.d/override.conf`]: `[Service]\nExecStart=\nExecStart=/v/uvicorn a:b --workers ${OLD}\n`,
    },
  },
];

/** What may stand in any of these files without a meaning: comments, which all of them write alike, and blank lines. */
const noise = fc
  .array(fc.constantFrom('\n', '# SIZE=1, W=2\n', '\t# "\'{[( 🚀\n', '# 连接池 é\n', '#\n', '# ${W:-3} \\x\n'), {
    maxLength: 5,
  })
  .map((lines) => lines.join(''));
const layout = fc.record({
  above: noise,
  below: noise,
  bom: fc.boolean(),
  crlf: fc.boolean(),
  cut: fc.boolean(),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function laidOut(text: string, { above, below, bom, crlf, cut }: Layout): string {
  const all = above + text + below;
  const ended = cut ? all.trimEnd() : all;
  return `${bom ? '\uFEFF' : ''}${crlf ? ended.replaceAll('\n', '\r\n') : ended}`;
}

/** A scenario with each of its files in a layout of its own. */
const project = fc
  .tuple(fc.constantFrom(...SCENARIOS), fc.array(layout, { minLength: 4, maxLength: 4 }))
  .map(([scenario, layouts]) => {
    const files = Object.entries(scenario.files).map(([path, text], index) => [
      path,
      laidOut(text, layouts[index] as Layout),
    ]);
    return { ...scenario, files: Object.fromEntries(files) as Files };
  });

function around({ own, compose = [] }: Scenario, files: Files): Surroundings {
  return { path: own, root: ROOT, compose, units: [], textOf: (path) => files[path] ?? null };
}

function inverse(before: Buffer, edits: readonly ByteEdit[]): ByteEdit[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    const end = start + Buffer.byteLength(edit.text);
    shift += end - start - (edit.end - edit.start);
    return { start, end, text: before.subarray(edit.start, edit.end).toString('utf8') };
  });
}

describe('a value that is followed into another file', () => {
  it.each(SCENARIOS.map((one) => [one.name, one] as const))('is found and changed there: %s', (_name, one) => {
    const answer = one.editor.edit(one.files[one.own] ?? '', { [one.key]: 20 }, around(one, one.files));
    expect(answer).toMatchObject({ ok: true, value: [{ file: one.target, text: '20' }] });
  });

  it('is the one place that changes, in that file alone, however the files are laid out', () => {
    fc.assert(
      fc.property(project, fc.integer({ min: 1, max: 9999 }), (one, value) => {
        const [own, here] = [one.files[one.own] ?? '', around(one, one.files)];
        const want = { [one.key]: value };
        const answer = one.editor.edit(own, want, here);
        if (!answer.ok) throw new Error(`${one.name}: ${answer.refusal.message}`);
        const after = applyPlacedEdits(own, answer.value, here);
        expect(after.text).toBe(own);
        for (const [path, text] of Object.entries(one.files)) {
          const expected = path === one.target ? text.replace(OLD, String(value)) : text;
          expect(after.around.textOf(path)).toBe(expected);
        }
        expect(one.editor.read(own, after.around)).toMatchObject({ value: { values: { [one.key]: value } } });
        expect(one.editor.edit(own, want, after.around)).toEqual({ ok: true, value: [] });
      }),
      { numRuns: 600 },
    );
  });

  it('is put back byte for byte over the whole set of files', () => {
    fc.assert(
      fc.property(project, fc.integer({ min: 1, max: 9999 }), (one, value) => {
        const answer = one.editor.edit(one.files[one.own] ?? '', { [one.key]: value }, around(one, one.files));
        if (!answer.ok) throw new Error(`${one.name}: ${answer.refusal.message}`);
        for (const [path, text] of Object.entries(one.files)) {
          const forward = toByteEdits(text, editsIn(answer.value, path === one.own ? undefined : path));
          const before = Buffer.from(text);
          expect(applyByteEdits(applyByteEdits(before, forward), inverse(before, forward))).toEqual(before);
        }
      }),
      { numRuns: 200 },
    );
  });
});
