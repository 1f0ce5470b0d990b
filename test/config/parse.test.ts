import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { parseConfig } from '../../src/config/parse.js';
import { type Problem, ProblemError } from '../../src/errors.js';

const FULL = `project: action
default: production
profile: department-20-50
runtime: compose
soak: 2h
settle: 5s
celeryStop: 1h
custom:
  backend: { restart: "service back restart" }
targets:
  production:
    url: ssh://root@host:22/root/Action
    runtime: systemd
    maxConnections: 500
    files: { database: db.py, backend-unit: /etc/unit }
    services: { backend: web }
    handoff: socket
    settle: 0s
    health: /up?deep=1
    settings: { db.pool_size: 15, db.pool_pre_ping: false }
  bench:
    url: local:.
    profile: ./bench.yaml
    health: none
    custom:
      celery: { restart: "kill it\\nstart it", check: "true" }
`;

function problems(text: string): readonly Problem[] {
  try {
    parseConfig(text, 'action-tune.yaml');
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('resolves the defaults into each target', () => {
    const config = parseConfig(FULL, 'action-tune.yaml');
    expect(config).toMatchObject({ project: 'action', default: 'production', soakMs: 7_200_000 });
    expect(config.targets.get('production')).toEqual({
      name: 'production',
      url: 'ssh://root@host:22/root/Action',
      runtime: 'systemd',
      profile: 'department-20-50',
      maxConnections: 500,
      files: { database: 'db.py', 'backend-unit': '/etc/unit' },
      services: { backend: 'web', celery: null },
      custom: { backend: { restart: 'service back restart', check: null }, celery: null },
      activating: {
        handoff: 'socket',
        settleMs: 0,
        health: { path: '/up?deep=1', assumed: false },
        celeryStopMs: 3_600_000,
      },
      settings: { 'db.pool_size': 15, 'db.pool_pre_ping': false },
    });
    expect(config.targets.get('bench')).toMatchObject({
      runtime: 'compose',
      profile: './bench.yaml',
      custom: { backend: null, celery: { check: 'true' } },
      activating: { handoff: null, settleMs: 5000, health: null, celeryStopMs: 3_600_000 },
    });
  });

  it('takes the only target as the default, and a day as the soak', () => {
    const config = parseConfig('targets: {one: {url: "local:."}}', 'f');
    expect(config).toMatchObject({ default: 'one', soakMs: 86_400_000, project: null });
  });

  it('takes what is usual for whatever is not said of activating', () => {
    const config = parseConfig('targets: {one: {url: "local:."}}', 'f');
    const usual = {
      handoff: null,
      settleMs: 10_000,
      health: { path: '/health', assumed: true },
      celeryStopMs: 300_000,
    };
    expect(config.activating).toEqual(usual);
    expect(config.targets.get('one')?.activating).toEqual(usual);
  });

  it.each([
    ['soak: 1h\ntargets: {}', 2, 10, "'targets' can't be an empty mapping"],
    ['targets:\n  {} # none yet', 2, 3, "'targets' can't be an empty mapping"],
    ['targets:', 1, 1, "'targets' is empty"],
    ['default: b\ntargets: {}', 2, 10, "'targets' can't be an empty mapping"],
    ['targets: {a: {url: "local:."}}\ntargetz: 1', 2, 1, "'targetz' is not a known key"],
    ['project: x', 1, 1, "'targets' is missing"],
    ['default: b\ntargets: {a: {url: "local:."}}', 1, 10, "'default' can't be b"],
    ['targets: {"a b": {url: "local:."}}', 1, 11, 'targets.a b is not named by a name of letters'],
    ['targets: {a: {url: "local:.", runtime: k8s}}', 1, 40, "targets.a.runtime can't be k8s"],
    ['targets: {a: {url: "local:.", files: {web: x}}}', 1, 39, 'targets.a.files.web is not a known key'],
    ['targets: {a: {url: "local:.", settings: {db.pool_size: 0}}}', 1, 56, "db.pool_size can't be 0"],
    ['targets: {a: {url: "local:.", settings: {db.size: 1}}}', 1, 42, 'settings.db.size is not a known key'],
    ['soak: 24\ntargets: {a: {url: "local:."}}', 1, 7, "'soak' can't be 24"],
    ['health: health\ntargets: {a: {url: "local:."}}', 1, 9, "'health' can't be health"],
    ['handoff: socket\ntargets: {a: {url: "local:."}}', 1, 1, "'handoff' is not a known key"],
    ['targets: {a: {url: "local:.", handoff: port}}', 1, 40, "targets.a.handoff can't be port"],
    ['celeryStop: 0s\ntargets: {a: {url: "local:."}}', 1, 13, "'celeryStop' can't be 0s"],
    ['targets: {a: {}}', 1, 11, 'targets.a.url is missing'],
    ['targets: [a]', 1, 10, "'targets' can't be a list"],
  ])('refuses %j', (text, line, column, message) => {
    const [problem, ...others] = problems(text);
    expect(others).toEqual([]);
    expect(problem?.message).toContain(message);
    expect(problem).toMatchObject({ code: 'config', place: { file: 'action-tune.yaml', line, column } });
  });

  it('names the known keys', () => {
    expect(problems('targets: {a: {url: "local:.", files: {web: x}}}')[0]?.expected).toBe(
      'one of database, redis, compose, backend-unit, celery-unit',
    );
  });

  it.each(['ssh://root:s3cret@host/x', 'ssh://root:s3/cret@host/x', 'ssh://:s3cret@host/x'])(
    'keeps %s to itself',
    (url) => {
      const found = problems(`targets: {a: {url: "${url}"}}`);
      expect(found).toHaveLength(1);
      expect(JSON.stringify(found)).not.toMatch(/s3|cret@/);
    },
  );

  it.each(['ssh://root@host:22/a:b@c', 'ssh://host:22', 'ssh://host:2222/x@y', 'local:a:b@c'])('accepts %s', (url) => {
    expect(problems(`targets: {a: {url: "${url}"}}`)).toEqual([]);
  });
});

it('publishes a schema that editors understand', () => {
  expect(configJsonSchema()).toMatchObject({ type: 'object', required: ['targets'], additionalProperties: false });
  expect(configJsonSchema()).toMatchObject({ properties: { targets: { minProperties: 1 } } });
});
