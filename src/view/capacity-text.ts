import type { Outlook } from '../plan/outlook.js';
import type { Capacity, CurvePoint } from '../size/capacity.js';
import type { Growth } from '../size/growth.js';
import type { Paint } from './output.js';

/** Columns of a bar up to the objective, and at the most. */
const OBJECTIVE_AT = 12;
const WIDEST = 24;

/** How many people are served, and the curve that says so. */
export function renderOutlook(outlook: Outlook, paint: Paint): string {
  const { objective, before, after, stages, growth } = outlook;
  const steps = stages.map(({ stage, capacity }) => `${stage} ${short(capacity)}`);
  return [
    `capacity, by the model and the profile's demands: 95 of 100 responses within ${objective.p95Ms} ms`,
    `  before  ${long(before)}`,
    `  after   ${long(after)}`,
    `  stages  ${steps.join(', ')}`,
    ...growth.map((each) => `  growth  ${each.change}: ${long(each.capacity)}${atTheDatabase(each)}`),
    ...curve(outlook, paint),
  ].join('\n');
}

/** What else it takes where the connections would not do. */
function atTheDatabase({ connections }: Growth): string {
  const { needed, limit, fits, perProcess } = connections;
  if (fits) return '';
  const smaller = perProcess === 0 ? '' : `, or with no more than ${perProcess} for each process`;
  return `, with a limit of ${needed} connections (${limit} now)${smaller}`;
}

function short(capacity: Capacity | null): string {
  return capacity === null ? 'not known' : `${capacity.users[0]}-${capacity.users[1]}`;
}

function long(capacity: Capacity | null): string {
  if (capacity === null) return 'not known';
  return `${short(capacity)} users (limit: ${capacity.bottleneck}, ${capacity.throughput.toFixed(1)} requests/s)`;
}

function curve({ objective, curve: after, curveBefore }: Outlook, paint: Paint): readonly string[] {
  const heads = [
    '           before               after',
    '  users    req/s  mean ms   p95 ms    req/s  mean ms   p95 ms  in use  p95, | is the objective',
  ];
  const rows = after.map((point, index) => {
    const figures = [cells(curveBefore[index]), cells(point), point.connections.toFixed(1).padStart(7)].join('');
    return `${String(point.users).padStart(7)}${figures}  ${bar(point, objective.p95Ms, paint)}`;
  });
  return [...heads.map((head) => paint.faint(head)), ...rows];
}

function cells(point: CurvePoint | undefined): string {
  if (point === undefined) return ['-', '-', '-'].map((cell) => cell.padStart(9)).join('');
  const { throughput, responseMs } = point;
  return [throughput.toFixed(1), responseMs.mean.toFixed(0), responseMs.p95.toFixed(0)]
    .map((cell) => cell.padStart(9))
    .join('');
}

function bar({ responseMs }: CurvePoint, objectiveMs: number, paint: Paint): string {
  const columns = Math.max(1, Math.min(WIDEST, Math.round((responseMs.p95 / objectiveMs) * OBJECTIVE_AT)));
  if (responseMs.p95 <= objectiveMs) {
    return paint.good(`${'#'.repeat(columns)}${' '.repeat(Math.max(0, OBJECTIVE_AT - columns))}|`);
  }
  return paint.warn(`${'#'.repeat(OBJECTIVE_AT)}|${'#'.repeat(Math.max(1, columns - OBJECTIVE_AT))}`);
}
