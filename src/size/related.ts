import type { Outcome } from './settle.js';
import type { Related } from './sizing.js';

const BYTES_PER_KB = 1024;
/** A child that has grown by half is one that leaks. */
const GROWTH = 1.5;
/** Proxies and load balancers keep an idle connection for 60 s as a rule; whoever closes first loses a request. */
const KEEP_ALIVE_S = 65;
const GRACE_S = 30;

/** What an expert would set together with it. This tool does not write these: they stand in other places. */
export function relatedTo({ frame, layout }: Outcome): readonly Related[] {
  const { memory, deployment } = frame;
  const child = Math.floor((memory.celeryChild * GROWTH) / BYTES_PER_KB);
  const always: readonly Related[] = [
    {
      setting: 'uvicorn --timeout-keep-alive',
      value: String(KEEP_ALIVE_S),
      because: 'behind a proxy that keeps connections for 60 s, uvicorn must keep them a little longer than its 5 s',
    },
    {
      setting: 'uvicorn --timeout-graceful-shutdown',
      value: String(GRACE_S),
      because: 'requests in flight are finished when a worker is replaced, and none holds it up for ever',
    },
    {
      setting: 'TimeoutStopSec= / stop_grace_period',
      value: `${GRACE_S + 5}s`,
      because: "the runtime must wait longer than uvicorn's own graceful shutdown before it kills",
    },
  ];
  const children: readonly Related[] = [
    {
      setting: 'celery --max-memory-per-child',
      value: String(child),
      because: 'in KB: a child that grows by half is replaced after its task',
    },
    {
      setting: 'celery --prefetch-multiplier',
      value: '1',
      because: `with ${layout.workers.celery} children the default takes ${4 * layout.workers.celery} tasks at once, and long ones wait behind each other`,
    },
  ];
  const migrations: readonly Related[] =
    deployment.migrations && frame.profile.server.instances > 1
      ? [
          {
            setting: 'alembic upgrade head',
            value: 'once, before the instances start',
            because: `${frame.profile.server.instances} instances that migrate at the same moment have no lock between them`,
          },
        ]
      : [];
  return [...always, ...(layout.workers.prefork ? children : []), ...migrations];
}
