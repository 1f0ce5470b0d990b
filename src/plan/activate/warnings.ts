import { shellStart } from '../../edit/compose/shell.js';
import { decodeUtf8 } from '../../edit/splice.js';
import { blankSecrets } from '../../secrets.js';
import type { TargetFacts } from '../../target/facts.js';
import type { TargetSpec } from '../../target/spec.js';
import type { ActivationPlan, Warning } from '../plan.js';

/** What to know of the services before they are touched. */
export function activationWarnings(
  plans: readonly ActivationPlan[],
  facts: TargetFacts,
  spec: TargetSpec,
): readonly Warning[] {
  const compose = plans.some(({ kind, services }) => kind === 'compose' && services.length > 0);
  const steps = plans.flatMap((plan) => plan.steps.map((step) => ({ ...step, kind: plan.kind })));
  const kept = steps.filter(({ how, kind }) => kind === 'compose' && (how === 'scale' || how === 'resize'));
  return [
    ...pausedWarnings(facts),
    ...(compose ? shellWarnings(facts, spec) : []),
    ...kept.map(({ service }) => keptWarning(service)),
  ];
}

function pausedWarnings({ services }: TargetFacts): readonly Warning[] {
  const paused = [...services.values()].filter(({ state }) => state === 'paused');
  return paused.map(({ name, container }) => ({
    code: 'service-paused',
    message: `${name} is paused: it answers nobody, and \`apply\` refuses a change that it is to take`,
    fix: `Let it go on with \`docker unpause ${container?.id.slice(0, 12) ?? name}\`, then plan again.`,
  }));
}

function shellWarnings({ services, files }: TargetFacts, spec: TargetSpec): readonly Warning[] {
  const backend = services.get('backend');
  const file = files.get('compose');
  if (backend?.container == null || backend.program?.shell !== true) return [];
  const text = file?.content == null ? null : decodeUtf8(file.content);
  const start = text?.ok
    ? shellStart(text.value, spec.services.backend === null ? {} : { backend: spec.services.backend })
    : null;
  return [
    {
      code: 'shell-swallows-sigterm',
      message: `A shell stands above uvicorn in ${backend.name} and keeps SIGTERM to itself: each \`docker stop\` waits for 10 s and then kills (action-tune asks uvicorn itself)`,
      ...(start === null || file === undefined ? {} : { file: file.path, line: start.at.line }),
      fix: start === null ? 'Start uvicorn with `exec`.' : `Write: ${blankSecrets(start.instead)}`,
    },
  ];
}

function keptWarning(service: string): Warning {
  return {
    code: 'container-keeps-command',
    message: `The processes of ${service} change while it runs; its container is made with the new command by its next \`up -d\` alone`,
    fix: 'Nothing has to be done: the next `up -d` of the service makes both agree. Until then a plain restart of the container brings the old number back.',
  };
}
