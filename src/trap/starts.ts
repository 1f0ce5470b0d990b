import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { answer } from '../edit/command/refused.js';
import { composeDocument } from '../edit/compose/document.js';
import { fieldOf, keysOf } from '../edit/compose/fields.js';
import { type ServiceStart, serviceStart } from '../edit/compose/programs.js';
import { positionAt } from '../edit/splice.js';
import { programsBehind, type StartedProgram } from '../edit/start/programs.js';
import { serviceOf } from '../edit/systemd/service.js';
import { ALONE, type Surroundings } from '../edit/types.js';
import type { ServiceRole } from '../settings.js';
import type { SourceText, Start, Started } from './trap.js';

/** How a compose file starts the services of these names. A file that an editor would not read starts nothing that we know of. */
export function composeStarts(
  file: SourceText,
  names: Readonly<Partial<Record<ServiceRole, string>>>,
  around: Surroundings = { ...ALONE, path: file.path },
): readonly Start[] {
  const known = read(file);
  if (known === null) return [];
  return (Object.entries(names) as [ServiceRole, string][]).flatMap(([service, name]) => {
    const inFile = answer(file.text, () => serviceIn(known, name));
    const found = inFile.ok ? inFile.value : null;
    if (found === null || found.command === null) return [];
    const exact = answer(file.text, () => serviceStart(file.text, known.document, name, around));
    return [{ service, path: file.path, ...found, ...startedIn(file, found, exact.ok ? exact.value : null) }];
  });
}

/** What is started besides what stands in the command itself, as far as that can be followed. */
function startedIn(
  file: SourceText,
  { command, environment }: { readonly command: string | null; readonly environment: readonly string[] },
  exact: ServiceStart | null,
): Pick<Start, 'command' | 'programs' | 'environment'> {
  const programs = (exact?.programs ?? []).map((program) => placed(file, program));
  const inScripts = programs.filter(({ path }) => path !== file.path).map(({ text }) => text);
  return {
    command: [command ?? '', ...inScripts].join('\n'),
    programs,
    environment: [...new Set([...environment, ...(exact?.variables ?? [])])],
  };
}

function placed(own: SourceText, { name, text, file, at, belowShell }: StartedProgram): Started {
  const { path, text: whole } = file ?? own;
  return { name, text, path, line: positionAt(whole, at).line, belowShell };
}

/** How a unit starts its service, or its drop-in where that says it. */
export function unitStart(
  service: ServiceRole,
  file: SourceText,
  around: Surroundings = { ...ALONE, path: file.path },
): readonly Start[] {
  const unit = answer(file.text, () => serviceOf(file.text, around));
  if (!unit.ok) return [];
  const { path, text, start, ground, environment } = unit.value;
  const behind = answer(text, () => programsBehind(start, ground));
  const own = start.words.map((word) => word.text).join(' ');
  const found = { programs: behind.ok ? behind.value : [], variables: [...environment.variables.keys()] };
  return [
    {
      service,
      path,
      line: positionAt(text, start.words[0]?.start ?? 0).line,
      replicas: 1,
      ...startedIn({ path, text }, { command: own, environment: [] }, found),
    },
  ];
}

/** What a Redis of a compose file is told to take, and where. */
interface WrittenLimit {
  readonly maxClients: number;
  readonly path: string;
  readonly line: number;
}

/** What a Redis of the compose file is told to take at the most; the least where there are several. */
export function composeMaxClients(file: SourceText): WrittenLimit | null {
  const known = read(file);
  const services = known?.document.get('services');
  if (known === null || !isMap(services)) return null;
  const limits = services.items.flatMap(({ value }): readonly WrittenLimit[] => {
    const command = isMap(value) ? value.get('command', true) : null;
    const text = wordsOf(command) ?? '';
    const limit = /\bredis-server\b/.test(text) ? /--maxclients[= ]["']?(\d+)/.exec(text)?.[1] : undefined;
    return limit === undefined ? [] : [{ maxClients: Number(limit), path: file.path, line: known.lineAt(command) }];
  });
  return limits.toSorted((one, other) => one.maxClients - other.maxClients)[0] ?? null;
}

interface Read {
  readonly document: Document.Parsed;
  lineAt(node: unknown): number;
}

/** Within the bounds of the editors: what multiplies or nests without end is not read. */
function read({ text }: SourceText): Read | null {
  const document = answer(text, () => composeDocument(text));
  if (!document.ok) return null;
  const lineAt = (node: unknown): number => {
    const offset = isScalar(node) || isSeq(node) || isMap(node) ? (node.range?.[0] ?? 0) : 0;
    return positionAt(text, offset).line;
  };
  return { document: document.value, lineAt };
}

/** What a service says of its start, also by aliases and merge keys. @throws {Refused} where these lead in circles */
function serviceIn({ document, lineAt }: Read, name: string) {
  const services = document.get('services');
  const service = isMap(services) ? fieldOf(document, services, name)?.node : undefined;
  if (!isMap(service)) return null;
  const command = fieldOf(document, service, 'command')?.node;
  const deploy = fieldOf(document, service, 'deploy')?.node;
  const scale = [
    isMap(deploy) ? fieldOf(document, deploy, 'replicas') : undefined,
    fieldOf(document, service, 'scale'),
  ];
  const replicas = Number(scale.map((field) => field?.node).find(isScalar)?.value ?? 1);
  return {
    command: wordsOf(command),
    line: lineAt(command),
    environment: namesOf(document, fieldOf(document, service, 'environment')?.node),
    replicas: Number.isInteger(replicas) ? replicas : 1,
  };
}

function wordsOf(command: unknown): string | null {
  if (isScalar(command)) return String(command.value);
  if (!isSeq(command)) return null;
  return command.items.map((word) => (isScalar(word) ? String(word.value) : '')).join(' ');
}

function namesOf(document: Document.Parsed, environment: Node | undefined): readonly string[] {
  if (isMap(environment)) return keysOf(document, environment);
  if (!isSeq(environment)) return [];
  return environment.items.map((item) => (isScalar(item) ? (String(item.value).split('=')[0] ?? '') : ''));
}
