import type { ServiceFacts } from '../../target/services.js';
import { containerMethod } from './method.js';
import type { Situation } from './situation.js';

/** uvicorn looks for a signal every 100 ms, and then closes its port. */
const STOP_MS = 150;
/** What stands between the end of the old process and the start of the new one. */
const BETWEEN_MS = { systemd: 50, restart: 400, recreate: 400, rebuild: 400 } as const;
/** Both services are measured at the same time, by which each takes longer than it does alone. */
const ALONE = 0.8;
/** A start that took longer than this, by its import alone, does more than import: what it took is believed. */
const ORDINARY_START = { times: 2, ms: 1000 };
/** What a parent imports before it starts its workers, as a part of what a worker imports. */
const PARENT_SHARE = 0.5;

/** From the moment at which a backend refuses its first request, until nobody holds its port any more. */
export function stopGap({ facts }: Situation): number | null {
  return facts?.program == null ? null : STOP_MS;
}

/** How long a backend refuses requests while it is started anew; `null` where nothing was measured. */
export function restartGap(situation: Situation): number | null {
  const workers = situation.settings.after['web.workers'] ?? situation.facts?.program?.workers ?? 1;
  const how = situation.ref[0] === 'systemd' ? 'systemd' : containerMethod(situation);
  return startGap(situation.facts, { how, workers: Number(workers), cpus: situation.cpus });
}

interface Start {
  readonly how: keyof typeof BETWEEN_MS;
  readonly workers: number;
  readonly cpus: number | null;
}

export function startGap(facts: ServiceFacts | null, { how, workers, cpus }: Start): number | null {
  const program = facts?.program ?? null;
  if (program === null || program.importMs === null) return null;
  const importMs = program.importMs * ALONE;
  return rounded(
    STOP_MS +
      BETWEEN_MS[how] +
      (program.beforeMs ?? 0) +
      startMs(workers, importMs, cpus) +
      beyondImport(facts?.cameUpMs ?? null, importMs),
  );
}

/**
 * What the application takes when it starts besides the imports that were measured: its other modules, and its own start. A
 * start may have been slower than the next one, as while a machine boots: only what is far off counts.
 */
function beyondImport(cameUpMs: number | null, importMs: number): number {
  const ordinary = importMs * ORDINARY_START.times + ORDINARY_START.ms;
  return cameUpMs === null || cameUpMs <= ordinary ? 0 : cameUpMs - importMs;
}

/** With several workers nobody listens until the first of them is up, and they import side by side. */
function startMs(workers: number, importMs: number, cpus: number | null): number {
  if (workers < 2) return importMs;
  return importMs * (PARENT_SHARE + Math.max(1, workers / (cpus ?? workers)));
}

function rounded(ms: number): number {
  return Math.round(ms / 10) * 10;
}
