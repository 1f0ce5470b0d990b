import { dirname, join } from 'node:path';
import { fail } from '../errors.js';
import type { Config } from './config.js';
import { parseConfig } from './parse.js';

/** The file system as this room needs it. `readFile` rejects as Node's own does. */
export interface ConfigEdges {
  readFile(path: string): Promise<string>;
}

export const CONFIG_FILE = 'action-tune.yaml';

/** The nearest `action-tune.yaml`, here or upwards; null where there is none. Throws `config` problems. */
export async function findConfig(startDir: string, edges: ConfigEdges): Promise<Config | null> {
  for (const dir of upwards(startDir)) {
    const file = join(dir, CONFIG_FILE);
    const text = await readIfThere(file, edges);
    if (text !== null) return parseConfig(text, file);
  }
  return null;
}

/** The configuration at this path. Throws `config` problems, also where there is no such file. */
export async function loadConfig(file: string, edges: ConfigEdges): Promise<Config> {
  const text = await readIfThere(file, edges);
  return text === null ? unreadable(file, `there is no configuration ${file}`) : parseConfig(text, file);
}

function upwards(startDir: string): readonly string[] {
  const parent = dirname(startDir);
  return parent === startDir ? [startDir] : [startDir, ...upwards(parent)];
}

async function readIfThere(file: string, edges: ConfigEdges): Promise<string | null> {
  try {
    return await edges.readFile(file);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return unreadable(file, `the configuration ${file} can't be read (${code ?? 'unknown cause'})`);
  }
}

function unreadable(file: string, message: string): never {
  return fail({
    code: 'config',
    message,
    place: { file },
    expected: 'a configuration that can be read',
    fix: 'Give --config the path of a readable file, or write one with `action-tune init`',
  });
}
