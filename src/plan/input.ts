import type { PythonParser } from '../edit/python/grammar.js';
import type { Profile } from '../profile/profile.js';
import type { StageName } from '../settings.js';
import type { DatabaseFacts, Sizing } from '../size/sizing.js';
import type { RuntimeChoice, TargetFacts } from '../target/facts.js';
import type { TargetSpec } from '../target/spec.js';
import type { Creator, Editors } from './stage.js';

/** Everything a plan is made of. */
export interface PlanInput {
  readonly spec: TargetSpec;
  readonly facts: TargetFacts;
  readonly runtime: RuntimeChoice;
  readonly profile: Profile;
  readonly database: DatabaseFacts;
  readonly sizing: Sizing;
  /** The stages to plan, in the order of the roll-out. */
  readonly stages: readonly StageName[];
  readonly editors: Editors;
  /** Reads the code that traps are looked for in. */
  readonly python: PythonParser;
  readonly create: Creator;
  readonly renderSocket: (listen: string) => string;
}
