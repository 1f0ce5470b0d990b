import type { ProgramFacts } from '../../target/services.js';
import { restartGap, stopGap } from './gap.js';
import { bakedStarts, changesStart, containerMethod, type Method, plainMethod } from './method.js';
import type { Situation } from './situation.js';
import { isAtLeast } from './version.js';

/** From here on uvicorn's supervisor replaces workers, and takes TTIN and TTOU. */
const SIGNALS_SINCE = '0.30';

/** What makes the web service take a release with the smallest gap that its stack allows. */
export function webMethods(situation: Situation): readonly Method[] {
  const plain = plainMethod(situation) ?? portMethod(situation);
  if (plain !== null) return [plain];
  const obstacle = signalObstacle(situation);
  return obstacle === null ? signalMethods(situation) : [restartMethod(situation, obstacle)];
}

function portMethod(situation: Situation): Method | null {
  const { socket } = situation;
  if (socket?.effect === 'created') {
    const because = `${socket.name} takes the port over, once; from then on a restart refuses nobody`;
    return { how: 'adopt', expectedGapMs: stopGap(situation), because };
  }
  if (socket?.effect !== 'removed') return null;
  const because = `${socket.name} was not there before: the service takes its port back`;
  return { how: 'give-back', expectedGapMs: restartGap(situation), because };
}

/** Why signals do not do it; `null` where they do. */
function signalObstacle(situation: Situation): string | null {
  const { facts, settings } = situation;
  const program = facts?.program ?? null;
  if (program === null) return `what runs in it is not known${facts?.why == null ? '' : `: ${facts.why}`}`;
  const workers = settings.after['web.workers'] ?? 1;
  const fewer = changesStart(situation) && Number(workers) < 2 ? tooFew(program) : null;
  return containerObstacle(situation) ?? programObstacle(program) ?? fewer;
}

/** What of a container a signal does not reach. */
function containerObstacle(situation: Situation): string | null {
  const { facts, code } = situation;
  if (situation.ref[0] === 'compose' && bakedStarts(situation).length > 0)
    return 'the start command is part of the image';
  const container = facts?.container ?? null;
  if (container === null) return null;
  if (code.length > 0 && container.code === 'baked') return 'the code is part of the image';
  if (container.replicas > 1) return 'several containers do the work, and each is restarted';
  const alone = code.find((path) => container.mounts.includes(path));
  return alone === undefined ? null : `${alone} is mounted alone, and a container sees it anew when it is started`;
}

function programObstacle({ program, versions, supervised, workers }: ProgramFacts): string | null {
  if (program !== 'uvicorn') return `${program} is restarted whole`;
  if (!isAtLeast(versions.uvicorn, SIGNALS_SINCE)) {
    return `uvicorn ${versions.uvicorn ?? '?'} can't replace its workers one by one, as ${SIGNALS_SINCE} and later can`;
  }
  return supervised && (workers ?? 0) >= 2 ? null : 'a single process has no supervisor that could replace it';
}

function tooFew({ workers }: ProgramFacts): string {
  return `from ${workers} workers to one only a restart leads`;
}

function signalMethods(situation: Situation): readonly Method[] {
  const { facts, code, settings, name } = situation;
  const { workers = null, versions } = facts?.program ?? { versions: {} };
  const wanted = settings.after['web.workers'];
  const methods: Method[] = [];
  if (code.length > 0) {
    const because = `uvicorn ${versions.uvicorn} replaces its ${workers} workers one after the other, and keeps the port`;
    methods.push({ how: 'reload', expectedGapMs: 0, because });
  }
  if (changesStart(situation) && wanted !== workers) {
    const signal = Number(wanted) > Number(workers) ? 'SIGTTIN' : 'SIGTTOU';
    const because = `uvicorn ${versions.uvicorn} goes from ${workers} to ${wanted} workers on ${signal}${keeps(situation)}`;
    methods.push({ how: 'scale', expectedGapMs: 0, because });
  }
  if (methods.length > 0) return methods;
  return [{ how: 'none', expectedGapMs: 0, because: `${name} runs ${workers} workers already` }];
}

/** A container is only made with the new command by its next `up`. */
export function keeps({ facts, definition }: Situation): string {
  return facts?.container == null || definition === null
    ? ''
    : '; the container keeps its command until its next `up -d`';
}

function restartMethod(situation: Situation, obstacle: string): Method {
  const how = situation.ref[0] === 'compose' ? containerMethod(situation) : 'restart';
  const { socket } = situation;
  if (socket !== null) {
    return { how, expectedGapMs: 0, because: `${obstacle}; ${socket.name} holds the port, and requests wait in it` };
  }
  const built = how === 'rebuild' ? '; it is built anew first, while the old one runs' : '';
  return { how, expectedGapMs: restartGap(situation), because: `${obstacle}${built}` };
}
