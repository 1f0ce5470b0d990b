import { z } from 'zod';
import { SERVICE_ROLES, STAGES } from '../settings.js';
import { BOTTLENECKS } from '../size/capacity.js';

const count = z.int().nonnegative();

const service = z.string().exactOptional().describe('another service of the same code, by its name');

const grown = z.strictObject({
  users: count,
  afterRequests: count.describe('what pools hold grows: as it is when each web worker has answered so many requests'),
  open: z.number(),
});

const database = z.strictObject({
  limit: z.number(),
  reserved: z.number(),
  processes: z.array(
    z.strictObject({
      role: z.enum(['web', 'celery', 'beat']),
      service,
      containers: count.exactOptional().describe('on each instance, where there are several; count is of all'),
      count,
      perProcess: count,
      ceiling: count,
    }),
  ),
  ceiling: z.number().describe('with everything applied and nothing being restarted'),
  headroom: z.number(),
  peak: z.number().describe('while a restart overlaps'),
  migrations: count.describe('of the peak, those of migrations'),
  fits: z.boolean(),
  untilRestarted: z
    .strictObject({
      services: z.array(z.string()),
      ceiling: z.number().nullable().describe('null: their pools have no limit'),
      fits: z.boolean(),
    })
    .nullable()
    .describe('other services that nothing here restarts, while they keep their larger pools'),
  expected: grown
    .extend({ busy: z.number() })
    .nullable()
    .describe('by the model: in use at the same time, and open, as the database counts them'),
});

const memoryProcesses = z.strictObject({
  role: z.enum(['web', 'web-parent', 'celery', 'celery-parent', 'beat', 'redis', 'system']),
  service,
  count,
  bytesEach: z.number(),
});

const memory = z.strictObject({
  limitBytes: z.number(),
  processes: z.array(memoryProcesses),
  totalBytes: z.number(),
  headroomBytes: z.number(),
  peakBytes: z.number().describe('while a restart overlaps'),
  services: z
    .array(
      z.strictObject({
        service: z.enum(SERVICE_ROLES),
        limitBytes: z.number(),
        peakBytes: z.number(),
        fits: z.boolean(),
      }),
    )
    .describe('services that are bound to less than all of it'),
  fits: z.boolean(),
  expected: z
    .strictObject({
      processes: z.array(
        memoryProcesses.extend({
          source: z
            .enum(['measured', 'profile', 'default', 'set'])
            .describe("the target's processes, or where the profile's figure comes from"),
        }),
      ),
      bytes: z.number(),
    })
    .describe('with everything applied, of one instance'),
});

const source = z.enum(['measured', 'assumed']);

const descriptorUses = z.array(z.strictObject({ use: z.enum(['database', 'redis', 'clients', 'own']), count }));

const descriptors = z.strictObject({
  limit: z.number(),
  source,
  reserved: z.number(),
  uses: descriptorUses,
  ceiling: z.number().describe('of one web process, with everybody connected to it'),
  headroom: z.number(),
  fits: z.boolean(),
  expected: grown.extend({ uses: descriptorUses }).nullable().describe('by the model, of one web process'),
});

const redisProcesses = z.strictObject({
  role: z.enum(['web', 'celery', 'celery-parent', 'beat']),
  service,
  count,
  perProcess: count,
});

const redis = z.strictObject({
  limit: z.number(),
  source: z.enum(['measured', 'file', 'assumed']),
  reserved: z.number(),
  processes: z.array(redisProcesses.extend({ ceiling: count })),
  ceiling: z.number(),
  headroom: z.number(),
  fits: z.boolean(),
  expected: grown
    .extend({ processes: z.array(redisProcesses.extend({ perProcess: z.number() })) })
    .nullable()
    .describe('by the model: clients that are open'),
});

const instant = z.strictObject({
  stage: z.enum(STAGES).nullable(),
  moment: z.enum(['now', 'changing', 'after', 'rollback']),
  connections: z.number(),
  unlimited: z.literal(true).optional().describe('a pool has no limit: one more than there are stands for it'),
  memoryBytes: z.number().describe('of one instance'),
  fits: z.boolean(),
});

export const budgetDocument = z.strictObject({ database, memory, descriptors, redis, instants: z.array(instant) });

const capacity = z.strictObject({
  users: z.tuple([count, count]).readonly().describe('from the knee to the most within the objective'),
  bottleneck: z.enum(BOTTLENECKS),
  knee: count,
  throughput: z.number().describe('requests per second that the bottleneck lets through'),
});

const curve = z.array(
  z.strictObject({
    users: count,
    throughput: z.number(),
    responseMs: z.strictObject({ mean: z.number(), p95: z.number() }),
    connections: z.number().describe('in use at the same time, on average'),
  }),
);

export const outlookDocument = z.strictObject({
  objective: z.strictObject({ p95Ms: z.number(), users: count }),
  before: capacity.nullable(),
  after: capacity,
  stages: z.array(z.strictObject({ stage: z.enum(STAGES), capacity: capacity.nullable() })),
  growth: z.array(
    z.strictObject({
      option: z.enum(['bigger-server', 'more-instances']),
      change: z.string(),
      capacity,
      connections: z.strictObject({
        needed: z.number().describe('a limit of the database that is enough with the recommended pools'),
        limit: z.number(),
        fits: z.boolean(),
        perProcess: count.describe('the most for each process within the limit as it is; 0: less than it needs'),
      }),
    }),
  ),
  curveBefore: curve,
  curve,
});
