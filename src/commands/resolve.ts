import { basename, dirname, resolve } from 'node:path';
import { type Config, DEFAULT_ACTIVATING, type TargetConfig } from '../config/config.js';
import { findConfig, loadConfig } from '../config/load.js';
import { type ByHand, parseByHand } from '../config/settings.js';
import { fail } from '../errors.js';
import { formatTarget, parseTarget, type TargetAddress } from '../remote/address.js';
import type { TargetSpec } from '../target/spec.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';

export const DEFAULT_PROFILE = 'department-20-50';
const DEFAULT_SOAK_MS = 24 * 60 * 60 * 1000;

/** The targets that flags and configuration name, flags first. Throws `config`, `target` and `usage` problems. */
export async function resolveTargets(options: TargetOptions, edges: Edges): Promise<readonly TargetSpec[]> {
  const config = await readConfig(options, edges);
  const byHand = parseByHand(options.set ?? []);
  const named = options.target ?? [config?.default ?? noneNamed(config)];
  const specs = named.map((name) => specOf(name, config, options, byHand, edges.cwd));
  const twice = specs.find((spec, index) => specs.findIndex((other) => other.name === spec.name) !== index);
  if (twice !== undefined) refuseTwice(twice.name);
  return specs;
}

/** The configuration that holds here; null where there is none. Throws `config` problems. */
export function readConfig({ config }: TargetOptions, { cwd, files }: Edges): Promise<Config | null> {
  return config === undefined ? findConfig(cwd, files) : loadConfig(resolve(cwd, config), files);
}

function noneNamed(config: Config | null): string {
  if (config === null) return 'local:.';
  return fail({
    code: 'usage',
    message: 'The configuration has several targets and no default',
    place: { file: config.file },
    expected: '--target NAME, or `default: NAME` in the configuration',
    fix: `Name one with --target: ${[...config.targets.keys()].join(', ')}.`,
  });
}

function specOf(name: string, config: Config | null, options: TargetOptions, set: ByHand, cwd: string): TargetSpec {
  const own = config?.targets.get(name);
  const base = config === null ? cwd : dirname(config.file);
  const address = absolute(parseAddress(name, own, config), own === undefined ? cwd : base);
  return {
    name: own?.name ?? formatTarget(address),
    address,
    project: config?.project ?? basename(address.root),
    profile: profileOf(options.profile, cwd) ?? profileOf(own?.profile ?? config?.profile, base) ?? DEFAULT_PROFILE,
    runtime: options.runtime ?? own?.runtime ?? config?.runtime ?? null,
    files: { ...own?.files, ...options.file },
    services: { backend: null, celery: null, ...own?.services, ...options.service },
    custom: own?.custom ?? config?.custom ?? null,
    activating: own?.activating ?? config?.activating ?? DEFAULT_ACTIVATING,
    maxConnections: options.maxConnections ?? own?.maxConnections ?? null,
    settings: { ...own?.settings, ...set.settings },
    profileValues: set.profile,
    soakMs: config?.soakMs ?? DEFAULT_SOAK_MS,
  };
}

/** A profile's path counts from the folder of whoever wrote it: the user's, or the configuration's own. */
function profileOf(written: string | null | undefined, base: string): string | null {
  if (written == null) return null;
  return /[/\\]|\.ya?ml$/i.test(written) ? resolve(base, written) : written;
}

function parseAddress(name: string, own: TargetConfig | undefined, config: Config | null): TargetAddress {
  if (own !== undefined) return parseTarget(own.url);
  if (/^(ssh|local):/.test(name)) return parseTarget(name);
  const known = [...(config?.targets.keys() ?? [])];
  return fail({
    code: 'target',
    message: `There is no target named '${name}'`,
    ...(config === null ? {} : { place: { file: config.file } }),
    expected: 'ssh://user@host:port/absolute/root, local:/absolute/root, or a name from action-tune.yaml',
    found: name,
    fix:
      known.length > 0
        ? `Use one of: ${known.join(', ')}.`
        : 'Write the address, or make names with `action-tune init`.',
  });
}

function absolute(address: TargetAddress, base: string): TargetAddress {
  return address.kind === 'local' ? { ...address, root: resolve(base, address.root) } : address;
}

function refuseTwice(name: string): never {
  return fail({ code: 'usage', message: `The target ${name} is named twice`, fix: 'Name each target once.' });
}
