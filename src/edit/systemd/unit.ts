import type { Wanted } from '../../settings.js';
import { reading } from '../command/reading.js';
import { answer, Refused, refuse } from '../command/refused.js';
import { CELERY, type Role, WEB } from '../command/role.js';
import { editSite, readSite, type Site, siteOf } from '../command/site.js';
import { checkSite, refuseResult } from '../command/unchanged.js';
import { applyTextEdits } from '../splice.js';
import type { Editor, TextEdit } from '../types.js';
import { serviceOf } from './service.js';

const LARGEST = 1024 * 1024;

/** Reads and edits the start command of a systemd unit: uvicorn's workers, or celery's pool and concurrency. */
export function unitEditor(kind: 'backend' | 'celery'): Editor {
  const role = kind === 'backend' ? WEB : CELERY;
  return {
    read: (text) => answer(text, () => reading(text, readSite(siteIn(text, role)))),
    edit: (text, want) => answer(text, () => editUnit(text, role, want)),
  };
}

/** @throws {Refused} where the unit does not start the program of the role in a form that is known */
export function siteIn(text: string, role: Role): Site {
  if (text.length > LARGEST) {
    refuse({ kind: 'unsupported', message: 'The unit is larger than 1 MB', fix: 'Name the .service file' });
  }
  const { commands, environment } = serviceOf(text);
  return siteOf(commands, role, environment) ?? refuseOther(commands[0]?.words[0], role);
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

function editUnit(text: string, role: Role, want: Wanted): readonly TextEdit[] {
  const site = siteIn(text, role);
  const edits = editSite(site, want);
  if (edits.length > 0) checkSite(site, trial(applyTextEdits(text, edits), site), want);
  return edits;
}

/** Places in the result mean nothing in the unit as it stands. */
function trial(changed: string, before: Site): Site {
  try {
    return siteIn(changed, before.role);
  } catch (error) {
    if (error instanceof Refused) refuseResult(before.command.words[0]?.start ?? 0);
    throw error;
  }
}
