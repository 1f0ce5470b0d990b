import { basename, dirname } from 'node:path/posix';
import type { Surroundings } from '../types.js';

/** The drop-in that `systemctl edit` makes. */
const EDITED = 'override.conf';

/**
 * The files that systemd reads for the unit that a file belongs to, in that order: the unit, then its drop-ins by their
 * names, whatever folders they lie in.
 */
export function partsOf(path: string, around: Surroundings): readonly string[] {
  const known = around.unitParts?.get(path);
  const unit = known?.[0] ?? (isDropIn(path) ? null : path);
  if (unit === null) return [path];
  const edited = `${unit}.d/${EDITED}`;
  const dropIns = [...(known?.slice(1) ?? []), ...(isDropIn(path) ? [path] : [])];
  const names = new Map<string, string>([[EDITED, edited]]);
  for (const dropIn of dropIns) names.set(basename(dropIn), dropIn);
  return [unit, ...[...names].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file)];
}

function isDropIn(path: string): boolean {
  return dirname(path).endsWith('.d');
}
