// What the requests lose in every stage and on the way back, beside the guide by hand, on the machines of the lab.
// npm run bench:lab [-- --markdown]    With it, the figures go into docs/benchmarks.md. Needs what the lab needs (docs/lab.md).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPORT = join(ROOT, 'docs', 'benchmarks.md');
const SUITES = { trixie: 'Debian 13', bookworm: 'Debian 12' };
const RUNTIMES = ['systemd', 'socket', 'compose', 'compose-baked'];
const { values } = parseArgs({
  options: { figures: { type: 'string' }, markdown: { type: 'boolean', default: false } },
});

const folder = mkdtempSync(join(tmpdir(), 'action-tune-bench-'));
try {
  const rows = readFileSync(values.figures ?? measured(join(folder, 'figures')), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const text = Object.entries(SUITES)
    .map(([suite, name]) => `${name}:\n\n${table(rows.filter((row) => row.suite === suite))}`)
    .join('\n\n');
  console.log(text);
  if (values.markdown) report(text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The rehearsals of the tests keep what they see; their verdict is theirs to give. */
function measured(file) {
  const args = [
    'vitest',
    'run',
    '--config',
    'vitest.lab.config.ts',
    'test/lab/stages.test.ts',
    'test/lab/handoff.test.ts',
  ];
  spawnSync('npx', args, { cwd: ROOT, env: { ...process.env, ACTION_TUNE_FIGURES: file }, stdio: 'inherit' });
  return file;
}

/** A row for each thing that was done, a column for each way to run the application. */
function table(rows) {
  const guideFirst = rows.toSorted((a, b) => Number(b.kind === 'by hand') - Number(a.kind === 'by hand'));
  const titles = [...new Set(guideFirst.map(title))];
  const lines = titles.map((name) => {
    const cells = RUNTIMES.map((runtime) => {
      const found = rows.find((row) => row.runtime === runtime && title(row) === name);
      return found === undefined ? '' : cell(found);
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    '| lost, late; gap (announced) | systemd | systemd, `handoff: socket` | compose | compose, code in the image |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

function title({ kind, stage, from, to }) {
  const workers = from === to ? `${from} ${from === 1 ? 'worker' : 'workers'}` : `${from} to ${to} workers`;
  return kind === 'by hand' ? `the guide by hand, ${workers}` : `${kind} \`${stage}\`, ${workers}`;
}

function cell({ load, expectedGapMs }) {
  const announced = expectedGapMs === null ? '' : ` (${seconds(expectedGapMs)})`;
  return `${load.lost + load.failed}, ${load.late}; ${seconds(load.gapMs)}${announced}`;
}

function seconds(ms) {
  return ms === 0 ? '0' : `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}

function report(text) {
  const page = readFileSync(REPORT, 'utf8');
  const [start, end] = ['<!-- stages -->', '<!-- end of stages -->'];
  const [before, after] = [page.indexOf(start) + start.length, page.indexOf(end)];
  writeFileSync(REPORT, `${page.slice(0, before)}\n\n${text}\n\n${page.slice(after)}`);
}
