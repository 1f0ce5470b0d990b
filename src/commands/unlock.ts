import { EXIT, fail } from '../errors.js';
import { lockProblem } from '../rollout/gates.js';
import type { Lock } from '../target/facts.js';
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
      done: targets.filter(({ unlocked }) => unlocked).map(({ name }) => `the lock of ${name} removed`),
    };
  });
}

async function unlock(session: Session, yes: boolean, edges: Edges): Promise<boolean> {
  const { name } = session.spec;
  const { lock } = session.facts;
  if (lock === null) return false;
  if (lock.holder === 'alive') fail({ ...lockProblem(lock, false), place: { target: name } });
  edges.output.say(`${name}: ${heldBy(lock)}; the process is gone`);
  if (!yes && !(await edges.output.confirm(`Remove the lock of ${name}?`))) return false;
  return breakLock(session, lock);
}

function heldBy({ by, since, command }: Lock): string {
  return `held by ${by} since ${since} for \`${command}\``;
}

/** Only the very lock that was looked at. */
async function breakLock({ spec, remote }: Session, { content }: Lock): Promise<boolean> {
  const answer = await remote.run([stateCall(spec), { verb: 'at_break_lock', args: [content] }]);
  return answer.code === 0;
}

/** Who puts a run back whose process is gone needs no lock of it any more. */
export async function removeLeftLock(session: Session, { output }: Edges): Promise<void> {
  const { lock } = session.facts;
  if (lock === null || !(await breakLock(session, lock))) return;
  output.say(`${session.spec.name}: the lock is removed, ${heldBy(lock)}; the process is gone`);
}
