import type { ServiceRole, SettingKey } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import type { ServiceFacts } from '../target/services.js';
import { isOf, siblingLabel } from './expectations.js';

/** Who has settings: one of the two services, or another one of the same code, which has its name in `sibling`. */
export interface Owner {
  readonly role: ServiceRole;
  readonly sibling?: string;
}

export type OwnerFacts = ServiceFacts & Owner;

/** The two services, and those of the same code that are there: what does not run has nothing old in it. */
export function ownersIn({ services, siblings }: Pick<TargetFacts, 'services' | 'siblings'>): readonly OwnerFacts[] {
  const others = siblings.flatMap(({ name, service }): readonly OwnerFacts[] =>
    service === null || service.state === 'absent' || service.state === 'stopped'
      ? []
      : [{ ...service, sibling: name }],
  );
  return [...services.values(), ...others];
}

/** By what its checks are told apart. */
export function labelOf({ role, sibling }: Owner): string {
  return sibling === undefined ? role : siblingLabel(sibling);
}

/** How many processes another service has is its own affair; the pools are those of all. */
export function owns({ role, sibling }: Owner, key: SettingKey): boolean {
  return sibling === undefined ? isOf(role, key) : /^(db|redis)\./.test(key);
}
