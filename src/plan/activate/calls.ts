import type { Call } from '../../remote/remote.js';

/** One command as a step, with a label for people. */
export function step(label: string, ...argv: readonly string[]): Call {
  return { verb: 'at_do', args: [label, ...argv] };
}

/** A check that is asked again until it holds. */
export function until(seconds: number, name: string, ...argv: readonly string[]): Call {
  return { verb: 'at_until', args: [String(seconds), name, ...argv] };
}

/** From this call on a service is not what it was, and has to be brought back when something fails. */
export function take(service: string, { verb, args }: Call): Call {
  return { verb: 'at_take', args: [service, verb, ...args] };
}

/** Brings a service back, if it was taken. */
export function giveBack(service: string, { verb, args }: Call): Call {
  return { verb: 'at_give_back', args: [service, verb, ...args] };
}

/** A call that does something else instead where it can't be done. */
export function orElse({ verb, args }: Call, other: Call): Call {
  return { verb, args: [...args, other.verb, ...other.args] };
}

export function seconds(ms: number): string {
  return String(Math.ceil(ms / 1000));
}
