import type { Wanted } from '../../settings.js';
import { reading } from '../command/reading.js';
import { answer, inside, Refused, refuse } from '../command/refused.js';
import { CELERY, type Role, WEB } from '../command/role.js';
import { editSite, readSite, type Site, siteOf } from '../command/site.js';
import { checkSite, refuseResult } from '../command/unchanged.js';
import { applyPlacedEdits } from '../splice.js';
import { ALONE, type Editor, type PlacedEdit, type Reading, type Surroundings } from '../types.js';
import { serviceOf } from './service.js';

/** Reads and edits the start command of a systemd unit: uvicorn's workers, or celery's pool and concurrency. */
export function unitEditor(kind: 'backend' | 'celery'): Editor {
  const role = kind === 'backend' ? WEB : CELERY;
  return {
    read: (text, around = ALONE) => answer(text, () => readUnit(text, role, around)),
    edit: (text, want, around = ALONE) => answer(text, () => editUnit(text, role, want, around)),
  };
}

/** The command of a unit, and the file that it stands in: the unit itself, or its drop-in. */
interface UnitSite {
  readonly site: Site;
  readonly path: string;
  readonly text: string;
}

/** @throws {Refused} where the unit does not start the program of the role in a form that is known */
export function siteIn(text: string, role: Role, around: Surroundings = ALONE): UnitSite {
  const unit = serviceOf(text, around);
  const { commands, environment } = unit;
  const find = () => siteOf(commands, role, environment) ?? refuseOther(commands[0]?.words[0], role);
  return { ...unit, site: unit.path === around.path ? find() : inside(unit.path, unit.text, find) };
}

function readUnit(text: string, role: Role, around: Surroundings): Reading {
  const found = siteIn(text, role, around);
  return reading(found.text, readSite(found.site), found.path === around.path ? undefined : found.path);
}

function refuseOther(first: { readonly start: number; readonly text: string } | undefined, role: Role): never {
  refuse({
    kind: 'unsupported',
    message: `The unit does not start ${role.label}`,
    at: first?.start ?? 0,
    found: first?.text ?? '',
    fix: `Name the unit that starts ${role.label}, or start it here directly`,
  });
}

function editUnit(text: string, role: Role, want: Wanted, around: Surroundings): readonly PlacedEdit[] {
  const { site, path, text: own } = siteIn(text, role, around);
  const work = () => editSite(site, want, path);
  const elsewhere = path === around.path ? {} : { file: path };
  // What stands behind a variable has its file already.
  const edits = (path === around.path ? work() : inside(path, own, work)).map((edit) =>
    edit.file === around.path ? { start: edit.start, end: edit.end, text: edit.text } : { ...elsewhere, ...edit },
  );
  if (edits.length > 0) checkSite(site, trial(applyPlacedEdits(text, edits, around), site), want);
  return edits;
}

/** Places in the result mean nothing in the unit as it stands. */
function trial(changed: { readonly text: string; readonly around: Surroundings }, before: Site): Site {
  try {
    return siteIn(changed.text, before.role, changed.around).site;
  } catch (error) {
    if (error instanceof Refused) refuseResult(before.command.words[0]?.start ?? 0);
    throw error;
  }
}
