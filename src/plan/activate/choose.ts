import type { Runtime } from '../../settings.js';
import { type Activation, NO_CALLS, planOf } from './activation.js';
import { composeActivation } from './compose.js';
import { customActivation } from './custom.js';
import type { ActivationInput } from './situation.js';
import { systemdActivation } from './systemd.js';

/** What makes the running services take a release, chosen from what is known of them. */
export function activationOf(runtime: Runtime, input: ActivationInput): Activation {
  if (runtime === 'custom') return customActivation(input);
  if (runtime === 'systemd') return systemdActivation(input);
  if (runtime === 'compose') return composeActivation(input);
  return { ...NO_CALLS, plan: planOf('none', []) };
}
