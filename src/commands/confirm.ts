import { EXIT, fail } from '../errors.js';
import { stateCall } from '../target/inspect.js';
import type { Outcome } from '../view/output.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { type Session, withSessions } from './session.js';

/** Keeps what was applied with `--confirm-within`, where its time is not over yet. */
export async function confirmCommand(options: TargetOptions, edges: Edges): Promise<Outcome> {
  return withSessions(await resolveTargets(options, edges), edges, 'files', async (sessions) => {
    const targets: { name: string; confirmed: readonly number[] }[] = [];
    for (const session of sessions) targets.push({ name: session.spec.name, confirmed: await confirm(session) });
    const done = targets.map(({ name, confirmed }) => `${name}: kept release ${confirmed.join(', ')}`);
    return { exit: EXIT.done, document: { schema: 1, targets }, text: () => done.join('\n'), done };
  });
}

async function confirm({ spec, facts, remote }: Session): Promise<readonly number[]> {
  const releases = facts.pending?.releases ?? refuse(spec.name, 'nothing waits to be confirmed');
  const answer = await remote.run([stateCall(spec), { verb: 'at_confirm', args: releases.map(String) }]);
  return answer.code === 0 ? releases : refuse(spec.name, 'it was too late: the releases are being put back');
}

function refuse(target: string, found: string): never {
  return fail({
    code: 'stale',
    message: 'There is nothing to confirm',
    place: { target },
    expected: 'a release that was applied with --confirm-within, before its time is over',
    found,
    fix: 'See what is in force with `action-tune status`.',
  });
}
