import type { ServiceRole } from '../../settings.js';
import { servicesOf } from '../roles.js';
import { type Activation, NO_CALLS } from './activation.js';
import { step, until } from './calls.js';
import type { ActivationInput } from './situation.js';

const CHECK_SECONDS = 30;

/** The user's own commands, as they are. */
export function customActivation({ spec, facts, stages }: ActivationInput): Activation {
  const services: readonly ServiceRole[] = [...new Set(stages.flatMap(servicesOf))];
  const own = services.flatMap((service) => {
    const commands = spec.custom?.[service];
    return commands ? [{ service, ...commands }] : [];
  });
  const restart = own.map(({ service, restart }) => step(`restart ${service}`, 'sh', '-c', restart));
  const checks = own.flatMap(({ service, check }) =>
    check === null ? [] : [until(CHECK_SECONDS, `check ${service}`, 'sh', '-c', check)],
  );
  const root = facts.root ?? '/';
  const left = own.flatMap(({ service, check }) =>
    check === null ? [] : [{ verb: 'at_left_check', args: [service, root, 'sh', '-c', check] }],
  );
  return {
    ...NO_CALLS,
    plan: {
      kind: 'custom',
      services: own.map(({ service }) => service),
      expectedGapMs: own.length === 0 ? 0 : null,
      steps: own.map(({ service }) => ({
        service,
        how: 'command',
        expectedGapMs: null,
        because: 'action-tune.yaml holds its command',
      })),
    },
    watch: { verb: 'at_time', args: [] },
    forward: restart,
    back: restart,
    checks,
    checksBack: checks,
    left,
  };
}
