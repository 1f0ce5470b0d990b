import { cpusInList, fewest } from '../../target/cpulist.js';
import type { Written } from './written.js';

const MULTIPLES = 'KMGT';

/** The limits that a unit's file gives its service: `CPUQuota=`, the processors that it is bound to, and `MemoryMax=` or its older name. The last one counts. */
export function unitLimits(text: string, machineBytes: number | null): Written {
  const quota = settingOf(text, 'CPUQuota');
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(quota)?.[1] ?? 0);
  return {
    cpus: fewest(
      percent > 0 ? percent / 100 : null,
      cpusInList(settingOf(text, 'CPUAffinity')),
      cpusInList(settingOf(text, 'AllowedCPUs')),
    ),
    memoryBytes: bytesOf(settingOf(text, 'MemoryMax') || settingOf(text, 'MemoryLimit'), machineBytes),
  };
}

function settingOf(text: string, key: string): string {
  const pattern = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'gm');
  return [...text.matchAll(pattern)].at(-1)?.[1] ?? '';
}

/** Multiples are powers of 1024; a percentage is of the machine's memory. */
function bytesOf(value: string, machineBytes: number | null): number | null {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
  if (percent !== undefined) return machineBytes === null ? null : Math.floor((machineBytes * Number(percent)) / 100);
  const [, amount, multiple = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(value) ?? [];
  if (amount === undefined) return null;
  return Math.floor(Number(amount) * 1024 ** (MULTIPLES.indexOf(multiple || ' ') + 1)) || null;
}
