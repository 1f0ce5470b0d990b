import { databaseEditor } from '../../src/edit/python/database.js';
import { loadPython } from '../../src/edit/python/grammar.js';
import { gunicornEditor } from '../../src/edit/python/gunicorn-conf.js';
import { redisEditor } from '../../src/edit/python/redis.js';
import { runEditor } from '../../src/edit/python/uvicorn-run.js';
import { applyPlacedEdits } from '../../src/edit/splice.js';
import type { Editor, Surroundings } from '../../src/edit/types.js';
import type { Found, Wanted } from '../../src/settings.js';

const parser = await loadPython();
export const database = databaseEditor(parser);
export const redis = redisEditor(parser);

/** What reads the code that start commands lead to. */
export const CODE = { run: runEditor(parser), gunicorn: gunicornEditor(parser) };

const ROOT = '/srv/action';

/** Files by their path from the project's folder. */
export type Files = Readonly<Record<string, string>>;

export interface Setting {
  readonly compose?: readonly string[];
  readonly units?: readonly string[];
  /** The files of a unit, as systemd has loaded them. */
  readonly parts?: readonly string[];
}

function surroundings(
  path: string,
  files: Files,
  { compose = [], units = [], parts = [] }: Setting = {},
): Surroundings {
  const absolute = (name: string) => (name.startsWith('/') ? name : `${ROOT}/${name}`);
  const texts = new Map(Object.entries(files).map(([name, text]) => [absolute(name), text]));
  return {
    path: absolute(path),
    root: ROOT,
    compose: compose.map(absolute),
    units: units.map(absolute),
    unitParts: new Map(parts.map((part) => [part, parts])),
    code: new Map([...texts].filter(([name]) => name.endsWith('.py'))),
    textOf: (name) => texts.get(name) ?? null,
  };
}

/** The files that an edit changes, as they are afterwards; or the refusal as one line. A second edit must change nothing. */
export function outcomeIn(
  editor: Editor,
  path: string,
  files: Files,
  want: Wanted,
  setting?: Setting,
): Readonly<Record<string, string>> | string {
  const around = surroundings(path, files, setting);
  const text = files[path] ?? '';
  const answer = editor.edit(text, want, around);
  if (!answer.ok) {
    const { kind, at, file, message } = answer.refusal;
    const place = (file ?? `${ROOT}/${path}`).replace(`${ROOT}/`, '');
    return `${kind} ${place}:${at?.line}:${at?.column} ${message}`;
  }
  const after = applyPlacedEdits(text, answer.value, around);
  const twice = editor.edit(after.text, want, after.around);
  if (!twice.ok || twice.value.length > 0) throw new Error('a second edit changed something');
  const changed = new Set(answer.value.map(({ file }) => file ?? around.path));
  return Object.fromEntries(
    [...changed].map((name) => [
      name.replace(`${ROOT}/`, ''),
      name === around.path ? after.text : (after.around.textOf(name) ?? ''),
    ]),
  );
}

export function valuesIn(editor: Editor, path: string, files: Files, setting?: Setting): Found {
  const answer = editor.read(files[path] ?? '', surroundings(path, files, setting));
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.value.values;
}
