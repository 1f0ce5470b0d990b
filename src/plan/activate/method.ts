import type { MethodName } from '../plan.js';
import type { Situation } from './situation.js';

/** What is done to one service, and why. */
export interface Method {
  readonly how: MethodName;
  readonly expectedGapMs: number | null;
  readonly because: string;
}

/** What holds for every program: a service that is made, taken away, or does not run. */
export function plainMethod(situation: Situation): Method | null {
  const { facts, definition, repair } = situation;
  if (definition === 'created') {
    return { how: 'start', expectedGapMs: 0, because: 'the unit is new: it is enabled and started' };
  }
  if (definition === 'removed') {
    return { how: 'stop', expectedGapMs: null, because: 'the unit was not there before: it is stopped and disabled' };
  }
  if (facts === null || repair || !isIdle(facts)) return null;
  return { how: 'none', expectedGapMs: 0, because: idleReason(situation) };
}

/** An image that is there is not made anew by a plain start. */
function idleReason(situation: Situation): string {
  const { name, ref } = situation;
  const baked = ref[0] === 'compose' && containerMethod(situation) === 'rebuild';
  return baked
    ? `${name} does not run, and what changes is part of its image: start it with \`up -d --build ${name}\``
    : `${name} does not run; it takes the files when it is started`;
}

/** Stopped on purpose, or never started. What failed, or starts over and over, is to be mended. */
function isIdle({ state, unit }: NonNullable<Situation['facts']>): boolean {
  if (state !== 'stopped' && state !== 'absent') return false;
  return unit === null || unit.activeState === 'inactive';
}

/** Whether anything changed that only a start reads. */
export function changesStart({ definition, started }: Situation): boolean {
  return definition !== null || started.length > 0;
}

const IMAGE = /(?:^|\/)Dockerfile[^/]*$|\.dockerfile$/i;

/** The files of a start that a container does not see until its image is built anew. */
export function bakedStarts({ facts, started }: Situation): readonly string[] {
  const mounts = facts?.container?.mounts ?? null;
  const isSeen = (path: string) => mounts?.some((mount) => path === mount || path.startsWith(`${mount}/`)) ?? true;
  return started.filter((path) => IMAGE.test(path) || !isSeen(path));
}

/** What makes compose take a change of this service. */
export function containerMethod(situation: Situation): 'restart' | 'recreate' | 'rebuild' {
  const { facts, code, definition, sibling } = situation;
  const baked = code.length > 0 && facts?.container?.code === 'baked';
  // Its image is another service's, and was built with that.
  if (baked && sibling?.built === false) return 'recreate';
  if (baked) return 'rebuild';
  if (bakedStarts(situation).length > 0) return 'rebuild';
  return definition === null ? 'restart' : 'recreate';
}
