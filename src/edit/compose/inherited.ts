import type { Document, YAMLMap } from 'yaml';
import type { Surroundings } from '../types.js';
import { serviceMap } from './bases.js';
import { below } from './below.js';
import { extendedName, type Field, fieldOf, keysOf } from './fields.js';
import { projectFolder } from './layer.js';

const DEEPEST = 10;

/**
 * What a service says, or what it takes over from one of the same file that it extends. A key without a value is said, too.
 * What another file says is not looked for here.
 */
export function inheritedField(
  document: Document.Parsed,
  own: YAMLMap,
  key: string,
  around: Surroundings,
): Field | undefined {
  let at: number | undefined;
  for (let map: YAMLMap | undefined = own, depth = 0; map !== undefined && depth < DEEPEST; depth += 1) {
    if (keysOf(document, map).includes(key)) {
      const field = fieldOf(document, map, key);
      return field === undefined || at === undefined ? field : { ...field, at, inherited: true };
    }
    const extended = extendedName(document, map);
    if (extended === undefined || !isHere(around, extended.file)) return undefined;
    at ??= extended.at;
    map = serviceMap(document, extended.service);
  }
  return undefined;
}

/** `extends` may name the very file that it stands in. */
function isHere(around: Surroundings, file: string | undefined): boolean {
  return file === undefined || below(projectFolder(around), file) === around.path;
}
