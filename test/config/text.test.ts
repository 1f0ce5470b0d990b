import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Activating, CustomRuntime, TargetConfig } from '../../src/config/config.js';
import { parseConfig } from '../../src/config/parse.js';
import { configText } from '../../src/config/text.js';
import { ROLES, RUNTIMES, type SettingKey, type SettingValue } from '../../src/settings.js';

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => /^[^\r\n\0]*\S[^\r\n\0]*$/.test(each));
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]*$/).filter((each) => each !== '__proto__');
const orNull = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: null });
const ms = fc.oneof(
  fc.nat(),
  fc.nat(500).map((each) => each * 60_000),
  fc.constant(86_400_000),
);

const commands = orNull(fc.record({ restart: text, check: orNull(text) }));
const custom: fc.Arbitrary<CustomRuntime | null> = fc
  .record({ backend: commands, celery: commands })
  .map((each) => (each.backend === null && each.celery === null ? null : each));
const activating: fc.Arbitrary<Activating> = fc.record({
  handoff: fc.constantFrom(null, 'socket' as const),
  settleMs: ms,
  health: fc.constantFrom(null, { path: '/health', assumed: true }, { path: '/up?deep=1', assumed: false }),
  celeryStopMs: ms.filter((each) => each > 0),
});
const settings = fc.record<Record<SettingKey, SettingValue>, never>(
  {
    'db.pool_size': fc.integer({ min: 1, max: 99 }),
    'db.max_overflow': fc.nat(99),
    'db.pool_timeout': fc.constantFrom(0.5, 30),
    'db.pool_pre_ping': fc.boolean(),
    'db.pool_recycle': fc.constantFrom(-1, 600),
    'redis.max_connections': fc.integer({ min: 1, max: 99 }),
    'web.workers': fc.integer({ min: 1, max: 9 }),
    'celery.pool': fc.constantFrom('prefork', 'gevent'),
    'celery.concurrency': fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: [] },
);
const target: fc.Arbitrary<TargetConfig> = fc.record({
  name,
  url: fc.constantFrom('local:.', 'local:../the project', 'ssh://root@[fe80::1%25eth0]:22/srv/a%20b'),
  runtime: fc.constantFrom(...RUNTIMES),
  profile: text,
  maxConnections: orNull(fc.integer({ min: 1, max: 1_000_000 })),
  files: fc.dictionary(fc.constantFrom(...ROLES), text, { noNullPrototype: true }),
  services: fc.record({ backend: orNull(text), celery: orNull(text) }),
  custom,
  activating,
  settings,
});

it('what is written reads back as it was given', () => {
  const targets = fc.uniqueArray(target, { minLength: 1, maxLength: 3, selector: (each) => each.name });
  fc.assert(
    fc.property(targets, orNull(name), ms, (given, project, soakMs) => {
      const explained = given.map((each) => ({ target: each, because: 'asked for', notFound: { redis: '/a: b' } }));
      const first = given[0]?.name ?? '';
      const read = parseConfig(configText({ project, default: first, soakMs, targets: explained }), 'f');
      expect({ project: read.project, default: read.default, soakMs: read.soakMs }).toEqual({
        project,
        default: first,
        soakMs,
      });
      expect([...read.targets.values()]).toEqual(expect.arrayContaining(given));
      expect(read.targets.size).toBe(given.length);
    }),
  );
});

it('names pages that come with the package', () => {
  const [given] = fc.sample(target, { numRuns: 1, seed: 1 }) as [TargetConfig];
  const explained = [{ target: given, because: 'asked for', notFound: {} }];
  const written = configText({ project: null, default: given.name, soakMs: 0, targets: explained });
  const named = [...written.matchAll(/(?:docs|schemas)\/[\w.]+\w/g)].map(([path]) => path);
  expect(named).toEqual(['docs/configuration.md', 'schemas/config.schema.json']);
  const root = new URL('../../', import.meta.url);
  const packed = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).files as readonly string[];
  for (const path of named) {
    expect(existsSync(new URL(path, root)), path).toBe(true);
    expect(
      packed.some((each) => [dirname(path), `${dirname(path)}/*.md`].includes(each)),
      path,
    ).toBe(true);
  }
});

it.each(['true', 'null', '1', '1e3', '0x1f', '10.0', 'No'])('a target named %s keeps its name', (each) => {
  const given = { ...fc.sample(target, { numRuns: 1, seed: 1 })[0], name: each } as TargetConfig;
  const explained = [{ target: given, because: 'asked for', notFound: {} }];
  const read = parseConfig(configText({ project: null, default: each, soakMs: 0, targets: explained }), 'f');
  expect([read.default, ...read.targets.keys()]).toEqual([each, each]);
});
