import type { Found, ServiceRole, SettingKey } from '../../settings.js';
import type { TargetFacts } from '../../target/facts.js';
import type { ServiceFacts } from '../../target/services.js';
import type { ActivationPlan, Warning } from '../plan.js';
import { composeCommand } from './compose.js';
import { startGap } from './gap.js';

const COUNTS = {
  backend: { key: 'web.workers', what: 'workers' },
  celery: { key: 'celery.concurrency', what: 'children' },
} as const satisfies Record<ServiceRole, { readonly key: SettingKey; readonly what: string }>;

interface Scaled {
  readonly activation: ActivationPlan;
  /** As a plan or the journal has them. */
  readonly changes: readonly { readonly setting: string; readonly to: unknown }[];
}

/** Containers whose processes a stage changes while they run: they keep the command that they were made with. */
export function keptByStage({ activation, changes }: Scaled, facts: TargetFacts): readonly Warning[] {
  if (activation.kind !== 'compose') return [];
  const scaled = activation.steps.filter(({ how }) => how === 'scale' || how === 'resize');
  return scaled.flatMap(({ service: name }) => {
    const service = [...facts.services.values()].find((each) => each.name === name);
    if (service === undefined) return [];
    const wanted = changes.find(({ setting }) => setting === COUNTS[service.role].key)?.to;
    return keptBy(service, typeof wanted === 'number' ? wanted : null, facts);
  });
}

/** Containers that run what the files say, and would start something else. */
export function keptNow(facts: TargetFacts, files: Found): readonly Warning[] {
  return [...facts.services.values()].flatMap((service) => {
    const said = files[COUNTS[service.role].key];
    const runs = service.container?.startsWith != null && service.program?.workers === said;
    return runs && typeof said === 'number' ? keptBy(service, said, facts) : [];
  });
}

function keptBy(service: ServiceFacts, wanted: number | null, facts: TargetFacts): readonly Warning[] {
  const { name, role, container } = service;
  const count = container?.startsWith ?? null;
  if (count !== null && count === wanted) return [];
  const back = count === null ? 'the old number of processes' : `${count} ${COUNTS[role].what}`;
  const instead = wanted === null || count === null ? '' : `, not ${wanted}`;
  const command = [...composeCommand(service, facts), 'up', '-d', '--no-deps', name].join(' ');
  return [
    {
      code: 'container-keeps-command',
      message: `The container of ${name} keeps its command until it is made anew: a plain restart of it starts ${back} again${instead}`,
      fix: `Nothing has to be done at once: its next \`up -d\` makes both agree. To have that now: \`${command}\`, ${costOf(service, wanted, facts)}.`,
    },
  ];
}

function costOf(service: ServiceFacts, wanted: number | null, { cpus }: TargetFacts): string {
  if (service.role === 'celery') return 'which ends its running tasks as a stop does';
  const workers = wanted ?? service.program?.workers ?? 1;
  const gap = startGap(service, { how: 'recreate', workers, cpus });
  return `which refuses requests for ${gap === null ? 'as long as it takes to start' : `about ${gap} ms`}`;
}
