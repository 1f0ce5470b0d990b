import type { ServiceRole } from '../settings.js';
import type { Deployment } from './sizing.js';

/** How many containers of a service there are on one instance, each with all of its processes. */
export function containersOf({ containers }: Pick<Deployment, 'containers'>, role: ServiceRole): number {
  return containers?.[role] ?? 1;
}
