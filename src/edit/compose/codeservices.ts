import { isSeq, type Node } from 'yaml';
import type { Known, SettingKey } from '../../settings.js';
import { attempted, Refused } from '../command/refused.js';
import { CELERY, type Role, WEB } from '../command/role.js';
import { readSite } from '../command/site.js';
import { positionAt } from '../splice.js';
import { Budget } from '../start/budget.js';
import type { Surroundings } from '../types.js';
import { choiceOf } from './choose.js';
import { type Code, codeOf, inCommon } from './code.js';
import { composeDocument } from './document.js';
import { toldBy } from './extendedsite.js';
import { fieldOf } from './fields.js';
import { replicasOf } from './replicas.js';
import type { Service } from './service.js';
import { servicesOf } from './services.js';

/** A service of the stack that runs the code of the two, and is neither of them. */
export interface CodeService {
  readonly name: string;
  readonly kind: 'web' | 'celery' | 'beat';
  readonly file: string;
  readonly line: number;
  /** What it has in common with the two: one plain sentence without a final full stop. */
  readonly because: string;
  /** Web workers, or celery's concurrency; `null`: its start does not say. */
  readonly workers: Known;
  readonly pool: Known;
  readonly replicas: number;
  /** Its image is made here. */
  readonly built: boolean;
  /** It has a profile: a plain `up` does not start it. */
  readonly onDemand: boolean;
}

/** What the two services are called where the user says so, and where nobody does. */
export interface Primaries {
  readonly named: { readonly backend: string | null; readonly celery: string | null };
  readonly usual: { readonly backend: string; readonly celery: string };
}

interface Placed {
  readonly service: Service;
  readonly text: string;
  readonly path: string;
}

/** A service, and what it does. */
interface Started extends Placed {
  readonly kind: CodeService['kind'];
  readonly values: readonly { readonly setting: SettingKey; readonly value: Known }[];
}

/**
 * Every other service of a stack's files that starts uvicorn, a celery worker or celery beat from the code that the two
 * services run. `module`: a file of that code on the target. Files that can't be read say nothing.
 */
export function codeServices(around: Surroundings, primaries: Primaries, module: string): readonly CodeService[] {
  const services = attempted(() => servicesIn(around)) ?? [];
  const started = services.flatMap((placed) => attempted(() => startedBy(placed)) ?? []);
  const two = new Set([primaryOf('backend', started, primaries), primaryOf('celery', started, primaries)]);
  const own = services
    .filter(({ service }) => two.has(service.name))
    .flatMap((placed) => attempted(() => codeOf(placed.service, module)) ?? []);
  return started
    .filter(({ service }) => !two.has(service.name))
    .flatMap((each) => attempted(() => codeServiceOf(each, own, module)) ?? []);
}

/** How many copies of each of the two the files ask for. */
export function copiesOfTwo(
  around: Surroundings,
  primaries: Primaries,
): Readonly<Record<'backend' | 'celery', number>> {
  const services = attempted(() => servicesIn(around)) ?? [];
  const started = services.flatMap((placed) => attempted(() => startedBy(placed)) ?? []);
  const copies = (role: 'backend' | 'celery'): number => {
    const name = primaryOf(role, started, primaries);
    const service = services.find((placed) => placed.service.name === name)?.service;
    return service === undefined ? 1 : (attempted(() => replicasOf(service.layers())) ?? 1);
  };
  return { backend: copies('backend'), celery: copies('celery') };
}

/** Each where its command stands: in the last file that gives it one, else in the last that extends another. */
function servicesIn(around: Surroundings): readonly Placed[] {
  const found = new Map<string, Placed>();
  for (const path of around.compose) {
    const text = around.textOf(path);
    if (text === null) continue;
    for (const service of servicesOf(text, composeDocument(text), { ...around, path })) {
      const before = found.get(service.name)?.service;
      if (before === undefined || startsBy(service) >= startsBy(before))
        found.set(service.name, { service, text, path });
    }
  }
  return [...found.values()];
}

/** How much a file says of the start: a file that only adds a port, say, leaves it to those before. */
function startsBy({ command, extended }: Service): number {
  if (command !== undefined) return 2;
  return extended ? 1 : 0;
}

const BEAT = /\bcelery\b(?!.*\bworker\b).*\bbeat\b/s;

function startedBy(placed: Placed): Started | undefined {
  const { service, text } = placed;
  // What it extends may not be there.
  if (attempted(() => service.bases()) === undefined) return undefined;
  if (BEAT.test(toldBy(text, service))) return { ...placed, kind: 'beat', values: [] };
  return workFor(placed, WEB) ?? workFor(placed, CELERY);
}

/** A start that can't be edited is a start all the same. */
function workFor(placed: Placed, role: Role): Started | undefined {
  const choice = choiceOf(placed.text, placed.service, role, { code: undefined, budget: new Budget() });
  if (choice === undefined) return undefined;
  const kind = role === WEB ? 'web' : 'celery';
  if (!(choice instanceof Refused)) return { ...placed, kind, values: readSite(choice.site) };
  const value = { unresolved: choice.refusal.message };
  return { ...placed, kind, values: role.settings.map((setting) => ({ setting, value })) };
}

function primaryOf(role: 'backend' | 'celery', started: readonly Started[], { named, usual }: Primaries): string {
  const fitting = started.filter(({ kind }) => kind === (role === 'backend' ? 'web' : 'celery'));
  const known = fitting.some(({ service }) => service.name === usual[role]) ? usual[role] : fitting[0]?.service.name;
  return named[role] ?? known ?? usual[role];
}

function codeServiceOf(started: Started, own: readonly Code[], module: string): CodeService | undefined {
  const { service, text, path, kind, values } = started;
  const layers = service.layers();
  const because = inCommon(codeOf(service, module), own);
  const replicas = replicasOf(layers);
  if (because === null || replicas === 0) return undefined;
  const value = (key: SettingKey) => values.find(({ setting }) => setting === key)?.value ?? null;
  return {
    name: service.name,
    kind,
    file: path,
    line: positionAt(text, service.command?.at ?? service.at).line,
    because,
    workers: kind === 'web' ? value('web.workers') : value('celery.concurrency'),
    pool: value('celery.pool'),
    replicas,
    built: layers.some(({ document, map }) => fieldOf(document, map, 'build') !== undefined),
    onDemand: layers.some(({ document, map }) => hasItems(fieldOf(document, map, 'profiles')?.node)),
  };
}

function hasItems(node: Node | undefined): boolean {
  return isSeq(node) && node.items.length > 0;
}
