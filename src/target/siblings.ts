import { type CodeService, codeServices, copiesOfTwo } from '../edit/compose/codeservices.js';
import { decodeUtf8 } from '../edit/splice.js';
import { unitEditor } from '../edit/systemd/unit.js';
import type { Surroundings } from '../edit/types.js';
import type { Known, Runtime, ServiceRole } from '../settings.js';
import type { TargetFacts } from './facts.js';
import { composeFiles, knownFile } from './files.js';
import { chooseRuntime } from './runtime.js';
import type { Beside, ServiceFacts, Sibling } from './services.js';
import { type TargetSpec, USUAL_SERVICES } from './spec.js';

/**
 * How many containers of each of the two there are: as many as the files ask for, or as run now, whichever are more. A unit
 * is there once.
 */
export function containersOf(
  facts: TargetFacts,
  spec: TargetSpec,
  runtime: Runtime,
): Readonly<Record<ServiceRole, number>> {
  if (runtime === 'systemd') return { backend: 1, celery: 1 };
  const asked = copiesOfTwo(aroundOf(facts), { named: spec.services, usual: USUAL_SERVICES });
  const most = (role: ServiceRole) => Math.max(1, asked[role], facts.services.get(role)?.container?.replicas ?? 0);
  return { backend: most('backend'), celery: most('celery') };
}

/** How many, and of what kind. */
type Count = Pick<Sibling, 'workers' | 'pool'>;

/** Every service beside the two that runs their code, by what was asked anyway: its start, and its processes where they run. */
export function siblingsOf(facts: TargetFacts, spec: TargetSpec): readonly Sibling[] {
  const { runtime } = chooseRuntime(spec, facts);
  return runtime === 'systemd' ? unitSiblings(facts) : composeSiblings(facts, spec);
}

/** The target names only units that work in the folder of the two. */
function unitSiblings(facts: TargetFacts): readonly Sibling[] {
  return facts.beside.map(({ kind, key, service }) => {
    const file = facts.files.get(key);
    const text = textOf(facts, file?.path ?? '') ?? '';
    const start = text.split('\n').findLastIndex((line) => /^\s*ExecStart\s*=\s*\S/.test(line));
    return {
      kind,
      name: service.name,
      ref: service.ref,
      service,
      file: file?.path ?? service.unit?.fragment ?? service.name,
      line: Math.max(0, start) + 1,
      because: 'it works in the same folder',
      ...counted({ kind, service, ...unitSettings(kind, text, file?.path ?? '', facts) }),
      replicas: 1,
      built: false,
    };
  });
}

interface Said {
  readonly workers: Known;
  readonly pool: Known;
}

function unitSettings(kind: Sibling['kind'], text: string, path: string, facts: TargetFacts): Said {
  const editor = unitEditor(kind === 'web' ? 'backend' : 'celery');
  const reading = editor.read(text, { ...aroundOf(facts), path });
  const values = reading.ok ? reading.value.values : {};
  const unresolved = { unresolved: 'the unit can not be read' };
  const workers = kind === 'web' ? values['web.workers'] : values['celery.concurrency'];
  return { workers: reading.ok ? (workers ?? null) : unresolved, pool: values['celery.pool'] ?? null };
}

function composeSiblings(facts: TargetFacts, spec: TargetSpec): readonly Sibling[] {
  const module = facts.files.get('database')?.path;
  if (module === undefined) return [];
  const found = codeServices(aroundOf(facts), { named: spec.services, usual: USUAL_SERVICES }, module);
  return found.flatMap((each) => {
    const beside = facts.beside.find(({ service }) => service.ref[0] === 'compose' && service.name === each.name);
    const service = beside?.service ?? null;
    // What has a profile, or is made by hand, is only there where it runs.
    if (each.onDemand && service?.state !== 'running') return [];
    return [composeSibling(each, service)];
  });
}

function composeSibling(found: CodeService, service: ServiceFacts | null): Sibling {
  const { kind, name, file, line, because, replicas, built } = found;
  return {
    kind,
    name,
    ref: service?.ref ?? ['compose', name, '-'],
    service,
    file,
    line,
    because,
    ...counted({ ...found, service }),
    replicas: Math.max(replicas, service?.container?.replicas ?? 0),
    built,
  };
}

/** By the file or by the processes, whichever are more: a restart makes it what the file says. */
function counted({ kind, workers, pool, service }: Said & Pick<Beside, 'kind'> & Pick<Sibling, 'service'>): Count {
  const program = service?.program ?? null;
  const said = typeof workers === 'number' ? workers : kind === 'web' && workers === null ? 1 : null;
  const seen = [said, program?.workers ?? null].filter((each) => each !== null);
  return {
    workers: kind === 'beat' ? 1 : seen.length === 0 ? null : Math.max(...seen),
    pool: typeof pool === 'string' ? pool : (program?.pool ?? null),
  };
}

/** The files as they are, for whoever follows a start to its variables. */
export function aroundOf(facts: TargetFacts): Surroundings {
  return {
    path: '',
    root: facts.root ?? '/',
    compose: composeFiles(facts).flatMap(({ kind, path }) => (kind === 'file' ? [path] : [])),
    units: [],
    textOf: (path) => textOf(facts, path),
  };
}

function textOf(facts: TargetFacts, path: string): string | null {
  const content = knownFile(facts, path)?.content ?? null;
  const text = content === null ? null : decodeUtf8(content);
  return text?.ok === true ? text.value : null;
}
