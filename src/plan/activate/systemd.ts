import type { Call } from '../../remote/remote.js';
import { type Activation, type Chosen, NO_CALLS, planOf } from './activation.js';
import { giveBack, orElse, seconds, step, take } from './calls.js';
import { proofOf, secondsToComeUp } from './checks.js';
import type { Method } from './method.js';
import { methodsOf } from './methods.js';
import { type ActivationInput, type Situation, systemdSituations } from './situation.js';
import { validationOf } from './validate.js';

/** How systemd makes the services take a release, each with the way that its own facts allow. */
export function systemdActivation(input: ActivationInput): Activation {
  const chosen = systemdSituations(input).map((situation) => ({
    situation,
    methods: methodsOf(situation),
  }));
  const ways = chosen.flatMap(({ situation, methods }) => methods.map((method) => wayOf(situation, method, input)));
  const reload = reloads(chosen) ? [step('reload systemd', 'systemctl', 'daemon-reload')] : [];
  const all = (part: keyof Way) => ways.flatMap((way) => way[part]);
  return {
    ...NO_CALLS,
    plan: planOf('systemd', chosen),
    validate: validationOf(chosen, [], input),
    before: all('before'),
    // What may fail without harm comes first: until its tasks are finished, nothing was touched.
    forward: [...reload, ...all('finish'), ...all('forward')],
    beforeBack: all('beforeBack'),
    back: [...reload, ...all('back')],
    ...proofOf(chosen, input),
  };
}

/** systemd reads units when it is told to, and nothing else needs it. */
function reloads(chosen: readonly Chosen[]): boolean {
  return chosen.some(
    ({ situation: { definition, socket } }) => definition !== null || (socket?.effect ?? null) !== null,
  );
}

interface Way extends Pick<Activation, 'before' | 'forward' | 'beforeBack' | 'back'> {
  readonly finish: readonly Call[];
}

const NO_WAY: Way = { finish: [], before: [], forward: [], beforeBack: [], back: [] };

function wayOf(situation: Situation, method: Method, input: ActivationInput): Way {
  const restart = restartOf(situation);
  switch (method.how) {
    case 'reload':
    case 'scale':
    case 'resize':
      return { ...NO_WAY, ...signalled(situation, method, restart) };
    case 'restart':
      return { ...NO_WAY, ...renewed(situation, restart) };
    case 'warm-restart':
      return warm(situation, input);
    case 'start':
      return started(situation, restart);
    case 'stop':
      return stopped(situation, restart, input);
    case 'adopt':
    case 'give-back':
      return ported(situation, method.how);
    default:
      return NO_WAY;
  }
}

/** With a port that systemd holds already, requests wait for the service. */
function restartOf({ name, ref, socket }: Situation): Call {
  if (socket !== null && socket.effect === null) return { verb: 'at_restart_held', args: [...ref] };
  return { verb: 'at_restart_unit', args: [name] };
}

/** By a signal; on the way back, and by hand, by a restart where the service does not take it any more. */
export function signalled({ name, ref, facts, settings }: Situation, { how }: Method, restart: Call) {
  if (how === 'reload') {
    const reload: Call = { verb: 'at_reload', args: [...ref] };
    const both = orElse(reload, restart);
    return { forward: [take(name, both)], back: [giveBack(name, both)] };
  }
  const key = how === 'scale' ? 'web.workers' : 'celery.concurrency';
  const count = (workers: unknown): Call => orElse({ verb: 'at_count', args: [how, ...ref, String(workers)] }, restart);
  return {
    forward: [take(name, count(settings.after[key]))],
    back: [giveBack(name, count(facts?.program?.workers))],
  };
}

/** Started anew, and waited for: whatever else is done meanwhile would only keep it from coming up. */
export function renewed(situation: Situation, renew: Call) {
  const { name } = situation;
  return {
    forward: [take(name, renew), ...arrival(situation)],
    back: [giveBack(name, renew), ...arrival(situation).map((call) => giveBack(name, call))],
  };
}

function arrival(situation: Situation): readonly Call[] {
  if (situation.role !== 'backend') return [];
  return [{ verb: 'at_await', args: [secondsToComeUp(situation), ...situation.ref] }];
}

/** Tasks are finished before the service counts as taken: until then it can go on as it was. */
function warm({ name, ref }: Situation, input: ActivationInput): Way {
  const finish = finishTasks(ref, input);
  const anew: Call = { verb: 'at_end_and_restart', args: [name] };
  return {
    ...NO_WAY,
    finish: [finish],
    forward: [take(name, anew)],
    back: [giveBack(name, finish), giveBack(name, anew)],
  };
}

export function finishTasks(ref: Situation['ref'], { spec }: ActivationInput): Call {
  return { verb: 'at_finish_tasks', args: [seconds(spec.activating.celeryStopMs), ...ref] };
}

function started(situation: Situation, restart: Call): Way {
  const { name, socket } = situation;
  const units = socket?.effect === 'created' ? [socket.name, name] : [name];
  return {
    ...NO_WAY,
    forward: [
      ...units.map((unit) => step(`enable ${unit}`, 'systemctl', 'enable', unit)),
      ...renewed(situation, restart).forward,
    ],
    beforeBack: [step(`disable ${units.join(' ')}`, 'systemctl', 'disable', '--now', ...units)],
    back: [],
  };
}

function stopped(situation: Situation, restart: Call, input: ActivationInput): Way {
  const { name, ref, role, socket } = situation;
  const units = socket?.effect === 'removed' ? [socket.name, name] : [name];
  const finish = role === 'celery' ? [finishTasks(ref, input)] : [];
  return {
    ...NO_WAY,
    before: [...finish, take(name, step(`disable ${units.join(' ')}`, 'systemctl', 'disable', '--now', ...units))],
    back: [
      ...units.map((unit) => giveBack(name, step(`enable ${unit}`, 'systemctl', 'enable', unit))),
      ...renewed(situation, restart).back,
    ],
  };
}

/** The port can only be opened by one once the other has closed it. */
function ported(situation: Situation, how: 'adopt' | 'give-back'): Way {
  const { name } = situation;
  const unit = situation.socket?.name ?? '';
  const adopt = renewed(situation, { verb: 'at_adopt_port', args: [unit, name] });
  const leave = renewed(situation, { verb: 'at_leave_port', args: [unit, name] });
  const disable = step(`disable ${unit}`, 'systemctl', 'disable', unit);
  if (how === 'adopt') {
    return { ...NO_WAY, forward: adopt.forward, beforeBack: [giveBack(name, disable)], back: leave.back };
  }
  return { ...NO_WAY, before: [disable], forward: leave.forward, back: adopt.back };
}
