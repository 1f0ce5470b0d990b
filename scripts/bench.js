// How long the tool takes, beside what it can't be faster than, measured in turns: a busy machine slows both alike.
// npm run bench [-- --runs N] [-- --markdown]    The last one writes the figures into docs/benchmarks.md.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSshd } from './sshd.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPORT = join(ROOT, 'docs', 'benchmarks.md');
const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, markdown: { type: 'boolean', default: false } },
});

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'action-tune-bench-')));
const sshd = await startSshd(folder, { ACTION_TUNE_STATE: join(folder, 'state') });
try {
  const table = render([...(await measure(cases(), Number(values.runs))), ...(await solver())]);
  console.log(table);
  if (values.markdown) writeReport(table);
} finally {
  sshd.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** What the model takes for one number of users, once the engine has compiled it: in this process, without a start. */
async function solver() {
  const { solve } = await import('../dist/size/network/network.js');
  const guide = { thinkMs: 900, instances: 1, cores: 2, webMs: 100, connections: 50, lineMs: 13 };
  const apart = { ...guide, database: { ms: 20, servers: 2 } };
  const beside = { ...apart, shared: { databaseMs: 20, otherCores: 0 } };
  for (let turn = 0; turn < 200; turn += 1) solve({ ...apart, workers: 1 + (turn % 4) }, 1 + (turn % 60));
  return [1, 10, 100, 1000, 10_000].flatMap((users) =>
    [
      ['', apart],
      [', database beside', beside],
    ].map(([what, network]) => ({
      name: `the model, ${users} users${what}`,
      ms: median(solved(network, users)),
      digits: 1,
    })),
  );

  function solved(network, users) {
    return [2, 4].flatMap((workers) =>
      Array.from({ length: 11 }, () => {
        const start = performance.now();
        solve({ ...network, workers }, users);
        return performance.now() - start;
      }),
    );
  }
}

/** In the order of one turn. Each is held against an earlier one. */
function cases() {
  const [local, remote] = ['local', 'remote'].map((name) => {
    const project = join(folder, name);
    mkdirSync(project);
    cpSync(join(ROOT, 'templates', 'demo'), project, { recursive: true });
    return project;
  });
  const files = ['--runtime', 'none', '--max-connections', '500'];
  const here = ['--target', `local:${local}`, ...files];
  const there = ['--target', `ssh://${sshd.host}${remote}`, ...files];
  return [
    { name: '`node -e 0`', command: [process.execPath, '-e', '0'] },
    { name: '`action-tune --version`', command: tool('--version'), against: '`node -e 0`' },
    { name: '`action-tune plan`, local', command: tool('plan', ...here), against: '`node -e 0`' },
    { name: '`ssh host true`', command: ['ssh', '-F', sshd.config, sshd.host, 'true'] },
    { name: '`action-tune plan`, SSH', command: tool('plan', ...there), against: '`ssh host true`' },
    {
      name: '`action-tune apply`, one stage, SSH',
      command: tool('apply', '--stage', 'db-pool', '--yes', ...there),
      against: '`ssh host true`',
    },
    {
      name: '`action-tune rollback`, SSH',
      command: tool('rollback', '--yes', ...there),
      against: '`ssh host true`',
    },
  ];
}

function tool(...args) {
  return [process.execPath, join(ROOT, 'bin', 'action-tune.js'), ...args];
}

async function measure(all, runs) {
  const times = new Map(all.map(({ name }) => [name, []]));
  // The first turn warms the disk's cache and is not counted.
  for (let turn = 0; turn <= runs; turn += 1) {
    for (const { name, command } of all) {
      const ms = await timed(command);
      if (turn > 0) times.get(name).push(ms);
    }
  }
  const medians = new Map([...times].map(([name, list]) => [name, median(list)]));
  return all.map(({ name, against }) => ({ name, ms: medians.get(name), against, base: medians.get(against) }));
}

function timed([program, ...args]) {
  const env = { ...process.env, NO_COLOR: '1', ACTION_TUNE_SSH_CONFIG: sshd.config };
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`));
    });
  });
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function render(rows) {
  const lines = rows.map(({ name, ms, against, base, digits = 0 }) => {
    const ratio = against === undefined ? '' : `${(ms / base).toFixed(1)} x ${against}`;
    return `| ${name} | ${ms.toFixed(digits)} ms | ${ratio} |`;
  });
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${(totalmem() / 1e9).toFixed(0)} GB, ${type()} ${release()}`;
  return [
    '| what | median | beside |',
    '| --- | ---: | --- |',
    ...lines,
    '',
    `${values.runs} runs each, in turns. ${machine}, Node ${process.versions.node}.`,
  ].join('\n');
}

function writeReport(table) {
  const text = readFileSync(REPORT, 'utf8');
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  const [before, after] = [text.indexOf(start) + start.length, text.indexOf(end)];
  writeFileSync(REPORT, `${text.slice(0, before)}\n\n${table}\n\n${text.slice(after)}`);
}
