import type { Config } from '../config/config.js';
import { ProblemError } from '../errors.js';
import { listProfiles, loadProfile } from '../profile/load.js';
import { parseTarget } from '../remote/address.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { findProject } from './project.js';
import { DEFAULT_PROFILE, readConfig, resolveTargets } from './resolve.js';
import { profileOf } from './session.js';
import { lacksLimit, lacksProfile, targetSource } from './unknowns.js';

export interface Answers {
  /** What was given, with what was found and answered. */
  readonly options: TargetOptions;
  /** Whether an `action-tune.yaml` in this folder would spare the questions next time. */
  readonly worthKeeping: boolean;
}

/** Looks for what was not given, and asks for what can't be found. */
export async function askForUnknowns(given: TargetOptions, edges: Edges): Promise<Answers> {
  const config = await readConfig(given, edges);
  const aimed = { ...given, ...(await targetAnswer(given, config, edges)) };
  const sized = { ...aimed, ...(await profileAnswer(aimed, config, edges)) };
  const options = { ...sized, ...(await limitAnswer(sized, config, edges)) };
  return { options, worthKeeping: config === null && (given.target !== undefined || aimed.target === undefined) };
}

async function targetAnswer(
  given: TargetOptions,
  config: Config | null,
  edges: Edges,
): Promise<Pick<TargetOptions, 'target'>> {
  const source = targetSource(given, config);
  if (source === 'known') return {};
  if (source === 'choose') return { target: [await chooseTarget(config, edges)] };
  const project = await findProject(edges.cwd, given.file ?? {}, edges);
  if (project === null) return { target: [await askForTarget(edges)] };
  edges.output.say(`Project: ${project}`);
  return project === edges.cwd ? {} : { target: [`local:${project}`] };
}

function chooseTarget(config: Config | null, { output }: Edges): Promise<string> {
  const targets = [...(config?.targets.values() ?? [])];
  return output.select(
    'Target',
    targets.map(({ name, url }) => ({ value: name, name, description: url })),
  );
}

function askForTarget({ output }: Edges): Promise<string> {
  output.say('There is no action-tune.yaml and no project here or above.');
  return output.input('Target (ssh://user@host/project or local:/project):', targetProblem);
}

function targetProblem(answer: string): string | null {
  try {
    parseTarget(answer);
    return null;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map(({ message, fix }) => `${message}; ${fix}`).join('\n');
  }
}

async function profileAnswer(
  options: TargetOptions,
  config: Config | null,
  edges: Edges,
): Promise<Pick<TargetOptions, 'profile'>> {
  if (!lacksProfile(options, config)) return {};
  const shipped = { ...edges.files, shippedDir: edges.assets.profilesDir };
  const profiles = await Promise.all((await listProfiles(shipped)).map((name) => loadProfile(name, shipped)));
  const choices = profiles.map(({ name, description }) => ({ value: name, name, description: description ?? '' }));
  const profile = await edges.output.select('Profile', choices, DEFAULT_PROFILE);
  return profile === DEFAULT_PROFILE ? {} : { profile };
}

async function limitAnswer(
  options: TargetOptions,
  config: Config | null,
  edges: Edges,
): Promise<Pick<TargetOptions, 'maxConnections'>> {
  if (!lacksLimit(options, config)) return {};
  const assumed = await assumedLimit(options, edges);
  const hint = assumed === null ? '' : ` (empty: assume ${assumed})`;
  const answer = await edges.output.input(`Database limit, max_connections${hint}:`, (text) =>
    limitProblem(text, assumed !== null),
  );
  return answer === '' ? {} : { maxConnections: Number(answer) };
}

/** Null where a profile does not say; then somebody has to. */
async function assumedLimit(options: TargetOptions, edges: Edges): Promise<string | null> {
  const profiles = await Promise.all((await resolveTargets(options, edges)).map((spec) => profileOf(spec, edges)));
  const limits = new Set(profiles.map(({ database }) => database.maxConnections));
  return limits.has(null) ? null : [...limits].join(' or ');
}

function limitProblem(text: string, mayBeEmpty: boolean): string | null {
  if (/^[1-9]\d{0,8}$/.test(text) || (text === '' && mayBeEmpty)) return null;
  return 'a whole number from 1 up, as SHOW max_connections gives it';
}
