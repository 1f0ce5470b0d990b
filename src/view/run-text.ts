import type { Warning } from '../plan/plan.js';
import type { StageReport } from '../rollout/report.js';
import type { StageName } from '../settings.js';
import { asRecommended } from './onward-text.js';
import type { Paint } from './output.js';

/** What a run came to besides its reports. */
interface RunEnd {
  readonly failed: boolean;
  /** What a run without any report says; one that failed is told by its problems alone. */
  readonly nothing: string;
  /** Stages that were not chosen, and have something to change. */
  readonly left?: readonly StageName[];
}

/** What a run did, a block for each stage. */
export function renderRun(
  reports: readonly StageReport[],
  paint: Paint,
  { failed, nothing, left = [] }: RunEnd,
): string {
  if (reports.length === 0) return failed ? '' : nothing;
  const blocks = reports.map((report) => renderReport(report, paint));
  const changed = reports.some(({ outcome }) => outcome !== 'unchanged');
  return [...blocks, ...(changed || failed ? [] : [leftAlone(reports, left)])].join('\n');
}

function leftAlone(reports: readonly StageReport[], left: readonly StageName[]): string {
  const stages = [...new Set(reports.map(({ stage }) => stage))];
  const also = left.length === 0 ? [] : [`Still to apply: ${left.join(', ')}.`];
  return [`Nothing was changed: ${asRecommended(stages)}.`, ...also].join(' ');
}

function renderReport(report: StageReport, paint: Paint): string {
  const { name, release, stage, outcome, activation } = report;
  const style = outcome === 'failed' ? paint.bad : outcome === 'unchanged' ? paint.faint : paint.good;
  const gap = activation.gapMs === null || activation.kind === 'none' ? '' : `, ${gapText(activation)}`;
  const id = release === null ? '' : ` (release ${release}${gap}${waits(activation.stopped)})`;
  const checks = report.checks.map((check) => renderCheck(check, paint));
  const notes = report.warnings.map((warning) => renderNote(warning, paint));
  return [`${paint.strong(name)}  ${stage}: ${style(outcome)}${id}`, ...checks, ...notes].join('\n');
}

/** What a run did, in a phrase for each stage that it did not leave alone. */
export function sayDone(reports: readonly StageReport[]): readonly string[] {
  return reports
    .filter(({ outcome }) => outcome !== 'unchanged')
    .map(({ name, release, stage, outcome }) => {
      const id = release === null ? '' : ` (release ${release})`;
      return `${stage} on ${name} ${outcome}${id}`;
    });
}

function waits(stopped: readonly string[]): string {
  if (stopped.length === 0) return '';
  return `; written, not effective: ${stopped.join(' and ')} ${stopped.length === 1 ? 'does' : 'do'} not run`;
}

export function renderNote({ message, fix }: Warning, paint: Paint): string {
  return `  ${paint.warn('!')}     ${message}. ${fix}`;
}

export function renderCheck(
  { name, ok, expected, found }: { name: string; ok: boolean | null; expected: string; found: string },
  paint: Paint,
): string {
  if (ok === null) return `  ${paint.warn('?')}     ${name}: expected ${expected}, not known: ${found}`;
  return ok
    ? `  ${paint.good('ok')}    ${name}`
    : `  ${paint.bad('FAIL')}  ${name}: expected ${expected}, found ${found}`;
}

/** Own commands only say how long they took; elsewhere the service was asked all along. */
function gapText({ kind, gapMs }: StageReport['activation']): string {
  if (kind === 'custom') return `services changed within ${gapMs} ms`;
  return gapMs === 0 ? 'no request refused' : `requests refused for ${gapMs} ms`;
}
