import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPLICATION, bytes, counted, mean, most, type Sample, sum } from './crowd.js';
import { type Machine, machine, onEachSuite } from './machine.js';
import { type Announced, type Change, type Evidence, moreRows, rehearse, USERS } from './sizing.js';

const REHEARSAL_MS = 600_000;
/** A pool keeps the most that was ever needed at once: of fewer workers it takes more rounds to know the mean. */
const BY_SYSTEMD = { runtime: 'systemd', cores: 2, workers: 2, rounds: 4 } as const;
const BY_COMPOSE = { runtime: 'compose', cores: 1, workers: 1, rounds: 5 } as const;
const CASES = [
  { ...BY_SYSTEMD, limit: 100 },
  { ...BY_SYSTEMD, limit: 500 },
  { ...BY_COMPOSE, limit: 100 },
  { ...BY_COMPOSE, limit: 500 },
] as const;
const SERVICES = { backend: ['web', 'web-parent', 'web-tracker'], celery: ['celery', 'celery-parent'] } as const;

const connections = ({ database }: Sample) => counted(database, APPLICATION);
const memory = ({ pss }: Sample) => bytes(pss, APPLICATION);
const clients = ({ redis }: Sample) => counted(redis, APPLICATION);
const steady = ({ rounds }: Evidence) => rounds.flatMap(({ samples }) => samples);
const grown = ({ rounds }: Evidence) => rounds.flatMap((round) => round.grown);
const all = (evidence: Evidence) => [...evidence.changes.flatMap(({ samples }) => samples), ...steady(evidence)];
const loads = ({ rounds }: Evidence, figure: 'throughput' | 'meanMs') =>
  sum(rounds.map(({ load }) => load[figure])) / rounds.length;

/** Of a budget's memory, what is not the application's and was not looked at. */
const besides = ({ budget }: Announced) =>
  sum(
    budget.memory.processes
      .filter(({ role }) => role === 'redis' || role === 'system')
      .map(({ count, bytesEach }) => count * bytesEach),
  );

/** The most that can be at this change, by what was announced: while the stage restarts, or on the worst of all ways back. */
function bound(announced: Announced, { kind, stage }: Change) {
  const moments = announced.budget.instants.filter(({ moment, ...at }) =>
    kind === 'apply' ? at.stage === stage && moment !== 'rollback' : true,
  );
  return {
    connections: Math.max(...moments.map((moment) => moment.connections)),
    memoryBytes: Math.max(...moments.map(({ memoryBytes }) => memoryBytes)) - besides(announced),
  };
}

const within = (share: number, seen: number, announced: number) => Math.abs(seen / announced - 1) <= share;

function pointOf({ told }: Evidence) {
  const point = told.capacity.curve.find(({ users }) => users === USERS);
  if (point === undefined) throw new Error(`nothing was announced for ${USERS} users`);
  return point;
}

onEachSuite('what plan announces', (suite) => {
  let server: Machine;
  beforeAll(async () => {
    server = await machine(suite, 'bare');
    await moreRows(server);
  });
  afterAll(() => server?.remove());

  describe.each(CASES)('by $runtime, with $limit connections of the database', (given) => {
    let seen: Evidence;
    beforeAll(async () => {
      seen = await rehearse(server, given);
    }, REHEARSAL_MS);

    it('is never passed while stages are taken in and back, at any of five looks a second', () => {
      for (const change of seen.changes) {
        const { before } = seen;
        const at = bound(before, change);
        expect(change.samples.length, change.stage ?? 'all').toBeGreaterThan(5);
        expect(most(change.samples, connections), change.stage ?? 'all').toBeLessThanOrEqual(at.connections);
        expect(most(change.samples, memory), change.stage ?? 'all').toBeLessThanOrEqual(at.memoryBytes);
        expect(most(change.samples, clients)).toBeLessThanOrEqual(before.budget.redis.ceiling);
      }
    });

    it('is never passed while people work', () => {
      const { database, memory: room, redis } = seen.after.budget;
      expect(most(steady(seen), connections)).toBeLessThanOrEqual(database.ceiling);
      expect(most(steady(seen), memory)).toBeLessThanOrEqual(room.totalBytes - besides(seen.after));
      expect(most(steady(seen), clients)).toBeLessThanOrEqual(redis.ceiling);
      expect(most(all(seen), (sample) => counted(sample.database, [...APPLICATION, 'others']))).toBeLessThan(
        given.limit,
      );
    });

    it('keeps each service within what it may take', () => {
      const { services } = seen.before.budget.memory;
      expect(services.map(({ service }) => service)).toEqual(['backend', 'celery']);
      for (const { service, limitBytes } of services) {
        const roles = SERVICES[service as keyof typeof SERVICES];
        expect(
          most(all(seen), ({ pss }) => bytes(pss, roles)),
          service,
        ).toBeLessThanOrEqual(limitBytes);
      }
    });

    it('is what people see of the connections, within a fifth', () => {
      const { open } = seen.told.budget.database.expected;
      expect([mean(grown(seen), connections), open]).toSatisfy(([real, said]) => within(0.2, real, said));
    });

    it('is what the processes take of the memory, within a fifth', () => {
      const { webWorker = 0, webParent = 0, celeryChild = 0, celeryParent = 0 } = seen.after.facts.processBytes;
      const said: Readonly<Record<string, number>> = {
        web: webWorker,
        'web-parent': webParent,
        celery: celeryChild,
        'celery-parent': celeryParent,
      };
      const [first] = grown(seen);
      const roles = Object.keys(said).filter((role) => first?.pss[role] !== undefined);
      const announced = sum(roles.map((role) => (said[role] ?? 0) * (first?.pss[role]?.length ?? 0)));
      const real = mean(grown(seen), ({ pss }) => bytes(pss, roles));
      expect([real, announced]).toSatisfy(([one, other]) => within(0.2, one, other));
    });

    it('is the throughput, within a tenth, and the mean answer, within a quarter', () => {
      const point = pointOf(seen);
      for (const { load } of seen.rounds) expect(load).toMatchObject({ failed: 0, lost: 0 });
      expect([loads(seen, 'throughput'), point.throughput]).toSatisfy(([real, said]) => within(0.1, real, said));
      expect([loads(seen, 'meanMs'), point.responseMs.mean]).toSatisfy(([real, said]) => within(0.25, real, said));
    });

    // Before FastAPI 0.106 a session is closed after the answer has gone out: its transaction is open for longer.
    it('is what people see of the connections in use, within a third', () => {
      const { busy } = seen.told.budget.database.expected;
      const real = mean(steady(seen), ({ busy: counts }) => counted(counts, ['web', 'web-parent']));
      expect([real, busy]).toSatisfy(([one, other]) => within(0.34, one, other));
    });

    // A pool keeps the most that was ever needed at once: of four, one more is a quarter.
    it('is what people see of the clients of Redis in the web workers, within a third', () => {
      const { count = 0, perProcess = 0 } =
        seen.told.budget.redis.expected.processes.find(({ role }) => role === 'web') ?? {};
      const real = mean(grown(seen), ({ redis }) => counted(redis, ['web', 'web-parent']));
      expect([real, count * perProcess]).toSatisfy(([one, other]) => within(0.34, one, other));
    });
  });
});
