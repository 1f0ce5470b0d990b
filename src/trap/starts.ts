import { type Document, isMap, isScalar, isSeq } from 'yaml';
import { answer } from '../edit/command/refused.js';
import { composeDocument } from '../edit/compose/document.js';
import { positionAt } from '../edit/splice.js';
import type { ServiceRole } from '../settings.js';
import type { BrokerFacts, SourceText, Start } from './trap.js';

/** How a compose file starts the services of these names. A file that an editor would not read starts nothing that we know of. */
export function composeStarts(file: SourceText, names: Readonly<Record<ServiceRole, string>>): readonly Start[] {
  const known = read(file);
  if (known === null) return [];
  return (Object.entries(names) as [ServiceRole, string][]).flatMap(([service, name]) => {
    const found = serviceIn(known, name);
    if (found === null || found.command === null) return [];
    return [{ service, path: file.path, ...found, command: found.command }];
  });
}

/** What a Redis of the compose file is told to do when its memory is full. */
export function composeBroker(file: SourceText): BrokerFacts | null {
  const known = read(file);
  const services = known?.document.get('services');
  if (known === null || !isMap(services)) return null;
  for (const { value } of services.items) {
    const command = isMap(value) ? value.get('command', true) : null;
    const policy = /--maxmemory-policy[= ]+(\S+)/.exec(wordsOf(command) ?? '')?.[1];
    if (policy !== undefined)
      return { policy: policy.replace(/["']/g, ''), path: file.path, line: known.lineAt(command) };
  }
  return null;
}

/** What a Redis of the compose file is told to take at the most; the least where there are several. */
export function composeMaxClients(file: SourceText): number | null {
  const services = read(file)?.document.get('services');
  if (!isMap(services)) return null;
  const limits = services.items.flatMap(({ value }) => {
    const command = wordsOf(isMap(value) ? value.get('command', true) : null) ?? '';
    const limit = /\bredis-server\b/.test(command) ? /--maxclients[= ]["']?(\d+)/.exec(command)?.[1] : undefined;
    return limit === undefined ? [] : [Number(limit)];
  });
  return limits.length === 0 ? null : Math.min(...limits);
}

/** How a unit starts its service. */
export function unitStart(service: ServiceRole, file: SourceText): readonly Start[] {
  const lines = file.text.split('\n');
  const line = lines.findIndex((each) => /^\s*ExecStart\s*=\s*\S/.test(each));
  if (line === -1) return [];
  const rest = lines.slice(line).join('\n').replace(/\\\n/g, ' ').split('\n')[0] ?? '';
  const environment = lines
    .filter((each) => /^\s*Environment\s*=/.test(each))
    .flatMap((each) =>
      [...each.replace(/^[^=]*=/, '').matchAll(/(?:^|\s)["']?(\w+)=/g)].map((match) => match[1] ?? ''),
    );
  const command = rest.replace(/^\s*ExecStart\s*=\s*[-@:+!]*/, '');
  return [{ service, path: file.path, line: line + 1, command, environment, replicas: 1 }];
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

function serviceIn({ document, lineAt }: Read, name: string) {
  const service = document.getIn(['services', name]);
  if (!isMap(service)) return null;
  const command = service.get('command', true);
  const replicas = Number(service.getIn(['deploy', 'replicas']) ?? service.get('scale') ?? 1);
  return {
    command: wordsOf(command),
    line: lineAt(command),
    environment: namesOf(service.get('environment')),
    replicas: Number.isInteger(replicas) ? replicas : 1,
  };
}

function wordsOf(command: unknown): string | null {
  if (isScalar(command)) return String(command.value);
  if (!isSeq(command)) return null;
  return command.items.map((word) => (isScalar(word) ? String(word.value) : '')).join(' ');
}

function namesOf(environment: unknown): readonly string[] {
  if (isMap(environment)) return environment.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  if (!isSeq(environment)) return [];
  return environment.items.map((item) => (isScalar(item) ? (String(item.value).split('=')[0] ?? '') : ''));
}
