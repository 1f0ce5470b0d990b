import { ROLES, type Role, STAGES, type StageName } from '../settings.js';
import { composeFileOf } from './compose-file.js';
import type { PlanInput } from './input.js';
import { type Neighbours, neighboursOf } from './neighbours.js';
import { rolesOf } from './roles.js';
import { readSource, type Source, type Sourced } from './source.js';
import { readStage, type StageReading, type StageSource } from './stage.js';

export type SourceInput = Pick<PlanInput, 'spec' | 'facts' | 'runtime'>;

/** What editors of the files may ask for besides, as the stages before leave it. */
export function neighboursFor({ facts, runtime, spec }: SourceInput, edited: ReadonlyMap<string, Source>): Neighbours {
  return neighboursOf({ facts, runtime: runtime.runtime, root: facts.root ?? spec.address.root, edited });
}

/** What the files say of every setting, and which further files that takes. A file that is not there says nothing. */
export function currentSettings(
  input: SourceInput & Pick<PlanInput, 'editors'>,
): StageReading & { readonly needs: readonly string[] } {
  const neighbours = neighboursFor(input, new Map());
  const read = STAGES.map((stage) => {
    const sources = sourcesOf(stage, input, new Map()).flatMap((each) => (each.ok ? [each.source] : []));
    return readStage(stage, sources, input.editors, neighbours);
  });
  const settings: StageReading['settings'] = Object.assign({}, ...read.map((stage) => stage.settings));
  const places: StageReading['places'] = Object.assign({}, ...read.map((stage) => stage.places));
  const doubts = read.flatMap((stage) => stage.doubts);
  return { settings, places, doubts, needs: [...neighbours.needs] };
}

/** The files of a stage, as the stages before it leave them. */
export function sourcesOf(
  stage: StageName,
  input: SourceInput,
  edited: ReadonlyMap<string, Source>,
): readonly Sourced<StageSource>[] {
  const named = new Set(ROLES.filter((role) => input.spec.files[role] !== undefined));
  return rolesOf(stage, input.runtime.runtime, named).map((role) => sourceOf(role, stage, input, edited));
}

export function sourceOf(
  role: Role,
  stage: StageName,
  { spec, facts, runtime }: SourceInput,
  edited: ReadonlyMap<string, Source>,
): Sourced<StageSource> {
  const file = role === 'compose' ? composeFileOf(stage, facts, spec) : facts.files.get(role);
  if (file === undefined) throw new Error(`the target was not asked for the ${role} file`);
  const before = edited.get(file.path);
  if (before !== undefined) return { ok: true, source: { ...before, role } };
  const instead = role === 'compose' ? facts.composeInstead : [];
  return readSource(role, file, isUnit(role) && runtime.runtime === 'systemd', instead);
}

function isUnit(role: Role): boolean {
  return role === 'backend-unit' || role === 'celery-unit';
}
