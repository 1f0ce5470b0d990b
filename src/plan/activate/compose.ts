import type { Call } from '../../remote/remote.js';
import type { TargetFacts } from '../../target/facts.js';
import type { ServiceFacts } from '../../target/services.js';
import { type Activation, NO_CALLS, planOf } from './activation.js';
import { giveBack, seconds, take } from './calls.js';
import { proofOf } from './checks.js';
import { containerMethod, type Method } from './method.js';
import { methodsOf } from './methods.js';
import { type ActivationInput, composeSituations, type Situation } from './situation.js';
import { finishTasks, renewed, signalled } from './systemd.js';
import { validationOf } from './validate.js';

/** How compose makes the services take a release: the changed ones alone, and never `down`. */
export function composeActivation(input: ActivationInput): Activation {
  const chosen = composeSituations(input).map((situation) => ({
    situation,
    methods: methodsOf(situation),
  }));
  const ways = chosen.flatMap(({ situation, methods }) => methods.map((method) => wayOf(situation, method, input)));
  const all = (part: keyof Way) => ways.flatMap((way) => way[part]);
  const known = chosen.find(({ situation }) => situation.facts?.container != null) ?? chosen[0];
  const compose = known === undefined ? [] : composeCommand(known.situation.facts, input.facts);
  return {
    ...NO_CALLS,
    plan: planOf('compose', chosen),
    validate: validationOf(chosen, compose, input),
    // What may fail without harm comes first: images are built and tasks finished before anything is touched.
    forward: [...all('build'), ...all('finish'), ...all('forward')],
    back: [...all('unbuild'), ...all('back')],
    ...proofOf(chosen, input),
  };
}

/** Compose, with everything that makes it see the project as the container was made. */
export function composeCommand(facts: ServiceFacts | null, target: TargetFacts): readonly string[] {
  const program = target.compose?.program === 'docker-compose' ? ['docker-compose'] : ['docker', 'compose'];
  const container = facts?.container ?? null;
  const file = target.files.get('compose')?.path ?? '';
  if (container === null) return [...program, '-f', file];
  const files = container.configFiles.length > 0 ? container.configFiles : [file];
  const named = ['-p', container.project, '--project-directory', container.workingDir];
  return [...program, ...named, ...files.flatMap((each) => ['-f', each])];
}

/** A worker without tasks needs a moment to take its leave; the engine's 10 s may be too few for it. */
const WARM_STOP_SECONDS = 60;

/** Where several containers work, one was asked to finish its tasks; the others do so when they are told to end. */
function warmStop({ facts }: Situation, { spec }: ActivationInput): string {
  const several = (facts?.container?.replicas ?? 1) > 1;
  return several ? seconds(spec.activating.celeryStopMs) : String(WARM_STOP_SECONDS);
}

interface Way {
  readonly build: readonly Call[];
  readonly finish: readonly Call[];
  readonly forward: readonly Call[];
  readonly unbuild: readonly Call[];
  readonly back: readonly Call[];
}

const NO_WAY: Way = { build: [], finish: [], forward: [], unbuild: [], back: [] };

function wayOf(situation: Situation, method: Method, input: ActivationInput): Way {
  const renew = renewal(situation, input);
  switch (method.how) {
    case 'reload':
    case 'scale':
    case 'resize':
      return { ...NO_WAY, ...signalled(situation, method, renew) };
    case 'restart':
    case 'recreate':
      return { ...NO_WAY, ...renewed(situation, renew) };
    case 'rebuild':
      return { ...NO_WAY, ...built(situation, input), ...renewed(situation, renew) };
    case 'warm-restart':
      return warm(situation, renewal(situation, input, warmStop(situation, input)), input);
    default:
      return NO_WAY;
  }
}

/** A new container where its image or its description changed, and the same one started anew otherwise. */
function renewal(situation: Situation, input: ActivationInput, stop = 'own'): Call {
  const how = containerMethod(situation) === 'restart' ? 'restart' : 'up';
  const shell = situation.facts?.program?.shell === true ? 'shell' : 'direct';
  const compose = composeCommand(situation.facts, input.facts);
  return { verb: 'at_renew_container', args: [how, shell, stop, ...situation.ref, ...compose] };
}

/** The old image keeps its name on the way back: nothing has to be built anew for it. */
function built(situation: Situation, input: ActivationInput): Pick<Way, 'build' | 'unbuild'> {
  if (containerMethod(situation) !== 'rebuild') return { build: [], unbuild: [] };
  return {
    build: [{ verb: 'at_build_image', args: [...situation.ref, ...composeCommand(situation.facts, input.facts)] }],
    unbuild: [{ verb: 'at_old_image', args: [situation.name] }],
  };
}

/** Tasks are finished before the service counts as taken: until then it can go on as it was. */
function warm(situation: Situation, renew: Call, input: ActivationInput): Way {
  const { name, ref } = situation;
  const finish = finishTasks(ref, input);
  return {
    ...NO_WAY,
    ...built(situation, input),
    finish: [finish],
    forward: [take(name, renew)],
    back: [giveBack(name, finish), giveBack(name, renew)],
  };
}
