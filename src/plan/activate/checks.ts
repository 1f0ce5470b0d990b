import type { Call } from '../../remote/remote.js';
import type { Found } from '../../settings.js';
import type { TargetFacts } from '../../target/facts.js';
import { expectationsOf, siblingLabel } from '../../verify/expectations.js';
import { type Activation, type Chosen, touchedOf } from './activation.js';
import { seconds } from './calls.js';
import type { ActivationInput, Situation } from './situation.js';

/** A new version has this long to come up, and ten times as long as its imports, or three times as long as the last start. */
const CHECK_SECONDS = 15;

/** A celery worker connects to its broker once it has imported all its tasks, which nobody has measured, and says nothing before. */
const CONNECT_SECONDS = 120;

export function secondsToComeUp({ facts }: Situation): string {
  const { importMs = null, beforeMs = null } = facts?.program ?? {};
  const imports = ((importMs ?? 3000) + (beforeMs ?? 0)) / 100;
  const start = ((facts?.cameUpMs ?? 0) * 3) / 1000;
  const least = facts?.program?.connected == null ? 0 : CONNECT_SECONDS;
  return String(Math.min(300, Math.max(least, Math.ceil(CHECK_SECONDS + Math.max(imports, start)))));
}

type Proof = Pick<Activation, 'baseline' | 'checks' | 'settle' | 'checksBack' | 'evidence' | 'watch' | 'left'>;

/** How a release proves that the processes took it, and that they did well before. */
export function proofOf(all: readonly Chosen[], input: ActivationInput): Proof {
  const chosen = touchedOf(all);
  const stays = chosen.filter(({ situation }) => situation.definition !== 'removed');
  const was = chosen.filter(({ situation }) => situation.definition !== 'created');
  const settling = input.spec.activating.settleMs === 0 ? [] : stays;
  return {
    baseline: was.flatMap(({ situation }) => baselineOf(situation, input)),
    watch: watchOf(
      was.filter((each) => stays.includes(each)),
      input,
    ),
    checks: stays.map((each) => check('at_verify', secondsToComeUp(each.situation), each, input, 'after')),
    settle: settlingCalls(settling, input),
    evidence: chosen.map(({ situation }) => ({ verb: 'at_keep_evidence', args: [...situation.ref] })),
    left: chosen.map(({ situation }) => ({ verb: 'at_left_service', args: [...situation.ref] })),
    checksBack: was.map((each) =>
      ofTaken(each, check('at_verify', secondsToComeUp(each.situation), each, input, 'before')),
    ),
  };
}

function settlingCalls(chosen: readonly Chosen[], input: ActivationInput): readonly Call[] {
  if (chosen.length === 0) return [];
  const time = seconds(input.spec.activating.settleMs);
  const all = chosen.map((each) => check('at_settle_apart', time, each, input, 'after'));
  return [...all, { verb: 'at_settled', args: [] }];
}

/** Whether a service was well before, by what is asked of it afterwards. */
function baselineOf({ role, ref, sibling }: Situation, { spec, facts }: ActivationInput): readonly Call[] {
  const health = spec.activating.health;
  if (role !== 'backend' || sibling !== null || health === null) return [];
  const asked = expectationsOf({ ...bare(facts), service: role, settings: {}, newer: [], health: health.path });
  return [{ verb: 'at_note_health', args: [...ref, asked] }];
}

function watchOf(chosen: readonly Chosen[], { spec }: ActivationInput): Call | null {
  const web = chosen.find(({ situation: { role, sibling } }) => role === 'backend' && sibling === null);
  if (web === undefined) return null;
  return { verb: 'at_watch', args: [...web.situation.ref, spec.activating.health?.path ?? '/'] };
}

/** A service that was never touched is not asked whether it is back. */
function ofTaken({ situation }: Chosen, { verb, args }: Call): Call {
  return { verb: 'at_give_back', args: [situation.name, verb, ...args] };
}

/** The check comes with a second one, for a service that did not answer before either. */
function check(verb: string, time: string, chosen: Chosen, input: ActivationInput, when: 'before' | 'after'): Call {
  const { situation } = chosen;
  const { health } = input.spec.activating;
  const { role, sibling, name } = situation;
  // What path another service answers nobody says.
  const path = role === 'backend' && sibling === null ? (health?.path ?? null) : null;
  const expected = {
    ...bare(input.facts),
    service: role,
    ...(sibling === null ? {} : { label: siblingLabel(name) }),
    program: situation.facts?.program?.program ?? null,
    connected: situation.facts?.program?.connected ?? null,
    settings: situation.settings[when] satisfies Found,
    newer: replaces(chosen) ? situation.code : [],
  };
  // Who named a path means it, also where it was not answered before; but what was unwell before may go back to that.
  const excused = when === 'before' || health?.assumed === true ? null : path;
  return {
    verb,
    args: [
      time,
      ...situation.ref,
      expectationsOf({ ...expected, health: path }),
      expectationsOf({ ...expected, health: excused }),
    ],
  };
}

/** Whether the processes are new ones afterwards. */
function replaces({ methods }: Chosen): boolean {
  return methods.some(({ how }) => how !== 'scale' && how !== 'resize' && how !== 'none');
}

function bare(facts: TargetFacts) {
  const pathOf = (role: 'database' | 'redis') => {
    const file = facts.files.get(role);
    return file?.kind === 'file' ? file.path : null;
  };
  return { files: { database: pathOf('database'), redis: pathOf('redis') }, maxConnections: null };
}
