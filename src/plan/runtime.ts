import type { Problem } from '../errors.js';
import type { Runtime } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import type { TargetSpec } from '../target/spec.js';

/** What keeps a runtime from being activated at all, found before anything is planned. */
export function runtimeProblem(runtime: Runtime, spec: TargetSpec, facts: TargetFacts): Problem | null {
  if (runtime === 'custom' && spec.custom?.backend == null && spec.custom?.celery == null) {
    return {
      code: 'config',
      message: 'runtime custom needs your own restart commands',
      place: { target: spec.name },
      expected: 'custom: { backend: { restart, check }, celery: { restart, check } }',
      fix: 'Write them into action-tune.yaml, or use --runtime none.',
    };
  }
  if (runtime === 'compose' && facts.compose === null)
    return missing('neither `docker compose` nor `docker-compose`', spec);
  if (runtime === 'systemd' && !facts.systemd) return missing('no running systemd', spec);
  if (spec.activating.handoff === 'socket' && runtime !== 'systemd') return noHandoff(runtime, spec);
  return null;
}

function missing(found: string, spec: TargetSpec): Problem {
  return {
    code: 'target',
    message: `the runtime asked for is not on the target: ${found}`,
    place: { target: spec.name },
    fix: 'Name the runtime that is there with --runtime, or `none` to change files only.',
  };
}

function noHandoff(runtime: Runtime, spec: TargetSpec): Problem {
  return {
    code: 'config',
    message: 'handoff: socket needs systemd to hold the port',
    place: { target: spec.name },
    expected: 'runtime systemd',
    found: `runtime ${runtime}`,
    fix: 'Take `handoff: socket` out for this target, or run its backend by a systemd unit.',
  };
}
