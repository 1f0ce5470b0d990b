import { fail } from '../errors.js';
import type { Call, Remote, Result } from '../remote/remote.js';
import { ROLES } from '../settings.js';
import type { TargetFacts, TargetFile } from './facts.js';
import { parseFacts, parseFiles } from './parse.js';
import { filePaths, socketPath, type TargetSpec } from './spec.js';

/** Names the state folder for the calls that follow it in the same request. */
export function stateCall(spec: TargetSpec): Call {
  return {
    verb: 'at_state_of',
    args: [spec.address.kind === 'local' ? 'project' : 'auto', spec.address.root, spec.project],
  };
}

/**
 * Everything the tool needs to know of a target, in one round trip.
 * @throws ProblemError `target` when the project's folder is not there, `remote` when the target can't answer.
 */
export async function inspect(remote: Remote, spec: TargetSpec): Promise<TargetFacts> {
  const root = spec.address.root;
  const paths = filePaths(spec, root);
  const answer = await remote.run([
    stateCall(spec),
    { verb: 'at_root', args: [root] },
    { verb: 'at_facts', args: [] },
    { verb: 'at_containers', args: [paths.compose] },
    { verb: 'at_versions', args: [root] },
    ...ROLES.map((role) => ({ verb: 'at_file', args: [role, paths[role]] })),
    { verb: 'at_file', args: ['backend-socket', socketPath(paths['backend-unit'])] },
    { verb: 'at_home', args: [] },
  ]);
  const facts = parseFacts(expectAnswer(remote, answer));
  if (facts.root === null) refuseRoot(spec);
  return facts;
}

/** Files by name, whatever they are for. A name may hold a path, and a path may hold what parts the fields of an answer. */
export async function readFiles(
  remote: Remote,
  paths: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, TargetFile>> {
  if (paths.size === 0) return new Map();
  const calls = [...paths.values()].map((path, index) => ({ verb: 'at_file', args: [String(index), path] }));
  const rows = expectAnswer(remote, await remote.run(calls))
    .split('\n')
    .map((line) => line.split('\t'));
  const files = parseFiles(rows);
  return new Map([...paths.keys()].flatMap((name, index) => named(name, files.get(String(index)))));
}

function named(name: string, file: TargetFile | undefined): readonly [string, TargetFile][] {
  return file === undefined ? [] : [[name, file]];
}

/** @throws ProblemError `remote` when the request itself failed, with what the target said. */
export function expectAnswer(remote: Remote, answer: Result): string {
  if (answer.code === 0) return answer.stdout.toString('utf8');
  return fail({
    code: 'remote',
    message: `The target could not answer (exit status ${answer.code})`,
    place: { target: remote.address },
    expected: 'a Linux machine with a POSIX shell and coreutils or busybox',
    found: answer.stderr.trim().split('\n').at(-1) ?? '',
    fix: 'Log in by hand and see whether `sh`, `stat`, `readlink`, `base64` and `sha256sum` work there.',
  });
}

function refuseRoot(spec: TargetSpec): never {
  return fail({
    code: 'target',
    message: `The project folder ${spec.address.root} is not there`,
    place: { target: spec.name },
    expected: 'the folder that holds backend/ and docker/',
    found: 'no such folder, or no permission to enter it',
    fix: 'Give the right path after the host in --target, or in action-tune.yaml.',
  });
}
