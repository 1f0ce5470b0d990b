import { containerMethod } from './method.js';
import type { Situation } from './situation.js';

/** uvicorn looks for a signal every 100 ms, and then closes its port. */
const STOP_MS = 150;
/** What stands between the end of the old process and the start of the new one. */
const BETWEEN_MS = { systemd: 50, restart: 500, recreate: 700, rebuild: 700 } as const;
/** With several workers the parent opens the port as soon as it has imported the server itself. */
const PARENT_SHARE = 0.5;

/** From the moment at which a backend refuses its first request, until nobody holds its port any more. */
export function stopGap({ facts }: Situation): number | null {
  return facts?.program == null ? null : STOP_MS;
}

/** How long a backend refuses requests while it is started anew; `null` where nothing was measured. */
export function restartGap(situation: Situation): number | null {
  const program = situation.facts?.program ?? null;
  if (program === null || program.importMs === null) return null;
  const several = Number(situation.settings.after['web.workers'] ?? program.workers ?? 1) >= 2;
  const start = several ? program.importMs * PARENT_SHARE : program.importMs;
  const between = BETWEEN_MS[situation.ref[0] === 'systemd' ? 'systemd' : containerMethod(situation)];
  return rounded(STOP_MS + between + (program.beforeMs ?? 0) + start);
}

function rounded(ms: number): number {
  return Math.round(ms / 10) * 10;
}
