import { z } from 'zod';
import { choice, line, mapping, mappingError, quantity, script, whole } from '../document/fields.js';
import { RUNTIMES } from '../settings.js';
import { settingsSchema } from './settings.js';

const NAME = 'a name of letters, digits, dots, dashes and underscores, such as production';
const URL = 'a target such as ssh://user@host:22/path or local:path, without a password';
const TARGETS = 'one or more targets by their names, each with its url';
const MOST_CONNECTIONS = 1_000_000;

/** Names become folders on the target and arguments of commands. */
const name = z.string({ error: NAME }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: NAME });

const url = line(URL).refine((text) => !carriesPassword(text), { error: URL });

const path = line('a path').optional();
const service = line('the name of a compose service').optional();
const runtime = choice(RUNTIMES).optional();
const profile = line("a profile's name or path").optional();

const commands = mapping({ restart: script('a shell command'), check: script('a shell command').optional() });
const custom = mapping({ backend: commands.optional(), celery: commands.optional() }).optional();

const HEALTH = 'a path such as /health, or none';
const health = z.string({ error: HEALTH }).regex(/^(?:\/[!#$%&()*+,\-./0-9:;=?@A-Z_a-z~]*|none)$/, { error: HEALTH });

/** How services take a change, for all targets or for one. */
const activating = {
  settle: quantity('duration', { zero: true }).optional(),
  health: health.optional(),
  celeryStop: quantity('duration', { zero: false }).optional(),
};

const target = mapping({
  url,
  runtime,
  profile,
  maxConnections: whole(1, MOST_CONNECTIONS).optional(),
  files: mapping({ database: path, redis: path, compose: path, 'backend-unit': path, 'celery-unit': path }).optional(),
  services: mapping({ backend: service, celery: service }).optional(),
  custom,
  handoff: choice(['socket']).optional(),
  ...activating,
  settings: settingsSchema.optional(),
});

/** `action-tune.yaml` as it is written. */
export const configSchema = mapping({
  project: name.optional(),
  default: name.optional(),
  profile,
  runtime,
  soak: quantity('duration', { zero: true }).optional(),
  custom,
  ...activating,
  targets: z
    .record(name, target, { error: mappingError })
    .refine((targets) => Object.keys(targets).length > 0, { error: TARGETS })
    .meta({ minProperties: 1 }),
}).refine(({ default: chosen, targets }) => chosen === undefined || Object.hasOwn(targets, chosen), {
  path: ['default'],
  error: ({ input }) => `the name of a target in this file: ${targetNames(input).join(', ')}`,
  // Also beside other problems, as long as there are targets to look in.
  when: ({ value }) => targetNames(value).length > 0,
});

export type WrittenConfig = z.infer<typeof configSchema>;
export type WrittenTarget = z.infer<typeof target>;

function targetNames(config: unknown): readonly string[] {
  const targets = (config as { targets?: unknown } | null)?.targets;
  return typeof targets === 'object' && targets !== null ? Object.keys(targets) : [];
}

/** `scheme://user:password@host`; a port is not a password. */
function carriesPassword(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/@:]*:(?!\d+(\/|$))[^@]*@/i.test(text);
}
