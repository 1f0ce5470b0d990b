import { programOf } from '../command/program.js';
import { siteReading } from '../command/reading.js';
import { answer, type InFile, inside, Refused, refuse } from '../command/refused.js';
import { byHand, CELERY, type Role, WEB } from '../command/role.js';
import type { Site } from '../command/site.js';
import { editSite } from '../command/siteedit.js';
import { checkSite, refuseResult } from '../command/unchanged.js';
import type { Word } from '../command/word.js';
import { applyPlacedEdits } from '../splice.js';
import { Budget } from '../start/budget.js';
import type { StartCode } from '../start/code.js';
import { siteBehind } from '../start/follow.js';
import { type Ground, openAt } from '../start/ground.js';
import { type Lead, leadOf } from '../start/lead.js';
import { ALONE, type Editor, type PlacedEdit, type Reading, type Surroundings } from '../types.js';
import { serviceOf, type UnitService } from './service.js';

/** Reads and edits the start command of a systemd unit: uvicorn's workers, or celery's pool and concurrency. */
export function unitEditor(kind: 'backend' | 'celery', code?: StartCode): Editor {
  const role = kind === 'backend' ? WEB : CELERY;
  return {
    read: (text, around = ALONE) => answer(text, () => readUnit(text, role, around, code)),
    edit: (text, want, around = ALONE) => answer(text, () => editUnit(text, { ...role, want }, around, code)),
  };
}

/** @throws {Refused} where the unit does not start the program of the role in a form that is known */
export function siteIn(text: string, role: Role, around: Surroundings = ALONE, code?: StartCode): Site {
  const unit = serviceOf(text, around);
  const { commands, environment, ground } = unit;
  const find = () =>
    siteBehind(commands, { role, environment, ground, code, budget: new Budget() }) ?? refuseOther(unit, role);
  if (unit.path === around.path) return find();
  const site = inside(unit.path, unit.text, find);
  return { ...site, file: site.file ?? unit };
}

function readUnit(text: string, role: Role, around: Surroundings, code: StartCode | undefined): Reading {
  return siteReading(text, siteIn(text, role, around, code), around.path);
}

function refuseOther({ commands, ground, at }: UnitService, role: Role): never {
  const leads = commands.flatMap(({ words }) => leadIn(words) ?? []);
  const [lead] = leads;
  if (lead !== undefined) return refuseFile(lead, ground, role);
  const first = commands[0]?.words[0];
  return refuse({
    kind: 'unsupported',
    message: `The unit does not start ${role.label}`,
    at: first?.start ?? at,
    found: first?.text || 'ExecStart=',
    fix: `Name the unit that starts ${role.label}, or start it here directly`,
  });
}

function refuseFile({ word, names }: Lead, ground: Ground, role: Role): never {
  const path = openAt(ground, names)?.path;
  return refuse({
    kind: 'unsupported',
    message:
      path === undefined
        ? `The unit starts ${word.text}, which is not there, or not to be found from here`
        : `The unit starts ${path}, where ${role.label} is not started in a way that is known`,
    at: word.start,
    found: word.text,
    fix: `Write \`${byHand(role)}\` behind ${role.label}'s command in that file by hand, or start it in the unit directly`,
  });
}

function leadIn(words: readonly Word[]): Lead | undefined {
  const program = programOf(words);
  return program === undefined ? undefined : leadOf(program);
}

function editUnit(text: string, role: Role, around: Surroundings, code: StartCode | undefined): readonly PlacedEdit[] {
  const { want = {} } = role;
  const site = siteIn(text, role, around, code);
  if (site.file?.path.startsWith('/run/') === true) refusePassing(site.file, site);
  const edits = editSite(site, want, around.path);
  if (edits.length > 0) checkSite(site, trial(applyPlacedEdits(text, edits, around), site, code), want);
  return edits;
}

/** What lies there is gone after the next start of the machine. */
function refusePassing({ path, text }: InFile, { command }: Site): never {
  return inside(path, text, () =>
    refuse({
      kind: 'unsafe',
      message: 'The start command stands in a drop-in that does not outlive a restart of the machine',
      at: command.words[0]?.start ?? 0,
      found: command.words[0]?.text ?? '',
      fix: 'Write it into a drop-in by `systemctl edit`, or into the unit, then run again',
    }),
  );
}

/** Places in the result mean nothing in the unit as it stands. */
function trial(
  changed: { readonly text: string; readonly around: Surroundings },
  before: Site,
  code: StartCode | undefined,
): Site {
  try {
    return siteIn(changed.text, before.role, changed.around, code);
  } catch (error) {
    if (error instanceof Refused) refuseResult(before.command.words[0]?.start ?? 0);
    throw error;
  }
}
