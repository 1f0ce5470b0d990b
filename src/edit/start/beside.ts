import { textOf } from '../command/chars.js';
import { UVICORN_RUN } from '../command/launchers.js';
import type { Program } from '../command/program.js';
import { type InFile, type OffsetRefusal, Refused } from '../command/refused.js';
import type { Beside, Site } from '../command/site.js';
import type { Editor, Refusal, Surroundings } from '../types.js';
import type { StartCode } from './code.js';
import { type Ground, openAt } from './ground.js';

/** A gunicorn command with the file that it reads besides; any other as it is. */
export function withConfiguration(site: Site, ground: Ground, code: StartCode | undefined): Site {
  if (code === undefined || site.launcher.program !== 'gunicorn' || site.beside !== undefined) return site;
  const named = site.args.options.findLast(({ name }) => site.launcher.configOptions.includes(name));
  if (named?.value?.some(({ opaque }) => opaque) === true) return site;
  const name = named === undefined ? './gunicorn.conf.py' : textOf(named.value ?? []).replace(/^file:/, '');
  const file = /^python:/.test(name) ? undefined : openAt(ground, [name]);
  return file === undefined ? site : { ...site, beside: besideIn(file, code.gunicorn, ground.around, false) };
}

/** What code says of the workers. `alone`: nothing can be said in the command. */
export function besideIn(file: InFile, editor: Editor, around: Surroundings, alone: boolean): Beside {
  const own = { ...around, path: file.path };
  const reading = editor.read(file.text, own);
  if (!reading.ok && alone) throw refusedIn(reading.refusal, file);
  const known = reading.ok ? (reading.value.values['web.workers'] ?? null) : { unresolved: reading.refusal.message };
  const place = reading.ok ? reading.value.places['web.workers'] : undefined;
  return {
    known,
    alone,
    ...(place === undefined ? {} : { place: { ...place, file: place.file ?? file.path } }),
    edit: (value) => {
      const edits = editor.edit(file.text, { 'web.workers': value }, own);
      if (!edits.ok) throw refusedIn(edits.refusal, file);
      return edits.value.map((edit) => ({ ...edit, file: edit.file ?? file.path }));
    },
  };
}

/** A refusal that has its line already, as one that counts in offsets. */
function refusedIn({ at, file: other, candidates: _listed, ...rest }: Refusal, file: InFile): Refused {
  const inside: OffsetRefusal['inside'] = other === undefined || other === file.path ? file : { path: other, text: '' };
  return new Refused({ ...rest, inside, ...(at === undefined ? {} : { position: at }) });
}

/** The site of `python main.py`, whose server is started by a call. */
export function runSite(base: Pick<Site, 'command' | 'role' | 'environment'>, program: Program, beside: Beside): Site {
  const words = base.command.words.map(({ text }) => text);
  return {
    ...base,
    launcher: UVICORN_RUN,
    program,
    args: { options: [], positionals: [], end: undefined },
    shape: JSON.stringify(words),
    beside,
  };
}
