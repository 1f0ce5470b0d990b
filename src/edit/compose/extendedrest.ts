import { attempted } from '../command/refused.js';
import type { Surroundings } from '../types.js';
import type { Chosen } from './choose.js';
import { composeDocument, treeOf } from './document.js';
import { keysOf } from './fields.js';
import type { Layer } from './layer.js';
import { allLayers, basesTold } from './layers.js';
import { type ComposeFile, isRecord, restOf } from './rest.js';
import { servicesOf } from './services.js';

/**
 * What the services of a stack take over by `extends` from files that are not of the stack, each as plain data, without what
 * of the chosen services may change. A command that a service replaces by its own counts for nothing.
 */
export function extendedRest({ text, document, around }: ComposeFile, chosen: readonly Chosen[]): readonly unknown[] {
  const here = servicesOf(text, document, around).flatMap((service) => {
    const layers = attempted(() => service.layers());
    return layers === undefined ? [] : [[service.name, layers] as const];
  });
  return [...new Map([...allLayers(around, basesTold), ...here])].flatMap(([name, layers]) => {
    const own = chosen.filter(({ service }) => service.name === name);
    const last = layers.findLastIndex(({ document, map }) => keysOf(document, map).includes('command'));
    return layers.flatMap((layer, index) => (isElsewhere(layer, around) ? [saidBy(layer, own, index >= last)] : []));
  });
}

function isElsewhere(layer: Layer, around: Surroundings): boolean {
  return layer.base !== undefined && layer.around.path !== around.path && !around.compose.includes(layer.around.path);
}

function saidBy({ text, base = '' }: Layer, own: readonly Chosen[], runs: boolean): unknown {
  const renamed = own.map(({ service, site }) => ({ service: { ...service, name: base }, site }));
  const tree = restOf(treeOf(composeDocument(text)), renamed);
  const said = isRecord(tree) && isRecord(tree.services) ? tree.services[base] : undefined;
  return isRecord(said) && !runs ? { ...said, command: null } : said;
}
