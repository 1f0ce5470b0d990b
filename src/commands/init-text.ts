import { basename, dirname, isAbsolute, relative } from 'node:path';
import type { TargetConfig } from '../config/config.js';
import { configText, type Explained } from '../config/text.js';
import { formatTarget } from '../remote/address.js';
import { ROLES } from '../settings.js';
import { filePaths, type TargetSpec } from '../target/spec.js';
import type { TargetOptions } from './options.js';
import type { Session } from './session.js';

/** What is to be written into `file`: the targets as flags, a configuration above and the targets themselves say. */
export function initText(sessions: readonly Session[], options: TargetOptions, file: string): string {
  const specs = sessions.map(({ spec }) => spec);
  const names = namesOf(specs);
  const [first] = specs;
  return configText({
    project: first === undefined || first.project === basename(first.address.root) ? null : first.project,
    default: names[0] ?? '',
    soakMs: first?.soakMs ?? 0,
    targets: sessions.map((session, index) => explained(names[index] ?? '', session, options, dirname(file))),
  });
}

/** By their names in the configuration that they come from, else by what they are; each once. */
function namesOf(specs: readonly TargetSpec[]): readonly string[] {
  const names: string[] = [];
  for (const spec of specs) {
    const name = nameOf(spec);
    const free = (turn: number): string => {
      const each = turn === 1 ? name : `${name}-${turn}`;
      return names.includes(each) ? free(turn + 1) : each;
    };
    names.push(free(1));
  }
  return names;
}

function nameOf({ name, address }: TargetSpec): string {
  if (!name.includes(':')) return name;
  if (address.kind === 'local') return 'local';
  const host = address.host.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return host === '' ? 'target' : host;
}

function explained(name: string, session: Session, options: TargetOptions, folder: string): Explained {
  const { spec, facts, runtime } = session;
  const paths = filePaths({ ...spec, files: {} }, facts.root ?? spec.address.root);
  const missing = ROLES.filter((role) => facts.files.get(role)?.kind !== 'file');
  const target: TargetConfig = {
    name,
    url: urlOf(spec, folder),
    runtime: runtime.runtime,
    profile: profileFrom(spec.profile, options.profile, folder),
    maxConnections: spec.maxConnections,
    files: spec.files,
    services: spec.services,
    custom: spec.custom,
    activating: spec.activating,
    settings: spec.settings,
  };
  return {
    target,
    because: runtime.because,
    notFound: Object.fromEntries(missing.map((role) => [role, paths[role]])),
  };
}

function urlOf({ address }: TargetSpec, folder: string): string {
  return address.kind === 'local' ? `local:${pathFrom(folder, address.root)}` : formatTarget(address);
}

/** The file's own folder may move with the profile: only a path that was typed as absolute stays so. */
function profileFrom(profile: string, typed: string | undefined, folder: string): string {
  if (!isAbsolute(profile) || profile === typed) return profile;
  return pathFrom(folder, profile);
}

function pathFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  if (way === '') return '.';
  return /^\.\.(\/|$)/.test(way) ? way : `./${way}`;
}
