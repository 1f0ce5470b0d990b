import { textOf } from '../command/chars.js';
import { neighbourText } from '../command/neighbour.js';
import { assignmentsIn } from '../environment/envfile.js';
import { entriesOf, envFilesOf } from './environment.js';
import type { Layer } from './layer.js';

/** Every variable that the files give a service, as it is written there. May hold secrets: it is never to be shown. */
export function variablesGiven(layers: readonly Layer[]): ReadonlyMap<string, string> {
  return new Map([...layers.flatMap(inFiles), ...layers.flatMap(inEntries)]);
}

function inFiles({ document, map, around }: Layer): readonly (readonly [string, string])[] {
  const texts = envFilesOf(document, map, around).map((path) => neighbourText(around, path) ?? '');
  return texts.flatMap((text) => assignmentsIn(text).map(({ name, value }) => [name, value] as const));
}

function inEntries({ text, document, map }: Layer): readonly (readonly [string, string])[] {
  const entries = entriesOf(text, document, map, () => true);
  return entries.flatMap(({ name, value }) => (value === null ? [] : [[name, textOf(value)] as const]));
}
