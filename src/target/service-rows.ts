import { SERVICE_ROLES, type ServiceRole } from '../settings.js';
import { cameUpMs } from './came-up.js';
import { cpusInList, fewest } from './cpulist.js';
import { programOf } from './program-rows.js';
import { bytesOf, type Row, textOf } from './rows.js';
import {
  type Beside,
  type ContainerFacts,
  NOT_RUNNING,
  type OtherContainer,
  type ServiceFacts,
  SIBLING_KINDS,
  type UnitFacts,
} from './services.js';
import { spanMs } from './span.js';

/** What the rows of `at_services` say, by role. `database` is the file whose folder tells where the code is. */
export function parseServices(rows: readonly Row[], database: string | null): ReadonlyMap<ServiceRole, ServiceFacts> {
  const found = SERVICE_ROLES.flatMap((role) => {
    const own = rows.filter((row) => row[1] === role);
    return serviceAmong(own, role, database);
  });
  return new Map(found.map((service) => [service.role, service]));
}

/** What the same rows say of services beside them. */
export function parseBeside(rows: readonly Row[], database: string | null): readonly Beside[] {
  return rows.flatMap(([row, key = '', written]) => {
    const kind = SIBLING_KINDS.find((known) => known === written);
    if (row !== 'beside' || kind === undefined) return [];
    const own = rows.filter((each) => each[1] === key);
    const role = kind === 'web' ? 'backend' : 'celery';
    return serviceAmong(own, role, database).map((service) => ({ kind, key, service }));
  });
}

function serviceAmong(own: readonly Row[], role: ServiceRole, database: string | null): readonly ServiceFacts[] {
  const row = own.find(([key]) => key === 'service');
  return row === undefined ? [] : [serviceOf(role, row, own, database)];
}

function serviceOf(role: ServiceRole, row: Row, own: readonly Row[], database: string | null): ServiceFacts {
  const [, , runtime, name, state, dir] = row;
  const program = programOf(own.filter(([key]) => key === 'program').map((each) => each.slice(2)));
  const why = own.find(([key]) => key === 'why')?.[2];
  return {
    role,
    name: textOf(name),
    ref: [runtime === 'compose' ? 'compose' : 'systemd', textOf(name), textOf(dir)],
    state: state as ServiceFacts['state'],
    unit: unitOf(own),
    container: containerOf(own, database),
    program,
    cameUpMs: cameUpMs(own),
    why: program === null ? (why === undefined ? notRunning(state) : textOf(why)) : null,
  };
}

function notRunning(state: string | undefined): string {
  return NOT_RUNNING[state as keyof typeof NOT_RUNNING] ?? NOT_RUNNING.stopped;
}

function unitOf(own: readonly Row[]): UnitFacts | null {
  const row = own.find(([key]) => key === 'unit');
  if (row === undefined) return null;
  const [, , shown, execFile] = row;
  const value = propertiesOf(shown);
  return {
    fragment: value('FragmentPath') || null,
    dropIns: words(value('DropInPaths')),
    execFile: textOf(execFile) || null,
    activeState: value('ActiveState'),
    mainPid: Number(value('MainPID')),
    restarts: Number(value('NRestarts')),
    needReload: value('NeedDaemonReload') === 'yes',
    killMode: value('KillMode'),
    restart: value('Restart'),
    stopTimeoutMs: spanMs(value('TimeoutStopUSec')),
    cpus: fewest(
      coresOf(value('CPUQuotaPerSecUSec')),
      cpusInList(value('CPUAffinity')),
      cpusInList(value('AllowedCPUs')),
    ),
    memoryBytes: /^\d+$/.test(value('MemoryMax')) ? Number(value('MemoryMax')) : null,
    socket: words(value('TriggeredBy')).find((unit) => unit.endsWith('.socket')) ?? null,
    socketNeedsReload: value('SocketNeedDaemonReload') === 'yes',
    socketListens: streamsOf(shown),
  };
}

/** There is a line for each: `Listen=[::]:8001 (Stream)`. */
function streamsOf(shown: string | undefined): readonly string[] {
  const lines = bytesOf(shown).toString('utf8').split('\n');
  return lines.flatMap((line) => /^SocketListen=(.+) \(Stream\)$/.exec(line)?.[1] ?? []);
}

/** By how many seconds of work a second may bring. */
function coresOf(perSecond: string): number | null {
  const ms = spanMs(perSecond);
  return ms === null || ms === 0 ? null : ms / 1000;
}

function containerOf(own: readonly Row[], database: string | null): ContainerFacts | null {
  const row = own.find(([key]) => key === 'container');
  if (row === undefined) return null;
  const value = propertiesOf(row[2]);
  const workingDir = value('working_dir');
  const mounts = own.filter(([key]) => key === 'mount').map((mount) => textOf(mount[2]));
  const timeout = value('stop_timeout');
  return {
    id: value('id'),
    project: value('project'),
    workingDir,
    configFiles: value('config_files').split(',').filter(Boolean),
    code: mounts.some((mount) => database?.startsWith(`${mount}/`) || database === mount) ? 'mounted' : 'baked',
    mounts,
    restartPolicy: value('restart') || 'no',
    stopTimeoutMs: /^\d+$/.test(timeout) ? Number(timeout) * 1000 : null,
    restarts: Number(value('restarts')),
    replicas: Number(value('replicas')),
    others: othersOf(own),
    startsWith: /^\d+$/.test(value('starts_with')) ? Number(value('starts_with')) : null,
  };
}

function othersOf(own: readonly Row[]): readonly OtherContainer[] {
  const rows = own.filter(([key]) => key === 'other').map((row) => row.slice(2));
  return [...new Set(rows.map(([id = '']) => id))].map((id) => {
    const said = rows.filter((row) => row[0] === id).map((row) => row.slice(1));
    const program = programOf(said.filter(([key]) => key === 'program').map((row) => row.slice(1)));
    const why = said.find(([key]) => key === 'why')?.[1];
    return { id, program, why: program === null ? textOf(why) : null };
  });
}

/** Lines of `KEY=VALUE`. */
function propertiesOf(field: string | undefined): (key: string) => string {
  const lines = bytesOf(field).toString('utf8').split('\n');
  return (key) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
}

function words(text: string): readonly string[] {
  return text.split(' ').filter(Boolean);
}
