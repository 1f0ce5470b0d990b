import { formatDuration } from '../units.js';
import { linesOf } from './python.js';
import type { Check, SourceText, Trap, TrapInput } from './trap.js';

const MS = 1000;
const UVICORN_KEEP_ALIVE_S = 5;
/** What nginx does where nothing is set. */
const NGINX_KEEP_ALIVE_S = 60;
/** What the broker does where nothing is set. */
const VISIBILITY_S = 3600;
/** The engine's own for a container. */
const STOP_MS = 10_000;
/** From here on tasks that wait behind another wait noticeably. */
const LONG_TASK_S = 60;

interface Figure {
  readonly seconds: number;
  readonly path: string;
  readonly line: number;
}

/** The largest number that any of the names is set to, in call arguments, assignments or mappings. */
function largest(sources: readonly SourceText[], names: string): Figure | null {
  const pattern = new RegExp(`(?:^|[^\\w])["']?(?:${names})["']?\\]?\\s*[:=]\\s*(\\d+)`);
  const figures = sources.flatMap((source) =>
    linesOf(source).flatMap(({ code, text, number }) => {
      const seconds = pattern.exec(text)?.[1];
      // A number that is blanked stands in a comment or in a string.
      return seconds === undefined || !code.includes(seconds)
        ? []
        : [{ seconds: Number(seconds), path: source.path, line: number }];
    }),
  );
  return figures.reduce<Figure | null>(
    (most, next) => (most === null || next.seconds > most.seconds ? next : most),
    null,
  );
}

function longestTask({ sources }: TrapInput): Figure | null {
  return largest(sources, 'task_time_limit|task_soft_time_limit|time_limit|soft_time_limit');
}

/** The one that closes an idle connection first cuts the request that the other sends on it. */
export const keepAliveOfProxy: Check = ({ proxies, starts }) =>
  proxies.flatMap((proxy) => {
    const lines = proxy.text.split('\n').map((line) => line.replace(/#.*/, ''));
    const line = lines.findIndex((each) => /^\s*keepalive\s+\d+\s*;/.test(each));
    if (line === -1) return [];
    const idle = Number(/^\s*keepalive_timeout\s+(\d+)/m.exec(lines.join('\n'))?.[1] ?? NGINX_KEEP_ALIVE_S);
    return starts
      .filter(({ service, command }) => {
        const own = Number(/--timeout-keep-alive[= ](\d+)/.exec(command)?.[1] ?? UVICORN_KEEP_ALIVE_S);
        return service === 'backend' && /\buvicorn\b/.test(command) && own <= idle;
      })
      .map((start) => ({
        code: 'keep-alive',
        message: `the proxy keeps idle connections for ${idle} s (${proxy.path}:${line + 1}), and uvicorn closes them before that`,
        file: start.path,
        line: start.line,
        fix: `Start uvicorn with --timeout-keep-alive ${idle + 5}`,
      }));
  });

/** A key of the broker that is evicted is a task that is lost. */
export const brokerEvicts: Check = ({ broker }) => {
  if (broker === null || broker.policy === 'noeviction') return [];
  return [
    {
      code: 'broker-evicts',
      message: `Redis evicts keys when its memory is full (${broker.policy}): tasks would be lost without a trace`,
      ...(broker.path === undefined ? {} : { file: broker.path }),
      ...(broker.line === undefined ? {} : { line: broker.line }),
      fix: 'Set maxmemory-policy noeviction on the broker, and give caches a Redis of their own',
    },
  ];
};

/** A task that is not done by then is handed out again, and runs twice. */
export const visibilityTimeout: Check = (input) => {
  const visible = largest(input.sources, 'visibility_timeout')?.seconds ?? VISIBILITY_S;
  const waits = largest(input.sources, 'countdown');
  const longest = [longestTask(input), waits]
    .filter((each) => each !== null)
    .toSorted((a, b) => b.seconds - a.seconds)[0];
  if (longest === undefined || longest.seconds < visible) return [];
  return [
    {
      code: 'visibility-timeout',
      message: `a task may take ${longest.seconds} s, and Redis hands it out again after ${visible} s`,
      file: longest.path,
      line: longest.line,
      fix: `Set broker_transport_options visibility_timeout above ${longest.seconds}`,
    },
  ];
};

export const stopTooSoon: Check = (input) => [...tasksCut(input), ...requestsCut(input)];

function stopMs({ services }: TrapInput, role: 'backend' | 'celery'): number | null {
  const service = services.get(role);
  if (service?.unit != null) return service.unit.stopTimeoutMs;
  return service?.container == null ? null : (service.container.stopTimeoutMs ?? STOP_MS);
}

function tasksCut(input: TrapInput): readonly Trap[] {
  const [stop, longest] = [stopMs(input, 'celery'), longestTask(input)];
  if (stop === null || longest === null || longest.seconds * MS <= stop) return [];
  return [
    {
      code: 'stop-too-soon',
      message: `a task may take ${longest.seconds} s, and the celery service is killed ${formatDuration(stop)} after it is asked to stop`,
      file: longest.path,
      line: longest.line,
      fix: `Give it TimeoutStopSec=${longest.seconds + 10} (systemd) or stop_grace_period: ${longest.seconds + 10}s (compose)`,
    },
  ];
}

function requestsCut(input: TrapInput): readonly Trap[] {
  const stop = stopMs(input, 'backend');
  if (stop === null) return [];
  return input.starts.flatMap((start) => {
    const grace = Number(/--timeout-graceful-shutdown[= ](\d+)/.exec(start.command)?.[1] ?? 0);
    if (start.service !== 'backend' || grace * MS <= stop) return [];
    return [
      {
        code: 'stop-too-soon',
        message: `uvicorn gives requests ${grace} s to end, and is killed after ${formatDuration(stop)}`,
        file: start.path,
        line: start.line,
        fix: `Give it TimeoutStopSec=${grace + 5} (systemd) or stop_grace_period: ${grace + 5}s (compose)`,
      },
    ];
  });
}

/** Each child takes four tasks ahead, which then wait behind the one that runs while another child idles. */
export const prefetch: Check = (input) => {
  const longest = longestTask(input);
  const concurrency = Number(input.wanted['celery.concurrency'] ?? 1);
  if (longest === null || longest.seconds < LONG_TASK_S || input.wanted['celery.pool'] !== 'prefork') return [];
  const set = largest(input.sources, 'worker_prefetch_multiplier')?.seconds;
  const flag = input.starts.map(({ command }) => /--prefetch-multiplier[= ](\d+)/.exec(command)?.[1]).find(Boolean);
  const multiplier = Number(flag ?? set ?? 4);
  if (multiplier === 1) return [];
  return [
    {
      code: 'prefetch',
      message: `tasks may take ${longest.seconds} s, and ${concurrency} children take ${multiplier * concurrency} of them ahead of time`,
      file: longest.path,
      line: longest.line,
      fix: 'Set worker_prefetch_multiplier = 1, with task_acks_late where tasks can be repeated',
    },
  ];
};

/** A unit that requires another is stopped with it; one that wants it is only started with it. */
export const requiresRedis: Check = ({ units }) =>
  units.flatMap(({ path, text }) => {
    const line = text.split('\n').findIndex((each) => /^\s*Requires\s*=.*\bredis(?:-server)?\.service\b/.test(each));
    if (line === -1) return [];
    return [
      {
        code: 'requires-redis',
        message: 'the unit requires Redis: stopping or restarting Redis stops the service too',
        file: path,
        line: line + 1,
        fix: 'Write Wants= instead of Requires=, and keep After=',
      },
    ];
  });
