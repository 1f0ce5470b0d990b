import type { RuntimeChoice, TargetFacts } from './facts.js';
import type { TargetSpec } from './spec.js';

/** What runs the stack. What the user says counts; otherwise only what was seen running is taken for running. */
export function chooseRuntime(spec: TargetSpec, facts: TargetFacts): RuntimeChoice {
  if (spec.runtime !== null) return { runtime: spec.runtime, because: 'asked for' };
  if (spec.custom?.backend != null || spec.custom?.celery != null) {
    return { runtime: 'custom', because: 'action-tune.yaml holds restart commands' };
  }
  const unit = ['backend-unit', 'celery-unit'].find((role) => facts.files.get(role)?.kind === 'file');
  if (facts.systemd && unit !== undefined) {
    return { runtime: 'systemd', because: `${facts.files.get(unit)?.path} is there` };
  }
  if (facts.containers > 0 && facts.compose !== null) {
    return { runtime: 'compose', because: `${facts.containers} containers of the compose project run` };
  }
  return { runtime: 'none', because: 'neither units nor running containers of this project were found' };
}
