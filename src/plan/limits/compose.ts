import { isMap, parseDocument } from 'yaml';
import { cpusInList, fewest } from '../../target/cpulist.js';
import type { Written } from './written.js';
import { field } from './written.js';

const MULTIPLES = 'bkmgt';

/** The limits that a compose file gives a service. What both ways of writing it say counts as the less; a variable is not followed. */
export function composeLimits(text: string, name: string): Written {
  const service = serviceIn(text, name);
  const limits = field(field(field(service, 'deploy'), 'resources'), 'limits');
  return {
    cpus: fewest(
      coresOf(field(limits, 'cpus')),
      coresOf(field(service, 'cpus')),
      cpusInList(String(field(service, 'cpuset') ?? '')),
    ),
    memoryBytes: fewest(bytesOf(field(limits, 'memory')), bytesOf(field(service, 'mem_limit'))),
  };
}

function serviceIn(text: string, name: string): unknown {
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  return field(field(document.toJS({ maxAliasCount: 100 }), 'services'), name);
}

function coresOf(value: unknown): number | null {
  return /^\d*\.?\d+$/.test(String(value)) && Number(value) > 0 ? Number(value) : null;
}

/** `512m`, `1.5gb`, or bytes: all multiples are powers of 1024. */
function bytesOf(value: unknown): number | null {
  const [, amount, multiple] = /^(\d*\.?\d+)\s*([bkmgt]?)b?$/i.exec(String(value)) ?? [];
  if (amount === undefined) return null;
  const bytes = Math.floor(Number(amount) * 1024 ** Math.max(0, MULTIPLES.indexOf((multiple || 'b').toLowerCase())));
  return bytes > 0 ? bytes : null;
}
