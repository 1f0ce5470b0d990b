import { join, relative } from 'node:path';
import { CONFIG_FILE } from '../config/load.js';
import { EXIT, fail } from '../errors.js';
import { ROLES } from '../settings.js';
import { filePaths } from '../target/spec.js';
import type { Outcome } from '../view/output.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { type Session, withSessions } from './session.js';

/** Writes an `action-tune.yaml` with what was found on the targets. Never writes over one. */
export async function initCommand(options: TargetOptions, edges: Edges): Promise<Outcome> {
  const specs = await resolveTargets(options, edges);
  const text = await withSessions(specs, edges, 'files', async (sessions) => configurationText(sessions, edges.cwd));
  const file = join(edges.cwd, options.config ?? CONFIG_FILE);
  try {
    await edges.files.writeFile(file, text, { replace: false });
  } catch (error) {
    refuse(file, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  return {
    exit: EXIT.done,
    document: { schema: 1, file, targets: specs.map(({ name }) => name) },
    text: () => `${file} is written. Read it, then see what would change with: action-tune plan`,
    done: [`${file} written`],
  };
}

function configurationText(sessions: readonly Session[], cwd: string): string {
  const names = sessions.map((session, index) => nameOf(session, index));
  const targets = sessions.flatMap((session, index) => targetLines(names[index] ?? '', session, cwd));
  return [
    '# What action-tune works on. Every key is explained by `action-tune --help` and the schema that comes with it.',
    `default: ${names[0]}`,
    '',
    '# How long a stage is watched before the next one may follow (0s: not at all).',
    'soak: 24h',
    '',
    'targets:',
    ...targets,
    '',
  ].join('\n');
}

function nameOf({ spec }: Session, index: number): string {
  return spec.address.kind === 'local'
    ? index === 0
      ? 'local'
      : `local-${index + 1}`
    : JSON.stringify(spec.address.host);
}

function targetLines(name: string, { spec, facts, runtime }: Session, cwd: string): readonly string[] {
  const { address } = spec;
  const path = address.kind === 'local' ? relative(cwd, address.root) : '';
  const url =
    address.kind === 'local' ? `local:${path === '' ? '.' : path.startsWith('..') ? path : `./${path}`}` : spec.name;
  const missing = ROLES.filter((role) => facts.files.get(role)?.kind !== 'file');
  const paths = filePaths({ ...spec, files: {} }, facts.root ?? address.root);
  return [
    `  ${name}:`,
    `    url: ${JSON.stringify(url)}`,
    `    runtime: ${runtime.runtime}  # ${runtime.because}`,
    `    profile: ${JSON.stringify(spec.profile)}`,
    spec.maxConnections === null
      ? "    # maxConnections: 500  # the database's own limit: SHOW max_connections"
      : `    maxConnections: ${spec.maxConnections}`,
    ...filesLines(spec.files),
    ...(missing.length === 0
      ? []
      : ['    # Not found where they usually are; name them under files: if they are elsewhere.']),
    ...missing.map((role) => `    #   ${role}: ${paths[role]}`),
  ];
}

function filesLines(files: Session['spec']['files']): readonly string[] {
  const entries = Object.entries(files);
  if (entries.length === 0) return [];
  return ['    files:', ...entries.map(([role, path]) => `      ${role}: ${JSON.stringify(path)}`)];
}

function refuse(file: string, found: string): never {
  return fail({
    code: 'config',
    message:
      found === 'EEXIST'
        ? 'There is a configuration already, and it is not overwritten'
        : 'The configuration can not be written',
    place: { file },
    found,
    fix: found === 'EEXIST' ? 'Edit it, or move it away first.' : 'Run it in a folder that can be written.',
  });
}
