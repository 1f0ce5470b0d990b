import type { Problem } from '../errors.js';
import type { StageName } from '../settings.js';
import { planOf } from './activate/activation.js';
import { factsAfter } from './activate/afterwards.js';
import { bakedProblems } from './activate/baked.js';
import { activationOf } from './activate/choose.js';
import type { ActivationInput } from './activate/situation.js';
import { type Adoption, adoptingTools, adoptionOf, socketFile, socketProblem } from './handoff.js';
import type { PlanInput } from './input.js';
import type { Neighbours } from './neighbours.js';
import type { ActivationPlan, StagePlan } from './plan.js';
import { servicesOf } from './roles.js';
import type { Source, Sourced } from './source.js';
import { neighboursFor, sourceOf, sourcesOf } from './sources.js';
import { editStage, type StageEdits, type StageSource } from './stage.js';
import { settingsOf, touchedOf } from './touched.js';

export interface Walk {
  readonly stages: readonly StagePlan[];
  readonly problems: ReadonlyMap<StageName, readonly Problem[]>;
  /** Files that decide something and were not fetched yet. */
  readonly needs: readonly string[];
}

/** Each stage is planned on the files and the services as the stages before it leave them. */
export function planStages(input: PlanInput): Walk {
  const stages: StagePlan[] = [];
  const problems = new Map<StageName, readonly Problem[]>();
  let facts = input.facts;
  const edited = new Map<string, Source>();
  const needs = new Set<string>();
  for (const stage of input.stages) {
    const found = sourcesOf(stage, input, edited);
    const neighbours = neighboursFor(input, edited);
    const edits = stageEdits(stage, found, { ...input, facts }, { edited, neighbours });
    for (const path of neighbours.needs) needs.add(path);
    const obstacles = edits.ok ? bakedIn(stage, edits, { ...input, facts }) : edits.problems;
    if (!edits.ok || obstacles.length > 0) {
      problems.set(stage, obstacles);
      continue;
    }
    for (const source of edits.sources) edited.set(source.path, source);
    stages.push({
      name: stage,
      files: edits.files,
      changes: edits.changes,
      activation: activationFor(stage, edits, { ...input, facts }),
    });
    facts = factsAfter(facts, touchedOf(edits.files), settingsOf(edits.changes).after);
  }
  return { stages, problems, needs: [...needs] };
}

/** The files as the stages before leave them, and what editors may ask for besides. */
interface Surrounded {
  readonly edited: ReadonlyMap<string, Source>;
  readonly neighbours: Neighbours;
}

/** What a stage does to its files, and to the unit besides where that is to take its port from a socket. */
function stageEdits(
  stage: StageName,
  found: readonly Sourced<StageSource>[],
  input: PlanInput,
  { edited, neighbours }: Surrounded,
): StageEdits {
  const unreadable = found.flatMap((source) => (source.ok ? [] : [source.problem]));
  const sources = found.flatMap((source) => (source.ok ? [source.source] : []));
  const plain = editStage(stage, sources, input.sizing.recommended, input, neighbours);
  if (unreadable.length > 0 || !plain.ok) {
    return { ok: false, problems: [...unreadable, ...(plain.ok ? [] : plain.problems)] };
  }
  const concerned = plain.files.length > 0 && servicesOf(stage).includes('backend');
  const adoption = concerned ? adoptionOf({ ...input, runtime: input.runtime.runtime }) : null;
  if (adoption === null) return plain;
  const unit = sourceOf('backend-unit', stage, input, edited);
  if (!unit.ok) return { ok: false, problems: [unit.problem] };
  // A unit that is not there yet is made by its own stage.
  if (unit.source.text === null && stage !== 'uvicorn-workers') return plain;
  return (
    adoptedEdits(
      stage,
      [...sources.filter(({ role }) => role !== 'backend-unit'), unit.source],
      { adoption, neighbours },
      input,
    ) ?? plain
  );
}

/** `null` where the unit takes its port from a socket already. */
function adoptedEdits(
  stage: StageName,
  sources: readonly StageSource[],
  { adoption, neighbours }: { readonly adoption: Adoption; readonly neighbours: Neighbours },
  input: PlanInput,
): StageEdits | null {
  const { recommended } = input.sizing;
  const unit = sources.at(-1)?.text ?? input.create('backend-unit', recommended);
  const socket = socketFile(unit, adoption);
  const problem = socket === null ? null : socketProblem(adoption, input.facts);
  if (problem !== null) return { ok: false, problems: [problem] };
  const edits = editStage(stage, sources, recommended, adoptingTools(input, adoption), neighbours);
  if (!edits.ok) return edits;
  return socket === null ? null : { ...edits, files: [...edits.files, socket] };
}

type Edited = Extract<StageEdits, { ok: true }>;

function activationFor(stage: StageName, edits: Edited, input: PlanInput): ActivationPlan {
  const { runtime } = input.runtime;
  if (edits.files.length === 0) return planOf(runtime, []);
  return activationOf(runtime, workOf(stage, edits, input)).plan;
}

function bakedIn(stage: StageName, edits: Edited, input: PlanInput): readonly Problem[] {
  if (edits.files.length === 0 || input.runtime.runtime !== 'compose') return [];
  return bakedProblems(workOf(stage, edits, input));
}

function workOf(stage: StageName, { files, changes }: Edited, { spec, facts }: PlanInput): ActivationInput {
  return { spec, facts, stages: [stage], touched: touchedOf(files), settings: settingsOf(changes) };
}
