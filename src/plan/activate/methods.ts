import { celeryMethods } from './celery.js';
import { containerMethod, type Method, plainMethod } from './method.js';
import type { Situation } from './situation.js';
import { webMethods } from './web.js';

/** What makes one service take a release, by the work that it does. */
export function methodsOf(situation: Situation): readonly Method[] {
  if (situation.sibling?.kind === 'beat') return [plainMethod(situation) ?? beatMethod(situation)];
  return situation.role === 'backend' ? webMethods(situation) : celeryMethods(situation);
}

function beatMethod(situation: Situation): Method {
  const how = situation.ref[0] === 'compose' ? containerMethod(situation) : 'restart';
  const because = 'beat is one process, and is started anew: what falls due meanwhile is sent once it is back';
  return { how, expectedGapMs: 0, because };
}
