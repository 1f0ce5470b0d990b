import type { Runtime } from '../settings.js';
import type { SiblingProcesses } from '../size/sizing.js';
import type { TargetFacts } from '../target/facts.js';
import type { Sibling } from '../target/services.js';

/** Where neither its file nor its processes say it, celery starts a child for each core, and a web server one worker. */
function countOf({ kind, workers }: Sibling, cores: number): number {
  return workers ?? (kind === 'celery' ? Math.max(1, Math.floor(cores)) : 1);
}

/** Where only the user's own commands restart services, or where its image is made elsewhere. */
function keepsPool({ service, built }: Sibling, runtime: Runtime): boolean {
  if (runtime === 'custom' || runtime === 'none') return true;
  return service?.container?.code === 'baked' && !built;
}

function migrationsOf(sibling: Sibling, migrates: (sibling: Sibling) => boolean) {
  return migrates(sibling) ? { migrations: sibling.replicas } : {};
}

/** What the services of the same code take part in, in all budgets. `migrates`: those that run migrations when they start. */
export function siblingProcesses(
  { siblings, cpus, hostCpus = null }: Pick<TargetFacts, 'siblings' | 'cpus'> & Partial<Pick<TargetFacts, 'hostCpus'>>,
  runtime: Runtime,
  migrates: (sibling: Sibling) => boolean = () => false,
): readonly SiblingProcesses[] {
  return siblings.map((sibling) => {
    const { kind, replicas, pool } = sibling;
    const about = { kind, name: sibling.name, kept: keepsPool(sibling, runtime), ...migrationsOf(sibling, migrates) };
    const count = countOf(sibling, hostCpus ?? cpus ?? 1);
    if (kind === 'beat') return { ...about, count: 1, parents: 0, workers: 0, tasks: 0 };
    if (kind === 'web') {
      return { ...about, count: count * replicas, parents: count > 1 ? replicas : 0, workers: 0, tasks: 0 };
    }
    const prefork = (pool ?? 'prefork') === 'prefork';
    const processes = prefork ? { count: count * replicas, parents: replicas } : { count: replicas, parents: 0 };
    return { ...about, ...processes, workers: replicas, tasks: count };
  });
}

const PROGRAMS = { web: 'a web server', celery: 'a celery worker', beat: 'celery beat' } as const;
const UNITS = { web: ['worker', 'workers'], celery: ['task at a time', 'tasks at a time'], beat: ['', ''] } as const;

/** What it is, in words: `a web server with 2 workers`. */
export function sayKind(sibling: Sibling, cpus: number | null): string {
  const { kind, workers, replicas } = sibling;
  const copies = replicas > 1 ? `, ${replicas} copies of it` : '';
  if (kind === 'beat') return `${PROGRAMS.beat}${copies}`;
  const count = countOf(sibling, cpus ?? 1);
  const [one, several] = UNITS[kind];
  const assumed = workers === null ? ' (assumed: its start does not say)' : '';
  return `${PROGRAMS[kind]} with ${count} ${count === 1 ? one : several}${assumed}${copies}`;
}
