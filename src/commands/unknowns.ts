import type { Config, TargetConfig } from '../config/config.js';
import type { TargetOptions } from './options.js';

/** Where the target comes from: it is known, one of several is to be chosen, or it is to be looked for. */
export function targetSource({ target }: TargetOptions, config: Config | null): 'known' | 'choose' | 'look' {
  if (target !== undefined || config?.default != null) return 'known';
  return config === null ? 'look' : 'choose';
}

/** Nobody said which profile. Where one of several targets has its own, the default is meant for the others. */
export function lacksProfile(options: TargetOptions, config: Config | null): boolean {
  const own = ownTargets(options, config).some((target) => target.profile !== null);
  return options.profile === undefined && config?.profile == null && !own;
}

/** Nobody said what the database allows. Where one of several targets has its own limit, the profile holds for the others. */
export function lacksLimit(options: TargetOptions, config: Config | null): boolean {
  const own = ownTargets(options, config).some((target) => target.maxConnections !== null);
  return options.maxConnections === undefined && !own;
}

function ownTargets({ target }: TargetOptions, config: Config | null): readonly TargetConfig[] {
  const names = target ?? (config?.default == null ? [] : [config.default]);
  return names.flatMap((name) => config?.targets.get(name) ?? []);
}
