import { decodeUtf8 } from '../edit/splice.js';
import type { Editors } from '../plan/stage.js';
import type { FileReturn } from '../rollback/plan.js';
import { type Found, ROLES, type Role, STAGE_SETTINGS, type StageName } from '../settings.js';

/**
 * What the files of a rollback say of the stages' settings, before and after they go back. `undone`: what the journal says of
 * them, for values that stand in files of another kind, as in an environment file.
 */
export function returnSettings(
  returns: readonly FileReturn[],
  stages: readonly StageName[],
  editors: Editors,
  undone: { readonly before: Found; readonly after: Found },
): { readonly before: Found; readonly after: Found } {
  const keys = new Set<string>(stages.flatMap((stage) => STAGE_SETTINGS[stage]));
  const side = (when: 'before' | 'after'): Found => {
    const read = returns.flatMap((file) => Object.entries(settingsIn(file.role, contentOf(file, when), editors)));
    const written = Object.entries(undone[when]).filter(([, value]) => value !== null);
    const said = read.filter(([, value]) => value !== null);
    return Object.fromEntries([...read, ...written, ...said].filter(([key]) => keys.has(key)));
  };
  return { before: side('before'), after: side('after') };
}

/** Processes have what the releases left, also where somebody has put the file back by hand. */
function contentOf({ left, before, after }: FileReturn, when: 'before' | 'after'): Buffer | null {
  if (when === 'after') return after;
  return left === undefined ? before : left;
}

function isRole(role: string): role is Role {
  return (ROLES as readonly string[]).includes(role);
}

/** Nothing for a file that is not there, or that nobody can read: then nothing is expected of the processes. */
function settingsIn(role: FileReturn['role'], content: Buffer | null, editors: Editors): Found {
  if (content === null || !isRole(role)) return {};
  const text = decodeUtf8(content);
  const reading = text.ok ? editors[role].read(text.value) : text;
  return reading.ok ? reading.value.values : {};
}
