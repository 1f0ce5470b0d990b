import { formatDuration } from '../units.js';
import { type Figure, figureOf, optionsIn, settingsIn } from './celery-settings.js';
import type { Code } from './code.js';
import type { Check, Start, Trap, TrapInput } from './trap.js';

const MS = 1000;
/** What the broker does where nothing is set. */
const VISIBILITY_S = 3600;
/** The engine's own for a container. */
const STOP_MS = 10_000;
/** From here on tasks that wait behind another wait noticeably. */
const LONG_TASK_S = 60;
/** What celery does where nothing is set. */
const PREFETCH = 4;

type Known = Figure & { readonly amount: number };

function largest(figures: readonly Figure[]): Known | null {
  const known = figures.filter((figure): figure is Known => figure.amount !== null);
  return known.reduce<Known | null>((most, next) => (most === null || next.amount > most.amount ? next : most), null);
}

/** The most that celery gives any task. What the command says stands before what is set for all tasks. */
function longestTask(input: TrapInput, code: Code): Known | null {
  const limits = ['time_limit', 'soft_time_limit'].flatMap((name) => {
    const told = flagsOf(input, `--${name.replaceAll('_', '-')}`);
    return told.length > 0 ? told : settingsIn(code, [`task_${name}`]).map(figureOf);
  });
  return largest([...limits, ...optionsIn(code, ['time_limit', 'soft_time_limit']).map(figureOf)]);
}

/** The numbers that an option of celery's command is given. */
function flagsOf({ starts }: TrapInput, option: string): readonly Figure[] {
  const pattern = new RegExp(`(?:^|\\s)${option}[=\\s]\\s*(\\d+(?:\\.\\d+)?)(?=["'\\s]|$)`);
  return starts.flatMap(({ service, command, path, line }) => {
    const amount = service === 'celery' ? pattern.exec(command)?.[1] : undefined;
    return amount === undefined ? [] : [{ amount: Number(amount), path, line }];
  });
}

/** A task that is not done by then is handed out again, and runs twice. */
export const visibilityTimeout: Check = (input, code) => {
  const set = settingsIn(code, ['visibility_timeout']).map(figureOf);
  if (set.some(({ amount }) => amount === null)) return [];
  const visible = largest(set)?.amount ?? VISIBILITY_S;
  const waits = optionsIn(code, ['countdown']).map(figureOf);
  const longest = largest([longestTask(input, code), ...waits].filter((each) => each !== null));
  if (longest === null || longest.amount < visible) return [];
  return [
    {
      code: 'visibility-timeout',
      message: `a task may take ${longest.amount} s, and Redis hands it out again after ${visible} s`,
      file: longest.path,
      line: longest.line,
      fix: `Set broker_transport_options visibility_timeout above ${longest.amount}`,
    },
  ];
};

export const stopTooSoon: Check = (input, code) => [
  ...tasksCut(input, code),
  ...input.starts.flatMap((start) => requestsCut(input, start)),
];

function stopMs({ services }: TrapInput, role: 'backend' | 'celery'): number | null {
  const service = services.get(role);
  if (service?.unit != null) return service.unit.stopTimeoutMs;
  return service?.container == null ? null : (service.container.stopTimeoutMs ?? STOP_MS);
}

function tasksCut(input: TrapInput, code: Code): readonly Trap[] {
  const [stop, longest] = [stopMs(input, 'celery'), longestTask(input, code)];
  if (stop === null || longest === null || longest.amount * MS <= stop) return [];
  const enough = Math.ceil(longest.amount) + 10;
  return [
    {
      code: 'stop-too-soon',
      message: `a task may take ${longest.amount} s, and the celery service is killed ${formatDuration(stop)} after it is asked to stop`,
      file: longest.path,
      line: longest.line,
      fix: `Give it TimeoutStopSec=${enough} (systemd) or stop_grace_period: ${enough}s (compose)`,
    },
  ];
}

function requestsCut(input: TrapInput, { service, command, path, line }: Start): readonly Trap[] {
  const stop = stopMs(input, 'backend');
  const grace = Number(/--timeout-graceful-shutdown[= ](\d+)/.exec(command)?.[1] ?? 0);
  if (stop === null || service !== 'backend' || grace * MS <= stop) return [];
  return [
    {
      code: 'stop-too-soon',
      message: `uvicorn gives requests ${grace} s to end, and is killed after ${formatDuration(stop)}`,
      file: path,
      line,
      fix: `Give it TimeoutStopSec=${grace + 5} (systemd) or stop_grace_period: ${grace + 5}s (compose)`,
    },
  ];
}

/** Each child takes four tasks ahead, which then wait behind the one that runs while another child idles. */
export const prefetch: Check = (input, code) => {
  const longest = longestTask(input, code);
  const concurrency = Number(input.wanted['celery.concurrency'] ?? 1);
  if (longest === null || longest.amount < LONG_TASK_S || input.wanted['celery.pool'] !== 'prefork') return [];
  const told = flagsOf(input, '--prefetch-multiplier');
  const set = told.length > 0 ? told : settingsIn(code, ['worker_prefetch_multiplier']).map(figureOf);
  if (set.some(({ amount }) => amount === null)) return [];
  const multiplier = largest(set)?.amount ?? PREFETCH;
  if (multiplier === 1) return [];
  return [
    {
      code: 'prefetch',
      message: `tasks may take ${longest.amount} s, and ${concurrency} children take ${multiplier === 0 ? 'all' : multiplier * concurrency} of them ahead of time`,
      file: longest.path,
      line: longest.line,
      fix: 'Set worker_prefetch_multiplier = 1, with task_acks_late where tasks can be repeated',
    },
  ];
};
