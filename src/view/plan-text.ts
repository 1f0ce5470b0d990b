import { type Difference, differencesOf } from '../plan/differences.js';
import type { Plan, StagePlan, Warning } from '../plan/plan.js';
import { type Known, type SettingKey, STAGE_SETTINGS } from '../settings.js';
import type { Reason } from '../size/sizing.js';
import { formatBytes } from '../units.js';
import { renderBudget } from './budget-text.js';
import { renderOutlook } from './capacity-text.js';
import { renderDatabase } from './database-text.js';
import { type Onward, summary } from './onward-text.js';
import type { Paint } from './output.js';

/** A plan as people read it, stage by stage. */
export function renderPlan(plan: Plan, onward: Onward, paint: Paint): string {
  return [
    header(plan, paint),
    ...plan.stages.map((stage) => renderStage(stage, plan, paint)),
    renderBudget(plan.budget),
    renderOutlook(plan.capacity, paint),
    ...basis(plan, paint),
    ...plan.warnings.map((warning) => renderWarning(warning, paint)),
    summary(plan, onward, paint),
  ].join('\n\n');
}

/** What is about to be done, before somebody is asked to agree: no more than that. */
export function renderIntent(plan: Plan, paint: Paint): string {
  const stages = plan.stages.filter((stage) => stage.files.length > 0);
  return [
    header(plan, paint),
    ...stages.map((stage) => renderStage(stage, plan, paint)),
    renderBudget(plan.budget),
    ...plan.warnings.map((warning) => renderWarning(warning, paint)),
  ].join('\n\n');
}

const BOUND_BY = {
  server: '',
  pooler: ', of pgbouncer',
  role: ', of the role (CONNECTION LIMIT)',
  database: ', of this one database (CONNECTION LIMIT)',
} as const;
const SOURCES = { flag: 'given', measured: 'measured', profile: 'assumed by the profile' } as const;

function header({ profile, target, facts }: Plan, paint: Paint): string {
  const { database } = facts;
  const versions = Object.entries(facts.versions).flatMap(([name, version]) => (version ? [`${name} ${version}`] : []));
  return [
    `${paint.strong(target.name)}  (${target.transport}, runtime ${target.runtime}: ${target.runtimeBecause})`,
    `profile ${profile}; machine: ${facts.cpus ?? '?'} cores, ${facts.memoryBytes === null ? '?' : formatBytes(facts.memoryBytes)}; database limit: ${database.maxConnections ?? '?'} (${SOURCES[database.source]}${database.measuredAt === null ? '' : ` at ${database.measuredAt}`}${BOUND_BY[database.boundBy]})`,
    ...renderDatabase(database),
    ...limits(facts),
    ...(versions.length === 0 ? [] : [`versions: ${versions.join(', ')}`]),
  ].join('\n');
}

/** What was measured besides the machine: the services' own limits, and the memory of their processes. */
function limits({ limits: bounds, processBytes, redisServer }: Plan['facts']): readonly string[] {
  const own = bounds.map(({ role, cpus, cpusBy, memoryBytes, memoryBy, openFiles }) => {
    const memory = memoryBytes === null ? 'no limit of memory' : `${formatBytes(memoryBytes)} (${memoryBy})`;
    const cores = cpus === null ? 'no limit of cores' : `${cpus} cores (${cpusBy})`;
    return `${role}: ${cores}, ${memory}, ${openFiles ?? '?'} open files`;
  });
  const sizes = Object.entries(processBytes).map(([role, bytes]) => `${role} ${formatBytes(bytes)}`);
  const redis =
    redisServer === null
      ? []
      : [
          `redis: ${redisServer.maxClients ?? '?'} clients, ${redisServer.others ?? '?'} of them others, ${redisServer.policy ?? '?'}`,
        ];
  return [
    ...(own.length === 0 ? [] : [`limits: ${own.join('; ')}`]),
    ...(sizes.length === 0 ? [] : [`memory of a process (measured): ${sizes.join(', ')}`]),
    ...redis,
  ];
}

function renderStage(stage: StagePlan, plan: Plan, paint: Paint): string {
  const { changes, files, name } = stage;
  const differences = differencesOf(plan).filter(({ setting }) => STAGE_SETTINGS[name].includes(setting));
  const others = differences
    .filter(({ setting }) => !changes.some((change) => change.setting === setting))
    .map((one) => `  ${one.setting.padEnd(22)} ${renderKnown(one.file)}${paint.warn(processes(one.setting, [one]))}`);
  if (files.length === 0) {
    return [`${paint.strong(name)}  ${paint.faint('nothing to change')}`, ...others].join('\n');
  }
  const lines = renderChanges(stage, plan.reasons, differences, paint);
  const diffs = files.map((file) => renderDiff(file.diff, paint));
  return [
    `${paint.strong(name)}  ${activation(stage)}`,
    ...renderSteps(stage, paint),
    ...lines,
    ...others,
    ...diffs,
  ].join('\n');
}

function renderChanges(
  { changes }: StagePlan,
  reasons: readonly Reason[],
  differences: readonly Difference[],
  paint: Paint,
): readonly string[] {
  const because = new Map(reasons.map((reason) => [reason.setting, reason.because]));
  return changes.map(({ setting, from, to }) => {
    const now = `${renderKnown(from)}${paint.warn(processes(setting, differences))}`;
    return `  ${setting.padEnd(22)} ${now} -> ${paint.strong(String(to))}  ${paint.faint(because.get(setting) ?? '')}`;
  });
}

/** What the processes have, where that is not what the file says. */
function processes(setting: SettingKey, differences: readonly Difference[]): string {
  const own = differences.filter((one) => one.setting === setting);
  const values = new Set(own.map((one) => one.processes));
  if (own.length === 0) return '';
  if (values.size === 1) return ` (processes have ${[...values].join()})`;
  return ` (processes have ${own.map((one) => `${one.processes} in ${one.service}`).join(', ')})`;
}

function activation({ activation: { kind, services, expectedGapMs } }: StagePlan): string {
  if (kind === 'none') return '(files only; nothing is restarted)';
  if (services.length === 0) return `(${kind}; no service to touch)`;
  return `(${kind}: ${services.join(', ')}; ${gapText(expectedGapMs)})`;
}

function gapText(gap: number | null): string {
  if (gap === null) return 'gap not known in advance';
  return gap === 0 ? 'no gap expected' : `a gap of about ${gap} ms expected`;
}

function renderSteps({ activation: { kind, steps } }: StagePlan, paint: Paint): readonly string[] {
  if (kind === 'custom') return [];
  return steps.map(
    ({ service, how, because }) => `  ${how === 'none' ? 'leave' : how} ${service}  ${paint.faint(because)}`,
  );
}

export function renderKnown(value: Known): string {
  if (value === null) return 'not set';
  return typeof value === 'object' ? `unresolved (${value.unresolved})` : String(value);
}

function renderDiff(diff: string, paint: Paint): string {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => `    ${colour(line.replaceAll('\r', ''), paint)}`)
    .join('\n');
}

function colour(line: string, paint: Paint): string {
  if (line.startsWith('+++') || line.startsWith('---')) return paint.faint(line);
  if (line.startsWith('+')) return paint.added(line);
  return line.startsWith('-') ? paint.removed(line) : paint.faint(line);
}

/** What the numbers follow, what came second, and what else goes with them. */
function basis({ basis: by, runnerUp, related }: Plan, paint: Paint): readonly string[] {
  const second = by === 'model' && runnerUp !== null ? [`runner-up  ${runnerUp.because}`] : [];
  const width = Math.max(...related.map(({ setting, value }) => `${setting} ${value}`.length));
  const lines = related.map(
    ({ setting, value, because }) => `  ${`${setting} ${value}`.padEnd(width)}  ${paint.faint(because)}`,
  );
  const beside = lines.length === 0 ? [] : [['goes with it, and is yours to set', ...lines].join('\n')];
  return [...second, ...beside];
}

function renderWarning({ code, message, file, line, fix }: Warning, paint: Paint): string {
  const where = file === undefined ? '' : `\n  at       ${file}${line === undefined ? '' : `:${line}`}`;
  return `${paint.warn(`warning [${code}]:`)} ${message}${where}\n  do next  ${fix}`;
}
