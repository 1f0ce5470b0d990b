import { bakedStarts, changesStart, type Method, plainMethod } from './method.js';
import type { Situation } from './situation.js';
import { keeps } from './web.js';

/** What makes the task workers take a release without a task lost or run twice. Clients notice nothing: tasks wait. */
export function celeryMethods(situation: Situation): readonly Method[] {
  return [plainMethod(situation) ?? resizeMethod(situation) ?? warmMethod(situation)];
}

/** Only a changed number of prefork's children can be had from a worker that goes on. */
function resizeMethod(situation: Situation): Method | null {
  const { facts, code, settings, name } = situation;
  const program = facts?.program ?? null;
  const wanted = settings.after['celery.concurrency'];
  const single = (facts?.container?.replicas ?? 1) === 1;
  const prefork = single && program?.program === 'celery' && program.pool === 'prefork' && program.workers !== null;
  const samePool = (settings.after['celery.pool'] ?? 'prefork') === 'prefork';
  const baked = situation.ref[0] === 'compose' && bakedStarts(situation).length > 0;
  if (baked || !prefork || !samePool || code.length > 0 || !changesStart(situation) || typeof wanted !== 'number')
    return null;
  if (wanted === program.workers) {
    return { how: 'none', expectedGapMs: 0, because: `${name} runs ${wanted} children already` };
  }
  const way = wanted > program.workers ? 'pool_grow' : 'pool_shrink';
  const because = `prefork runs already: celery goes from ${program.workers} to ${wanted} children by ${way}${keeps(situation)}`;
  return { how: 'resize', expectedGapMs: 0, because };
}

function warmMethod({ facts, code, settings }: Situation): Method {
  const pool = facts?.program?.pool ?? null;
  const wanted = settings.after['celery.pool'];
  const reason =
    code.length > 0
      ? 'celery has no reload'
      : pool !== null && wanted !== undefined && wanted !== pool
        ? `a pool can't be changed from ${pool} to ${wanted} while it runs`
        : 'this worker can not be resized while it runs';
  const because = `${reason}; it takes no new task, finishes those it has begun, and starts anew: tasks wait in the broker`;
  return { how: 'warm-restart', expectedGapMs: 0, because };
}
