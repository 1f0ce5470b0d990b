import type { Document } from 'yaml';
import type { Surroundings } from '../types.js';
import type { Chosen } from './choose.js';

/** A compose file that was read, and what stands around it. */
export interface ComposeFile {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly around: Surroundings;
}

/** The tree without the commands of the chosen services, and without extension fields, which only serve as anchors. */
export function restOf(tree: unknown, chosen: readonly Chosen[]): unknown {
  if (!isRecord(tree) || !isRecord(tree.services)) return tree;
  const services = { ...tree.services };
  for (const { service, site } of chosen) {
    const one = services[service.name];
    const isElsewhere = site.file !== undefined || site.beside !== undefined;
    const open = {
      ...(site.variable === undefined ? { command: null } : {}),
      ...(site.variable !== undefined || isElsewhere ? { environment: null } : {}),
    };
    if (isRecord(one)) services[service.name] = { ...one, ...open };
  }
  const inherited = chosen.some(({ service, site }) => service.command?.inherited === true || site.file !== undefined);
  const kept = Object.entries(tree).filter(([key]) => !(inherited && key.startsWith('x-')));
  return { ...Object.fromEntries(kept), services };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
