import type { Warning } from '../plan/plan.js';
import type { ServiceCheck } from '../verify/checks.js';
import { sayOverridden } from '../verify/overridden.js';
import type { ServiceReport, VerifyReport } from '../verify/report.js';
import type { StageState, StageVerdict } from '../verify/stages.js';
import type { Paint } from './output.js';
import { renderCheck, renderNote } from './run-text.js';

export interface WarnedReport extends VerifyReport {
  /** What holds now and would not after a restart. */
  readonly warnings: readonly Warning[];
}

/** A checklist of one target: its services, then the stages in their order. */
export function renderVerify(report: WarnedReport, paint: Paint): string {
  const { name, runtime, root, services, stages } = report;
  return [
    `${paint.strong(name)}  runtime ${runtime}, ${root}`,
    ...(services.length === 0
      ? [`  ${paint.warn(nobodyToAsk(report))}`]
      : services.map((each) => renderService(each, paint))),
    ...stages.map((stage) => renderStage(stage, paint)),
    ...renderBudget(report, paint),
    ...report.warnings.map((warning) => renderNote(warning, paint)),
    closing(report, paint),
  ].join('\n');
}

function nobodyToAsk({ runtime }: VerifyReport): string {
  if (runtime === 'custom' || runtime === 'none')
    return `with runtime ${runtime} nobody knows which processes are meant`;
  return 'no service of this project is there';
}

function renderService({ role, sibling, name, startedAt, checks }: ServiceReport, paint: Paint): string {
  const since = startedAt === null ? '' : paint.faint(`  since ${startedAt}`);
  const head = `${paint.strong(sibling ? 'service' : role)}  ${name}${sibling ? ', of the same code' : ''}${since}`;
  return [head, ...checks.map((check) => checkLine(check, '', paint))].join('\n');
}

const STATES: Readonly<Record<StageState, string>> = {
  effective: 'effective',
  'written-not-effective': 'written, not effective',
  'not-written': 'not written: the files do not set it',
  unknown: 'not known',
};

function renderStage({ name, state, checks, overridden }: StageVerdict, paint: Paint): string {
  const style = {
    effective: paint.good,
    'written-not-effective': paint.bad,
    'not-written': paint.faint,
    unknown: paint.warn,
  }[state];
  return [
    `${paint.strong(name)}  ${style(STATES[state])}`,
    ...checks.map((check) => checkLine(check, `${check.service} `, paint)),
    ...overridden.map((each) => `  ${paint.bad('FAIL')}  ${each.setting} in the files: ${sayOverridden(each)}`),
  ].join('\n');
}

function renderBudget({ budget }: VerifyReport, paint: Paint): readonly string[] {
  return budget === null ? [] : [paint.strong('budget'), checkLine(budget, '', paint)];
}

/** What holds is shown with what was found: a checklist is read, not only counted. */
function checkLine({ name, ok, expected, found }: Omit<ServiceCheck, 'service'>, of: string, paint: Paint): string {
  const line = renderCheck({ name: `${of}${name}`, ok, expected, found }, paint);
  return ok === true ? `${line}${paint.faint(`  ${found}`)}` : line;
}

function closing({ effective, stages, budget }: VerifyReport, paint: Paint): string {
  if (effective === true) return paint.good('Everything that the files say is in force.');
  if (effective === null) return paint.warn('Nothing was found wrong, but not everything could be told.');
  const overridden = stages.filter((stage) => stage.overridden.length > 0).map(({ name }) => name);
  if (overridden.length > 0)
    return paint.bad(`The files do not say any more what was applied: ${overridden.join(', ')}.`);
  const behind = stages.filter(({ state }) => state === 'written-not-effective').map(({ name }) => name);
  if (behind.length === 0 && budget?.ok === false)
    return paint.bad('The pools of all processes together allow more connections than the database takes.');
  if (behind.length === 0) return paint.bad('Something is not as it should be.');
  return paint.bad(`The processes do not have what the files say: ${behind.join(', ')}.`);
}
