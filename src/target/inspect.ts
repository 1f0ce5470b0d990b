import { fail } from '../errors.js';
import type { Call, Remote, Result } from '../remote/remote.js';
import type { FilePaths, TargetFacts, TargetFile } from './facts.js';
import { parseFacts, parseFiles } from './parse.js';
import { siblingsOf } from './siblings.js';
import { filePaths, hasOwnCommands, socketPath, type TargetSpec, USUAL_SERVICES } from './spec.js';

/** Names the state folder for the calls that follow it in the same request. */
export function stateCall(spec: TargetSpec): Call {
  return {
    verb: 'at_state_of',
    args: [spec.address.kind === 'local' ? 'project' : 'auto', spec.address.root, spec.project],
  };
}

/** How deep to look: the services' own interpreters cost the time of their imports. */
export type Depth = 'files' | 'processes';

/**
 * Everything the tool needs to know of a target, in one round trip.
 * @throws ProblemError `target` when the project's folder is not there, `remote` when the target can't answer.
 */
export async function inspect(remote: Remote, spec: TargetSpec, depth: Depth): Promise<TargetFacts> {
  const root = spec.address.root;
  const paths = filePaths(spec, root);
  const answer = await remote.run([
    stateCall(spec),
    { verb: 'at_root', args: [root] },
    { verb: 'at_facts', args: [] },
    { verb: 'at_containers', args: [paths.compose] },
    ...(['database', 'redis'] as const).map((role) => ({ verb: 'at_file', args: [role, paths[role]] })),
    ...(['backend-unit', 'celery-unit'] as const).map((role) => ({
      verb: 'at_unit_file',
      args: [role, paths[role], spec.files[role] === undefined ? 'usual' : 'named'],
    })),
    { verb: 'at_file', args: ['backend-socket', socketPath(paths['backend-unit'])] },
    { verb: 'at_compose_files', args: [paths.compose, ...serviceNames(spec)] },
    { verb: 'at_compose_instead', args: [paths.compose, root] },
    { verb: 'at_services', args: servicesArguments(spec, paths, depth) },
    ...(depth === 'processes' ? surroundings(root) : []),
    { verb: 'at_home', args: [] },
  ]);
  const facts = parseFacts(expectAnswer(remote, answer));
  if (facts.root === null) refuseRoot(spec);
  return { ...facts, siblings: siblingsOf(facts, spec) };
}

/** What only a plan needs: how the application is written, and what stands around it. */
function surroundings(root: string): readonly Call[] {
  return [
    { verb: 'at_sources', args: [root] },
    { verb: 'at_proxies', args: [] },
    { verb: 'at_broker', args: [] },
  ];
}

function serviceNames({ services }: TargetSpec): readonly string[] {
  return [services.backend ?? USUAL_SERVICES.backend, services.celery ?? USUAL_SERVICES.celery];
}

function servicesArguments(spec: TargetSpec, paths: FilePaths, depth: Depth): readonly string[] {
  return [
    spec.runtime ?? (hasOwnCommands(spec) ? 'custom' : 'auto'),
    depth === 'processes' ? 'ask' : 'leave',
    JSON.stringify({ files: { database: paths.database, redis: paths.redis } }),
    paths['backend-unit'],
    paths['celery-unit'],
    paths.compose,
    ...serviceNames(spec),
  ];
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
