import { fail } from '../errors.js';
import { rolesOf } from '../plan/roles.js';
import { runtimeProblem } from '../plan/runtime.js';
import { ROLES, STAGES } from '../settings.js';
import { hasOwnCommands } from '../target/spec.js';
import type { Session } from './session.js';

/**
 * What a configuration of this target leaves to be filled in, in words: nothing but a person can tell it.
 * @throws ProblemError as `plan` does, where the runtime can't be used at all.
 */
export function leftToFillIn(session: Session): readonly string[] {
  const files = filesLeft(session);
  return [
    ...(commandsLeft(session) ? ['the restart commands under `custom:`'] : []),
    ...(files.length === 0 ? [] : [`where the files are (${files.join(', ')}) under \`files:\``]),
  ];
}

function commandsLeft({ runtime: { runtime }, spec, facts }: Session): boolean {
  if (runtime === 'custom' && !hasOwnCommands(spec)) return true;
  const problem = runtimeProblem(runtime, spec, facts);
  return problem === null ? false : fail(problem);
}

/** Units that are not there are made. */
function filesLeft({ runtime: { runtime }, spec, facts }: Session): readonly string[] {
  const named = new Set(ROLES.filter((role) => spec.files[role] !== undefined));
  const needed = STAGES.flatMap((stage) => rolesOf(stage, runtime, named));
  return ROLES.filter(
    (role) =>
      needed.includes(role) && !role.endsWith('-unit') && (facts.files.get(role)?.kind ?? 'missing') === 'missing',
  );
}
