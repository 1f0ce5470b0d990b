import { isMap, isScalar, type Node } from 'yaml';
import { behind } from './environment.js';
import { fieldOf } from './fields.js';
import type { Layer } from './layer.js';
import { scalarChars } from './scalar.js';

/** Copies that the files ask for; one where they do not say, or say it in a way that only compose knows. */
export function replicasOf(layers: readonly Layer[]): number {
  return layers.flatMap(saidIn).at(-1) ?? 1;
}

/** `scale` and `deploy.replicas` are the same; compose takes no service in which they differ. */
function saidIn(layer: Layer): readonly number[] {
  const { document, map } = layer;
  const deploy = fieldOf(document, map, 'deploy')?.node;
  const written = isMap(deploy) ? fieldOf(document, deploy, 'replicas')?.node : undefined;
  return [fieldOf(document, map, 'scale')?.node, written].flatMap((node) => countOf(node, layer));
}

/** A number, or a variable with one: from the `.env` beside the file, or its default. */
function countOf(node: Node | undefined, { text, around }: Layer): readonly number[] {
  if (!isScalar(node)) return [];
  const known = typeof node.value === 'number' ? node.value : behind(text, scalarChars(text, node), around)?.known;
  return typeof known === 'number' && Number.isInteger(known) ? [known] : [];
}
