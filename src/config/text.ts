import type { Role } from '../settings.js';
import { type Activating, type CustomRuntime, DEFAULT_ACTIVATING, type TargetConfig } from './config.js';

/** A target to be written, and what whoever reads the file is told of it. */
export interface Explained {
  /** Its runtime and profile are known by now. */
  readonly target: TargetConfig;
  /** Why this runtime. */
  readonly because: string;
  /** Where files were looked for and not found. */
  readonly notFound: Readonly<Partial<Record<Role, string>>>;
}

interface Written {
  readonly project: string | null;
  readonly default: string;
  readonly soakMs: number;
  readonly targets: readonly Explained[];
}

/** An `action-tune.yaml` that reads back as what is given here, with a comment where something may be left to say. */
export function configText({ project, default: chosen, soakMs, targets }: Written): string {
  return [
    '# What action-tune works on. In its package, docs/configuration.md explains every key, and',
    '# schemas/config.schema.json lets editors complete and check them.',
    ...entries({ project }, ''),
    `default: ${key(chosen)}`,
    '',
    '# How long a stage is watched before the next one may follow (0s: not at all).',
    `soak: ${duration(soakMs)}`,
    '',
    'targets:',
    ...targets.flatMap(targetLines),
    '',
  ].join('\n');
}

const INSIDE = '    ';

function targetLines({ target, because, notFound }: Explained): readonly string[] {
  const { name, url, runtime, profile, maxConnections, files, services, custom, activating, settings } = target;
  const missing = Object.entries(notFound);
  return [
    `  ${key(name)}:`,
    ...entries({ url }, INSIDE),
    `${INSIDE}runtime: ${runtime}  # ${because}`,
    ...entries({ profile }, INSIDE),
    ...(maxConnections === null
      ? [`${INSIDE}# maxConnections: 500  # the database's own limit: SHOW max_connections`]
      : entries({ maxConnections }, INSIDE)),
    ...entries({ files }, INSIDE),
    ...(missing.length === 0
      ? []
      : [`${INSIDE}# Not found where they usually are; name them under files: if they are elsewhere.`]),
    ...missing.map(([role, path]) => `${INSIDE}#   ${role}: ${path}`),
    ...entries({ services, custom: customOf(custom) }, INSIDE),
    ...(runtime === 'custom' && custom === null ? TO_FILL_IN : []),
    ...entries({ ...activatingOf(activating), settings }, INSIDE),
  ];
}

/** In comments: commands that nobody chose must never run. Until there are any, what needs them is refused. */
const TO_FILL_IN = [
  "Left to fill in: your own commands, which sh runs on the target in the project's folder; check may be left out.",
  'custom:',
  '  backend:',
  '    restart: supervisorctl restart backend',
  '    check: curl -fsS http://127.0.0.1:8001/health',
  '  celery:',
  '    restart: supervisorctl restart celery',
].map((line) => `${INSIDE}# ${line}`);

function customOf(custom: CustomRuntime | null): object {
  return { backend: custom?.backend ?? {}, celery: custom?.celery ?? {} };
}

/** What is usual need not be written. */
function activatingOf({ handoff, settleMs, health, celeryStopMs }: Activating): object {
  return {
    handoff,
    settle: settleMs === DEFAULT_ACTIVATING.settleMs ? null : duration(settleMs),
    health: health === null ? 'none' : health.assumed ? null : health.path,
    celeryStop: celeryStopMs === DEFAULT_ACTIVATING.celeryStopMs ? null : duration(celeryStopMs),
  };
}

/** Keys and values as YAML, block by block; what is null or empty is left out. A text in JSON's quotes is one in YAML, too. */
function entries(values: object, indent: string): readonly string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]): readonly string[] => {
    if (value === null) return [];
    if (typeof value !== 'object') return [`${indent}${name}: ${JSON.stringify(value)}`];
    const inner = entries(value, `${indent}  `);
    return inner.length === 0 ? [] : [`${indent}${name}:`, ...inner];
  });
}

/** In quotes, where YAML might read the name as a number or a truth value. */
function key(name: string): string {
  return /^(?!true$|false$|null$)[a-z][a-z0-9-]*$/.test(name) ? name : JSON.stringify(name);
}

/** The largest unit that divides exactly. Microseconds are the least that is kept. */
function duration(ms: number): string {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const [unit, worth] = units.find(([, each]) => ms % each === 0 && ms > 0) ?? ['ms', 1];
  return ms === 0 ? '0s' : `${ms / worth}${unit}`;
}
