import { decodeUtf8 } from '../../edit/splice.js';
import { SERVICE_ROLES, type ServiceRole } from '../../settings.js';
import { fewest } from '../../target/cpulist.js';
import type { ServiceLimits, TargetFacts, TargetFile } from '../../target/facts.js';
import { aroundOf } from '../../target/siblings.js';
import { USUAL_SERVICES } from '../../target/spec.js';
import type { PlanInput } from '../input.js';
import { unitOf } from '../roles.js';
import { composeLimits } from './compose.js';
import { unitLimits } from './unit.js';
import { NONE, type Written } from './written.js';

/** Who says it: the running processes' group, the processors that they are bound to, or the file that starts them next. */
type LimitedBy = 'cgroup' | 'affinity' | 'file' | null;

/** What bounds a service, and by whom. Null: nothing does, or it is not to be seen. */
export interface Bounds extends Written {
  readonly cpusBy: LimitedBy;
  readonly memoryBy: 'cgroup' | 'file' | null;
  readonly openFiles: number | null;
}

type Input = Pick<PlanInput, 'spec' | 'facts' | 'runtime'>;

/**
 * The tighter of what a service runs with and what its file says: that is what it has after the next start, and until then.
 * Empty for services of which neither is known.
 */
export function boundsOf(input: Input): ReadonlyMap<ServiceRole, Bounds> {
  return new Map(
    SERVICE_ROLES.flatMap((role) => {
      const running = input.facts.surroundings.limits.get(role);
      const written = writtenFor(role, input);
      if (running === undefined && written.cpus === null && written.memoryBytes === null) return [];
      const [cpus, cpusBy] = coresFor(running, written.cpus, input.facts);
      const [memoryBytes, memoryBy] = tighter(running?.memoryBytes ?? null, written.memoryBytes);
      return [[role, { cpus, cpusBy, memoryBytes, memoryBy, openFiles: running?.openFiles ?? null }] as const];
    }),
  );
}

/** A quota is of time, and an affinity names processors: a service has no more of either. */
function coresFor(
  running: ServiceLimits | undefined,
  written: number | null,
  { hostCpus, cpus: usable }: TargetFacts,
): readonly [number | null, LimitedBy] {
  const quota = running?.cpus ?? null;
  // Where nothing binds it, the kernel may list processors that are not there.
  const listed = running?.affinityCpus ?? null;
  const bound = listed !== null && listed < (hostCpus ?? usable ?? listed) ? listed : null;
  const [cpus, by] = tighter(fewest(quota, bound), written);
  return [cpus, by === 'cgroup' && cpus !== quota ? 'affinity' : by];
}

function tighter(running: number | null, written: number | null): readonly [number | null, 'cgroup' | 'file' | null] {
  if (written === null) return [running, running === null ? null : 'cgroup'];
  return running === null || written < running ? [written, 'file'] : [running, 'cgroup'];
}

function writtenFor(role: ServiceRole, { spec, facts, runtime }: Input): Written {
  if (runtime.runtime !== 'systemd') {
    const name = spec.services[role] ?? USUAL_SERVICES[role];
    return composeLimits(aroundOf(facts), name);
  }
  // systemd has read the drop-ins, too.
  const unit = facts.services.get(role)?.unit ?? null;
  if (unit !== null && !unit.needReload) return { cpus: unit.cpus, memoryBytes: unit.memoryBytes };
  const file = facts.files.get(unitOf(role));
  return file === undefined ? NONE : unitLimits(textOf(file), facts.memoryBytes);
}

function textOf({ content }: TargetFile): string {
  const text = content === null ? null : decodeUtf8(content);
  return text?.ok === true ? text.value : '';
}
