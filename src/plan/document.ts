import { z } from 'zod';
import { BASES } from '../profile/profile.js';
import { BOUND_BY, FILE_ROLES, RUNTIMES, SERVICE_ROLES, SETTING_KEYS, STAGES } from '../settings.js';
import { SERVICE_STATES } from '../target/services.js';
import { budgetDocument, outlookDocument } from './budget-document.js';
import { METHODS, type Plan } from './plan.js';

const count = z.int().nonnegative();
const value = z.union([z.number(), z.boolean(), z.string()]);
const known = z.union([value, z.null(), z.strictObject({ unresolved: z.string() })]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const gap = z.number().nullable().describe('null where it is not known before it was tried');
const version = z.string().nullable();

function tree<T extends z.ZodType>(leaf: T) {
  return z.strictObject({
    db: z.strictObject({ poolSize: leaf, maxOverflow: leaf, poolTimeout: leaf, poolPrePing: leaf, poolRecycle: leaf }),
    redis: z.strictObject({ maxConnections: leaf }),
    web: z.strictObject({ workers: leaf }),
    celery: z.strictObject({ pool: leaf, concurrency: leaf }),
  });
}

const file = z.strictObject({
  role: z.enum(FILE_ROLES),
  path: z.string(),
  sha256Before: sha256.nullable().describe('null where the file is not there yet'),
  sha256After: sha256,
  edits: z
    .array(z.strictObject({ start: count, end: count, text: z.string() }))
    .describe('in bytes of the version before'),
  diff: z.string().describe('for reading only, with secrets blanked'),
  created: z.boolean(),
});

const stage = z.strictObject({
  name: z.enum(STAGES),
  files: z.array(file),
  changes: z.array(z.strictObject({ setting: z.enum(SETTING_KEYS), from: known, to: value })),
  activation: z.strictObject({
    kind: z.enum(['none', 'custom', 'compose', 'systemd']),
    services: z.array(z.string()),
    expectedGapMs: gap,
    steps: z.array(
      z.strictObject({
        service: z.string(),
        how: z.enum(METHODS),
        expectedGapMs: gap,
        because: z.string(),
      }),
    ),
  }),
});

const limitedBy = z.enum(['cgroup', 'file']).nullable().describe('the running group, or the file that starts it next');

const poolerLimits = z.strictObject({
  mode: z.enum(['session', 'transaction', 'statement']),
  poolSize: count.describe('connections to the server, for this user and database'),
  maxClients: count,
  others: count.describe('clients of others'),
  alike: count.exactOptional().describe('of the same user and database, and not of the application'),
  clientIdleMs: z.number().nullable(),
  prepared: count.describe('prepared statements that it keeps for a client'),
});

const facts = z.strictObject({
  cpus: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  database: z.strictObject({
    maxConnections: z.number().nullable(),
    reserved: z.number().nullable(),
    inUse: z.number().nullable(),
    source: z.enum(['flag', 'measured', 'profile']),
    measuredAt: z.string().nullable().describe('when, where nobody could be asked now'),
    boundBy: z.enum(BOUND_BY).describe('whose limit it is'),
    product: z.enum(['postgresql', 'polardb']).nullable(),
    version,
    sameHost: z.boolean().nullable().describe('whether it works on the cores of the service'),
    idle: z
      .strictObject({
        sessionMs: z.number().nullable(),
        inTransactionMs: z.number().nullable(),
        keepaliveMs: z.number().nullable(),
      })
      .nullable()
      .describe('when the server drops who is idle'),
    pooler: z
      .strictObject({ program: z.enum(['pgbouncer', 'unknown']), version, limits: poolerLimits.nullable() })
      .nullable(),
  }),
  versions: z
    .strictObject({
      python: version,
      uvicorn: version,
      celery: version,
      sqlalchemy: version,
      redis: version,
      compose: version,
    })
    .describe("of the services, by their own interpreters, or null; of Compose, the machine's"),
  limits: z.array(
    z.strictObject({
      role: z.enum(SERVICE_ROLES),
      cpus: z.number().nullable(),
      cpusBy: z.enum(['cgroup', 'affinity', 'file']).nullable(),
      memoryBytes: z.number().nullable(),
      memoryBy: limitedBy,
      openFiles: z.number().nullable(),
    }),
  ),
  processBytes: z
    .strictObject({
      webWorker: z.number().exactOptional(),
      webParent: z.number().exactOptional(),
      celeryChild: z.number().exactOptional(),
      celeryParent: z.number().exactOptional(),
      redis: z.number().exactOptional(),
      system: z.number().exactOptional(),
    })
    .describe('measured memory of a process, by role'),
  redisServer: z
    .strictObject({
      maxClients: z.number().nullable(),
      others: count.nullable().describe('clients of others'),
      policy: version,
    })
    .nullable(),
  services: z.array(
    z.strictObject({
      role: z.enum(SERVICE_ROLES),
      name: z.string(),
      runtime: z.enum(['systemd', 'compose']),
      state: z.enum(SERVICE_STATES),
      code: z
        .enum(['baked', 'mounted'])
        .nullable()
        .describe('of a container: in the image, or a folder of the machine'),
      program: z.enum(['uvicorn', 'gunicorn', 'celery', 'other']).nullable(),
      workers: count.nullable(),
      pool: z.string().nullable(),
      settings: tree(known).describe('as the processes have them'),
      why: z.string().nullable().describe('why nothing is known of the processes'),
    }),
  ),
});

/** The plan as it is printed with `--json` and saved with `--out`. */
export const planDocument = z.strictObject({
  schema: z.literal(1),
  profile: z.string(),
  target: z.strictObject({
    name: z.string(),
    transport: z.enum(['ssh', 'local']),
    runtime: z.enum(RUNTIMES),
    runtimeBecause: z.string(),
    root: z.string(),
  }),
  facts,
  current: tree(known),
  recommended: tree(value),
  basis: z.enum(BASES).describe('what the settings follow: rules of thumb, or the model and the objective'),
  reasons: z.array(
    z.strictObject({
      setting: z.enum(SETTING_KEYS),
      value,
      because: z.string(),
      bound: z.enum(['users', 'cpus', 'memory', 'connections', 'default', 'override', 'current', 'objective']),
      basis: z.enum(BASES),
    }),
  ),
  runnerUp: z
    .strictObject({
      setting: z.enum(SETTING_KEYS),
      value,
      p95Ms: z.number(),
      chosenP95Ms: z.number(),
      because: z.string(),
    })
    .nullable(),
  related: z
    .array(z.strictObject({ setting: z.string(), value: z.string(), because: z.string() }))
    .describe('settings that go with these, and that are not written'),
  stages: z.array(stage),
  budget: budgetDocument,
  capacity: outlookDocument,
  warnings: z.array(
    z.strictObject({
      code: z.string(),
      message: z.string(),
      file: z.string().exactOptional(),
      line: z.int().exactOptional(),
      fix: z.string(),
    }),
  ),
}) satisfies z.ZodType<Plan>;

export function planJsonSchema(): object {
  return z.toJSONSchema(planDocument);
}
