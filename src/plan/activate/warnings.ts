import { shellStart } from '../../edit/compose/shell.js';
import { decodeUtf8 } from '../../edit/splice.js';
import { blankSecrets } from '../../secrets.js';
import type { TargetFacts } from '../../target/facts.js';
import type { TargetSpec } from '../../target/spec.js';
import { everyService } from '../../target/told.js';
import type { StagePlan, Warning } from '../plan.js';
import { keptByStage } from './kept.js';
import { isAtLeast } from './version.js';

/** What to know of the services before they are touched. */
export function activationWarnings(
  stages: readonly Pick<StagePlan, 'activation' | 'changes'>[],
  facts: TargetFacts,
  spec: TargetSpec,
): readonly Warning[] {
  const compose = stages.some(({ activation }) => activation.kind === 'compose' && activation.services.length > 0);
  return [
    ...pausedWarnings(facts),
    ...(compose ? shellWarnings(facts, spec) : []),
    ...taskWarnings(stages, facts),
    ...stages.flatMap((stage) => keptByStage(stage, facts)),
  ];
}

function pausedWarnings(facts: TargetFacts): readonly Warning[] {
  const paused = everyService(facts).filter(({ state }) => state === 'paused');
  return paused.map(({ name, container }) => ({
    code: 'service-paused',
    message: `${name} is paused: it answers nobody, and \`apply\` refuses a change that it is to take`,
    fix: `Let it go on with \`docker unpause ${container?.id.slice(0, 12) ?? name}\`, then plan again.`,
  }));
}

/** Before it, a worker that ends throws away the task that Redis just gave it. */
const TASKS_KEPT_SINCE = '5.3';

/** Several containers can only be asked to take no new task first where each has a name of its own; else they are told to end. */
function taskWarnings(stages: readonly Pick<StagePlan, 'activation'>[], facts: TargetFacts): readonly Warning[] {
  const celery = facts.services.get('celery');
  const version = celery?.program?.versions.celery;
  const steps = stages.flatMap(({ activation }) => activation.steps);
  const ends = steps.some(({ service, how }) => service === celery?.name && how === 'warm-restart');
  if (
    !ends ||
    version === undefined ||
    (celery?.container?.replicas ?? 1) === 1 ||
    isAtLeast(version, TASKS_KEPT_SINCE)
  )
    return [];
  return [
    {
      code: 'task-may-be-lost',
      message: `celery ${version} may lose a task that it takes in the moment in which it is told to end, and ${celery?.name} runs in several containers, which can only be asked to take none where each has a host name of its own`,
      fix: 'Where they share one, as with `network_mode: host`, apply while the queue is empty; celery 5.3 and later keep the task.',
    },
  ];
}

function shellWarnings({ services, files }: TargetFacts, spec: TargetSpec): readonly Warning[] {
  const backend = services.get('backend');
  const file = files.get('compose');
  if (backend?.container == null || backend.program?.shell !== true) return [];
  const text = file?.content == null ? null : decodeUtf8(file.content);
  const start = text?.ok ? shellStart(text.value, { backend: spec.services.backend ?? backend.name }) : null;
  return [
    {
      code: 'shell-swallows-sigterm',
      message: `A shell stands above uvicorn in ${backend.name} and keeps SIGTERM to itself: each \`docker stop\` waits for 10 s and then kills (action-tune asks uvicorn itself)`,
      ...(start === null || file === undefined ? {} : { file: file.path, line: start.at.line }),
      fix: start === null ? 'Start uvicorn with `exec`.' : `Write: ${blankSecrets(start.instead)}`,
    },
  ];
}
