import { EXIT, fail } from '../errors.js';
import { lockProblem } from '../rollout/gates.js';
import { stateCall } from '../target/inspect.js';
import type { Outcome } from '../view/output.js';
import { expectConsent } from './apply.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { type Session, withSessions } from './session.js';

/** Breaks a lock that its holder left. One whose holder is still at work is never broken. */
export async function unlockCommand(
  options: TargetOptions & { readonly yes?: boolean },
  edges: Edges,
): Promise<Outcome> {
  expectConsent(options, edges, 'unlock');
  return withSessions(await resolveTargets(options, edges), edges, 'files', async (sessions) => {
    const targets: { name: string; unlocked: boolean }[] = [];
    for (const session of sessions) {
      targets.push({ name: session.spec.name, unlocked: await unlock(session, options.yes === true, edges) });
    }
    return {
      exit: EXIT.done,
      document: { schema: 1, targets },
      text: () =>
        targets
          .map(({ name, unlocked }) => `${name}: ${unlocked ? 'the lock is gone' : 'nothing was unlocked'}`)
          .join('\n'),
    };
  });
}

async function unlock({ spec, facts, remote }: Session, yes: boolean, edges: Edges): Promise<boolean> {
  const { lock } = facts;
  if (lock === null) return false;
  if (lock.holder === 'alive') fail({ ...lockProblem(lock), place: { target: spec.name } });
  const held = `held by ${lock.by} since ${lock.since} for \`${lock.command}\``;
  edges.output.say(`${spec.name}: ${held}; the process is gone`);
  if (!yes && !(await edges.output.confirm(`Remove the lock of ${spec.name}?`))) return false;
  const answer = await remote.run([stateCall(spec), { verb: 'at_break_lock', args: [lock.content] }]);
  return answer.code === 0;
}
