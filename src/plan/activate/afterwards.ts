import { basename } from 'node:path/posix';
import type { Found, ServiceRole } from '../../settings.js';
import type { TargetFacts } from '../../target/facts.js';
import type { ProgramFacts, ServiceFacts } from '../../target/services.js';
import type { Touched } from './situation.js';

/** The facts as a release leaves them, for the one that follows in the same run. */
export function factsAfter(facts: TargetFacts, touched: readonly Touched[], after: Found): TargetFacts {
  const socket = touched.find(({ role, effect }) => role === 'backend-socket' && effect === 'created');
  const services = [...facts.services].map(([role, service]): [ServiceRole, ServiceFacts] => [
    role,
    {
      ...service,
      program: service.program && programAfter(service.program, after),
      unit: service.unit && {
        ...service.unit,
        socket: role === 'backend' && socket !== undefined ? basename(socket.path) : service.unit.socket,
      },
    },
  ]);
  return { ...facts, services: new Map(services) };
}

function programAfter(program: ProgramFacts, after: Found): ProgramFacts {
  if (program.program === 'celery') {
    const { 'celery.pool': pool, 'celery.concurrency': children } = after;
    return {
      ...program,
      pool: typeof pool === 'string' ? pool : program.pool,
      workers: typeof children === 'number' ? children : program.workers,
    };
  }
  const workers = after['web.workers'];
  return typeof workers === 'number' ? { ...program, workers, supervised: workers >= 2 } : program;
}
