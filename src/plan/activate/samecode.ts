import { type Runtime, SERVICE_ROLES, type StageName } from '../../settings.js';
import type { TargetFacts } from '../../target/facts.js';
import type { Sibling } from '../../target/services.js';
import type { ActivationStep, StagePlan, Warning } from '../plan.js';
import { servicesOf } from '../roles.js';
import { sayKind } from '../siblings.js';
import { composeCommand } from './compose.js';

type Planned = Pick<StagePlan, 'name' | 'files' | 'activation'>;

interface Told {
  readonly message: string;
  readonly fix: string;
}

/** One for each other service of the same code: what it is, and what becomes of it. */
export function sameCodeWarnings(stages: readonly Planned[], facts: TargetFacts, runtime: Runtime): readonly Warning[] {
  const shared = stages.filter(({ name, files }) => isShared(name) && files.length > 0);
  return facts.siblings.map((sibling) => {
    const { name, because, file, line } = sibling;
    const about = `${name} runs the same code (${because}): ${sayKind(sibling, facts.hostCpus ?? facts.cpus)}, with pools of its own that the budgets count`;
    const { message, fix } = becomes(sibling, shared, facts, runtime);
    return { code: 'same-code', message: `${about}; ${message}`, file, line, fix };
  });
}

/** Whether a stage changes what every service of the code imports. */
function isShared(stage: StageName): boolean {
  return servicesOf(stage).length === SERVICE_ROLES.length;
}

function becomes(sibling: Sibling, shared: readonly Planned[], facts: TargetFacts, runtime: Runtime): Told {
  const steps = shared.flatMap(({ name: stage, activation }) => {
    const own = activation.steps.filter(({ service }) => service === sibling.name);
    return own.map((step) => ({ stage, ...step }));
  });
  const touched = steps.filter(({ how }) => how !== 'none');
  const only = 'where there is too little for all, give it fewer processes of its own';
  if (shared.length === 0) {
    return { message: 'no stage of this plan changes what it has', fix: `Nothing has to be done; ${only}.` };
  }
  if (touched.length > 0) {
    return {
      message: `it is taken along: ${touched.map(sayStep).join(', ')}`,
      fix: `Nothing has to be done; ${only}.`,
    };
  }
  if (isAsleep(sibling, runtime)) {
    return {
      message: 'it does not run, and takes the files when it is started',
      fix: `Nothing has to be done; ${only}.`,
    };
  }
  const names = shared.map(({ name }) => name).join(' and ');
  return {
    message: `nothing here restarts it, and it keeps the old values after ${names}`,
    fix: keepsFix(sibling, facts, runtime),
  };
}

function sayStep({ stage, how }: ActivationStep & { readonly stage: StageName }): string {
  return `${how} in ${stage}`;
}

/** Where nobody looked at the services, any of them may run. */
function isAsleep({ service }: Sibling, runtime: Runtime): boolean {
  if (runtime !== 'compose' && runtime !== 'systemd') return false;
  return service === null || service.state === 'stopped' || service.state === 'absent';
}

function keepsFix(sibling: Sibling, facts: TargetFacts, runtime: Runtime): string {
  const command = `\`${restartOf(sibling, facts)}\``;
  if (sibling.service?.container?.code === 'baked') return `Make its image anew, then start it from that: ${command}.`;
  const own =
    runtime === 'custom'
      ? 'Let the restart commands in action-tune.yaml restart it, too, or do it by'
      : 'Restart it by';
  return `${own} hand after each of these stages: ${command}.`;
}

function restartOf({ name, ref, service }: Sibling, facts: TargetFacts): string {
  if (ref[0] === 'systemd') return `systemctl restart ${name}`;
  const baked = service?.container?.code === 'baked';
  const does = baked ? ['up', '-d', '--no-deps', '--force-recreate'] : ['restart'];
  return [...composeCommand(service, facts), ...does, name].join(' ');
}
