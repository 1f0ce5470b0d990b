import type { ServiceRole } from '../settings.js';
import { argumentsAt, importedBy, linesOf } from './python.js';
import type { Check, SourceText, Start, Trap, TrapInput } from './trap.js';

/** uvicorn's own: a worker that does not answer for so long is killed while it still imports. */
const HEALTHCHECK_MS = 5000;
const IMPORT_SHARE = 0.8;
const HEALTHCHECK_SINCE = [0, 37] as const;

const SCHEDULER = /\b(?:BackgroundScheduler|AsyncIOScheduler)\(/;
const METRICS = /\b(?:Instrumentator|start_http_server|make_asgi_app)\(/;
const LIMITER = /\bLimiter\(/;

function startsOf({ starts }: TrapInput, service: ServiceRole): readonly Start[] {
  return starts.filter((start) => start.service === service);
}

function at({ path, line }: Pick<Start, 'path' | 'line'>): Pick<Trap, 'file' | 'line'> {
  return { file: path, line };
}

function hasWorkers({ wanted }: TrapInput): boolean {
  return Number(wanted['web.workers'] ?? 1) > 1;
}

/** Alembic takes no lock: two that start together run the same step twice. */
export const migrationsRace: Check = (input) =>
  input.starts.flatMap((start) => {
    const running = input.services.get(start.service)?.container?.replicas ?? 1;
    const copies = Math.max(input.instances, start.replicas, running);
    const migration = start.programs.find(({ name, text }) => name === 'alembic' && /\supgrade(?=\s|$)/.test(text));
    if (migration === undefined || copies < 2) return [];
    return [
      {
        code: 'migrations-race',
        message: `${copies} copies of the service run alembic upgrade when they start, and no lock keeps them apart`,
        ...at(migration),
        fix: 'Run the migrations once, as a step of their own before the service starts',
      },
    ];
  });

/** A shell that stays above the program keeps SIGTERM to itself: each stop takes its whole time and ends in SIGKILL. */
export const shellWithoutExec: Check = ({ starts, services }) =>
  starts
    // Where the running container shows it, the plan says so already.
    .filter(({ service }) => !(service === 'backend' && services.get(service)?.program?.shell === true))
    .flatMap(({ service, programs }) =>
      programs
        .filter(({ name, belowShell }) => belowShell && /^(?:uvicorn|celery|gunicorn|fastapi)$/.test(name))
        .map((program) => ({
          code: 'shell-without-exec',
          message: `the shell that starts the ${service} stays above it and passes no SIGTERM on`,
          ...at(program),
          fix: `Write exec before ${program.name}`,
        })),
    );

export const reload: Check = (input) =>
  startsOf(input, 'backend')
    .filter(({ command }) => /\s--reload(?!-)\b/.test(command))
    .map((start) => ({
      code: 'reload',
      message: 'uvicorn is started with --reload, which switches the workers off',
      ...at(start),
      fix: 'Take --reload out: it is for development',
    }));

export const workersFromEnvironment: Check = (input) =>
  startsOf(input, 'backend').flatMap((start) =>
    start.environment
      .filter((name) => name === 'WEB_CONCURRENCY' || name === 'UVICORN_WORKERS')
      .map((name) => ({
        code: 'workers-from-environment',
        message: `${name} is set, and does not count beside --workers`,
        ...at(start),
        fix: `Remove ${name}, so that one place says how many workers there are`,
      })),
  );

export const gunicorn: Check = (input) =>
  startsOf(input, 'backend')
    .filter(({ command }) => /\bgunicorn\b/.test(command))
    .map((start) => ({
      code: 'gunicorn',
      message: 'gunicorn stands in front of uvicorn and starts the workers: uvicorn has no say in how many',
      ...at(start),
      fix: "Set gunicorn's own --workers, or start uvicorn itself",
    }));

export const slowImports: Check = (input) => {
  const program = input.services.get('backend')?.program;
  const importMs = program?.importMs ?? null;
  const [major = 0, minor = 0] = (program?.versions.uvicorn ?? '').split('.').map(Number);
  const checked = major > HEALTHCHECK_SINCE[0] || minor >= HEALTHCHECK_SINCE[1];
  if (importMs === null || !checked || !hasWorkers(input)) return [];
  return startsOf(input, 'backend').flatMap((start) => {
    const given = /--timeout-worker-healthcheck[= ](\d+)/.exec(start.command)?.[1];
    const limit = given === undefined ? HEALTHCHECK_MS : Number(given) * 1000;
    if (importMs < limit * IMPORT_SHARE) return [];
    return [
      {
        code: 'slow-imports',
        message: `importing the application takes ${Math.round(importMs)} ms, and a worker that does not answer for ${limit} ms is killed`,
        ...at(start),
        fix: `Start uvicorn with --timeout-worker-healthcheck ${Math.ceil((importMs * 3) / 1000)}`,
      },
    ];
  });
};

/** What each worker has for itself is there as often as there are workers, and none knows of the others'. */
export const stateInProcess: Check = (input) => {
  if (!hasWorkers(input)) return [];
  const web = importedBy(input.sources, ({ text }) => /\bFastAPI\(/.test(text));
  const shared = startsOf(input, 'backend').some(({ environment }) => environment.includes('PROMETHEUS_MULTIPROC_DIR'));
  return web.flatMap((source) => [
    ...found(
      source,
      SCHEDULER,
      'scheduler-per-worker',
      'a scheduler is started by every worker, so that each job runs once in each',
      'Give the jobs to celery beat, or to one process of their own',
    ),
    ...(shared
      ? []
      : found(
          source,
          METRICS,
          'metrics-per-worker',
          'each worker counts for itself, and a scrape meets any one of them',
          'Set PROMETHEUS_MULTIPROC_DIR to an empty folder that all workers can write',
        )),
    ...(/\bWebSocket\b/.test(source.text)
      ? found(
          source,
          /^\s*(?:self\.)?\w*connections\w*\s*(?::[^=]+)?=\s*(?:\[|\{|set\(|dict\(|list\()/,
          'websockets-per-worker',
          'WebSocket connections are kept in the memory of one worker, and a message reaches no other',
          'Hand messages on through Redis publish/subscribe',
        )
      : []),
    ...found(
      source,
      LIMITER,
      'limits-per-worker',
      'each worker counts rate limits for itself, so that the limits are as often there as workers',
      'Give the limiter a storage_uri in Redis',
      (code) => !/storage_uri/.test(code),
    ),
  ]);
};

function found(
  source: SourceText,
  pattern: RegExp,
  code: string,
  message: string,
  fix: string,
  applies: (code: string) => boolean = () => true,
): readonly Trap[] {
  return linesOf(source)
    .filter((line) => pattern.test(line.code) && applies(argumentsAt(source, line)))
    .map(({ number }) => ({ code, message, file: source.path, line: number, fix }));
}
