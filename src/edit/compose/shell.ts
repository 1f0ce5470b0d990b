import { isAssignment } from '../command/program.js';
import { answer, Refused } from '../command/refused.js';
import { WEB } from '../command/role.js';
import type { Site } from '../command/site.js';
import { positionAt } from '../splice.js';
import type { Position } from '../types.js';
import { choose } from './choose.js';
import type { ServiceNames } from './compose.js';
import { composeDocument } from './document.js';
import { servicesOf } from './services.js';

/** A command that runs below a shell, and how it takes the shell's place. */
export interface ShellStart {
  readonly at: Position;
  readonly instead: string;
}

/** where a compose file starts the web server without `exec`; `null` where it does not, or can't be read. */
export function shellStart(text: string, { backend }: ServiceNames): ShellStart | null {
  const found = answer(text, () =>
    choose(text, servicesOf(text, composeDocument(text)), { role: WEB, name: backend, code: undefined }),
  );
  if (!found.ok || found.value === undefined || found.value instanceof Refused) return null;
  return startOf(text, found.value.site);
}

function startOf(text: string, { command: { words } }: Site): ShellStart | null {
  const program = words.findIndex((word) => !isAssignment(word));
  const first = words[program];
  const last = words[words.length - 1];
  if (first === undefined || last === undefined || first.text === 'exec') return null;
  return { at: positionAt(text, first.start), instead: `exec ${text.slice(first.start, last.end)}` };
}
