import { type Document, isMap, type Node, type YAMLMap } from 'yaml';
import { neighbourText } from '../command/neighbour.js';
import { inside, refuse } from '../command/refused.js';
import { below } from './below.js';
import { extendedName, type Field, fieldOf } from './fields.js';
import { type Layer, mapsIn, projectFolder } from './layer.js';

/** More than anybody follows by eye. */
const DEEPEST = 10;

/**
 * What a service extends, in the order in which it comes to force: the nearest last. `home`: the editor's own file, in which
 * refusals need no path.
 * @throws {Refused} where it can't be told: a file or service that is not there, a circle, a name with a variable
 */
export function basesOf(own: Layer, name: string, home: string): readonly Layer[] {
  const found: Layer[] = [];
  const met = new Set([`${own.around.path}\0${name}`]);
  for (let layer = own; ; ) {
    const { around, text } = layer;
    const next = around.path === home ? baseOf(layer, met) : inside(around.path, text, () => baseOf(layer, met));
    if (next === undefined) return found.toReversed();
    found.push(next);
    layer = next;
  }
}

function baseOf(layer: Layer, met: Set<string>): Layer | undefined {
  const field = fieldOf(layer.document, layer.map, 'extends');
  if (field === undefined) return undefined;
  const { service, file } = extendedName(layer.document, layer.map) ?? {};
  if (service === undefined) refuseExtends(field, 'extends', 'It does not say which service is extended');
  if (`${service}${file ?? ''}`.includes('$'))
    refuseExtends(field, file ?? service, 'Which service is extended is only known where compose runs');
  const path = file === undefined ? layer.around.path : below(projectFolder(layer.around), file);
  const key = `${path}\0${service}`;
  if (met.has(key)) refuseExtends(field, service, `Service ${service} extends itself`);
  if (met.size > DEEPEST) refuseExtends(field, service, `More than ${DEEPEST} services extend each other`);
  met.add(key);
  const found = path === layer.around.path ? besides(layer, service) : inOther(layer, { path, service, field });
  if (found === undefined) refuseExtends(field, service, `There is no service ${service} to extend in ${path}`);
  return { ...found, base: service };
}

/** A service of the same file. */
function besides(layer: Layer, service: string): Layer | undefined {
  const map = serviceMap(layer.document, service);
  return map === undefined ? undefined : { ...layer, map };
}

export function serviceMap(document: Document.Parsed, service: string): YAMLMap | undefined {
  const root = document.contents as Node | null;
  const services = isMap(root) ? fieldOf(document, root, 'services')?.node : undefined;
  const node = isMap(services) ? fieldOf(document, services, service)?.node : undefined;
  return isMap(node) ? node : undefined;
}

interface Sought {
  readonly path: string;
  readonly service: string;
  readonly field: Field;
}

function inOther({ around }: Layer, { path, service, field }: Sought): Layer | undefined {
  if (neighbourText(around, path) === null)
    refuseExtends(field, path, `The service extends one of ${path}, which is not among the files here`);
  // Without a stack, the file that extends is the project's first.
  const compose = around.compose.length > 0 ? around.compose : [around.path];
  return mapsIn(path, { ...around, compose }).find(({ name }) => name === service)?.layer;
}

function refuseExtends({ at }: Field, found: string, message: string): never {
  refuse({
    kind: 'unsupported',
    message,
    at,
    found,
    fix: 'Make `extends` name a service of this file, or `file` and `service` of another one, that `docker compose config` accepts',
  });
}
