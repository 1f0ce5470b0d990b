import { readFileSync } from 'node:fs';
import { parseProfile } from '../../src/profile/parse.js';
import type { Profile } from '../../src/profile/profile.js';
import type { DatabaseFacts } from '../../src/size/sizing.js';

export function shipped(name: string): Profile {
  const file = `profiles/${name}.yaml`;
  return parseProfile(readFileSync(file, 'utf8'), file);
}

export function limitOf(maxConnections: number | null, facts: Partial<DatabaseFacts> = {}): DatabaseFacts {
  return { maxConnections, reserved: null, inUse: null, source: 'flag', ...facts };
}
