import type { RuntimeChoice, TargetFacts } from './facts.js';
import { hasOwnCommands, type TargetSpec } from './spec.js';

/** What runs the stack. What the user says counts; otherwise only what was seen running is taken for running. */
export function chooseRuntime(spec: TargetSpec, facts: TargetFacts): RuntimeChoice {
  if (spec.runtime !== null) return { runtime: spec.runtime, because: 'asked for' };
  if (hasOwnCommands(spec)) return { runtime: 'custom', because: 'action-tune.yaml holds restart commands' };
  const seen = runtimeSeen(facts);
  if (seen !== null) return seen;
  const unit = ['backend-unit', 'celery-unit'].find((role) => facts.files.get(role)?.kind === 'file');
  if (facts.systemd && unit !== undefined) {
    return { runtime: 'systemd', because: `${facts.files.get(unit)?.path} is there` };
  }
  if (facts.containers > 0 && facts.compose !== null) {
    return { runtime: 'compose', because: `${facts.containers} containers of the compose project run` };
  }
  return { runtime: 'none', because: 'neither units nor running containers of this project were found' };
}

/** By the services themselves: those that run are named, else those that are known. */
function runtimeSeen({ services }: TargetFacts): RuntimeChoice | null {
  const known = [...services.values()].filter(({ state }) => state !== 'absent');
  const running = known.filter(({ state }) => state === 'running');
  const [first] = running.length > 0 ? running : known;
  if (first === undefined) return null;
  const names = (running.length > 0 ? running : known).map(({ name }) => name).join(', ');
  return { runtime: first.ref[0], because: `${names} ${running.length > 0 ? 'run' : 'are there'}` };
}
