import { refuse } from '../command/refused.js';
import { positionAt } from '../splice.js';
import type { PlacedEdit, Surroundings } from '../types.js';
import { below } from './below.js';
import { projectFolder } from './layer.js';

/**
 * A variable that compose fills in wherever it is named: in the `.env` beside the file.
 * @param rest what else the files of the stack say, as one text
 * @throws {Refused} where that names it, too
 */
export function refuseSharedVariable(edit: PlacedEdit, around: Surroundings, rest: string, service: string): void {
  const { file, start, end } = edit;
  const text = file === undefined || file !== below(projectFolder(around), '.env') ? null : around.textOf(file);
  if (text === null) return;
  const { line } = positionAt(text, start);
  const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(text.split('\n')[line - 1] ?? '')?.[1];
  if (name === undefined || !new RegExp(`(?<!\\$)\\$(?:${name}\\b|\\{${name}\\b)`).test(rest)) return;
  refuse({
    kind: 'unsafe',
    message: `Another part of the compose files takes ${name} from here, and would change, too`,
    at: start,
    found: text.slice(start, end),
    fix: `Give service ${service} a variable of its own in place of ${name}, or write the number into its command`,
  });
}
