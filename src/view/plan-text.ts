import type { Plan, StagePlan, Warning } from '../plan/plan.js';
import type { Known, StageName } from '../settings.js';
import type { Reason } from '../size/sizing.js';
import { formatBytes } from '../units.js';
import { renderBudget } from './budget-text.js';
import { renderOutlook } from './capacity-text.js';
import type { Paint } from './output.js';

/** A plan as people read it, stage by stage. `apply` is the command that carries a stage of it out. */
export function renderPlan(plan: Plan, apply: (stage: StageName) => string, paint: Paint): string {
  return [
    header(plan, paint),
    ...plan.stages.map((stage) => renderStage(stage, plan.reasons, paint)),
    renderBudget(plan.budget),
    renderOutlook(plan.capacity, paint),
    ...basis(plan, paint),
    ...plan.warnings.map((warning) => renderWarning(warning, paint)),
    summary(plan, apply, paint),
  ].join('\n\n');
}

/** What is about to be done, before somebody is asked to agree: no more than that. */
export function renderIntent(plan: Plan, paint: Paint): string {
  const stages = plan.stages.filter((stage) => stage.files.length > 0);
  return [
    header(plan, paint),
    ...stages.map((stage) => renderStage(stage, plan.reasons, paint)),
    renderBudget(plan.budget),
    ...plan.warnings.map((warning) => renderWarning(warning, paint)),
  ].join('\n\n');
}

const SOURCES = { flag: 'given', measured: 'measured', profile: 'assumed by the profile' } as const;

function header({ profile, target, facts }: Plan, paint: Paint): string {
  const { database } = facts;
  const versions = Object.entries(facts.versions).flatMap(([name, version]) => (version ? [`${name} ${version}`] : []));
  return [
    `${paint.strong(target.name)}  (${target.transport}, runtime ${target.runtime}: ${target.runtimeBecause})`,
    `profile ${profile}; machine: ${facts.cpus ?? '?'} cores, ${facts.memoryBytes === null ? '?' : formatBytes(facts.memoryBytes)}; database limit: ${database.maxConnections ?? '?'} (${SOURCES[database.source]})`,
    ...(versions.length === 0 ? [] : [`versions: ${versions.join(', ')}`]),
  ].join('\n');
}

function renderStage(stage: StagePlan, reasons: readonly Reason[], paint: Paint): string {
  if (stage.files.length === 0) return `${paint.strong(stage.name)}  ${paint.faint('nothing to change')}`;
  const because = new Map(reasons.map((reason) => [reason.setting, reason.because]));
  const changes = stage.changes.map(
    ({ setting, from, to }) =>
      `  ${setting.padEnd(22)} ${renderKnown(from)} -> ${paint.strong(String(to))}  ${paint.faint(because.get(setting) ?? '')}`,
  );
  const files = stage.files.map((file) => renderDiff(file.diff, paint));
  return [`${paint.strong(stage.name)}  ${activation(stage)}`, ...changes, ...files].join('\n');
}

function activation({ activation: { kind, services, expectedGapMs } }: StagePlan): string {
  if (kind === 'none') return '(files only; nothing is restarted)';
  if (services.length === 0) return `(${kind}; no service to restart)`;
  const gap = expectedGapMs === null ? 'gap not known in advance' : `gap about ${expectedGapMs} ms`;
  return `(${kind}: restarts ${services.join(', ')}; ${gap})`;
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

function summary(plan: Plan, apply: (stage: StageName) => string, paint: Paint): string {
  const pending = plan.stages.filter((stage) => stage.files.length > 0).map((stage) => stage.name);
  const [next] = pending;
  if (next === undefined) return paint.good('Nothing to change: every setting is as recommended.');
  return `${pending.length} of ${plan.stages.length} stages to apply. Next:\n  ${paint.strong(apply(next))}`;
}
