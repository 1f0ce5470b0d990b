// How long reading and editing take, and what patterns make of the same shapes.
// npm run bench:edit [-- --markdown]    With it, the figures go into docs/benchmarks.md. Needs sed and ansible-core.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadPython } from '../dist/edit/python/grammar.js';
import { applyPlacedEdits } from '../dist/edit/splice.js';
import { byAnsible, bySed, ini_file, lineinfile, replace } from './bench/patterns.js';
import { grown, random } from './fuzz/mutate.js';
import { around, cases, seeds } from './fuzz/seeds.js';

const REPORT = new URL('../docs/benchmarks.md', import.meta.url);
const { values } = parseArgs({ options: { markdown: { type: 'boolean', default: false } } });

const folder = mkdtempSync(join(tmpdir(), 'action-tune-bench-'));
try {
  const text = [await times(), await comparison()].join('\n\n');
  console.log(text);
  if (values.markdown) report(text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function times() {
  const started = process.cpuUsage();
  await loadPython();
  const load = milliseconds(process.cpuUsage(started));
  const all = await seeds();
  const rows = ['database', 'redis', 'compose', 'celery', 'unit'].map((kind) => {
    const seed = all.find((one) => one.kind === kind);
    const text = grown(seed.text, kind, random(1));
    const lines = text.split('\n').length;
    const here = around(seed);
    const each = (work) => (median(Array.from({ length: 15 }, () => timed(work))) / lines) * 1000;
    const [read, edit] = [
      each(() => seed.editor.read(text, here)),
      each(() => seed.editor.edit(text, seed.want, here)),
    ];
    return `| ${kind} | ${lines} | ${read.toFixed(1)} ms | ${edit.toFixed(1)} ms |`;
  });
  return [
    '| file | lines | read, per 1,000 lines | edit and check, per 1,000 lines |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
    `Loading the Python grammar takes ${load.toFixed(0)} ms, once. CPU time, medians of 15.`,
  ].join('\n');
}

function timed(work) {
  const before = process.cpuUsage();
  work();
  return milliseconds(process.cpuUsage(before));
}

function milliseconds({ user, system }) {
  return (user + system) / 1000;
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}

/** Only the file itself is looked at, as a pattern would: what is followed into other files is there for the tool alone. */
async function comparison() {
  const all = cases();
  const units = all.filter(({ kind }) => kind === 'unit');
  const rows = [
    ['action-tune', all, await byTool()],
    ['patterns with `sed`', all, bySed(folder, all)],
    ['Ansible `replace`', all, byAnsible(folder, all, replace)],
    ['Ansible `lineinfile`', all, byAnsible(folder, all, lineinfile)],
    ['Ansible `ini_file`, units only', units, byAnsible(folder, units, ini_file)],
  ].map(([name, list, results]) => {
    const marks = list.map((one, index) => verdict(one, results[index]));
    const count = (mark) => marks.filter((found) => found === mark).length;
    return `| ${name} | ${list.length} | ${count('right')} | ${count('left alone')} | ${count('damaged')} |`;
  });
  return [
    '| how | shapes | right | refused, or left alone | damaged |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

async function byTool() {
  return (await seeds()).map((seed) => {
    const here = around(seed);
    const answer = seed.editor.edit(seed.text, seed.want, here);
    if (!answer.ok) return seed.text;
    const after = applyPlacedEdits(seed.text, answer.value, here);
    return { own: after.text, textOf: (path) => after.around.textOf(path) };
  });
}

/** Right is what changes only the value, however it is spaced. What must be refused is right only when left alone. */
function verdict({ text, files, replace: pairs, refused }, result) {
  const own = typeof result === 'string' ? result : result.own;
  if (refused !== undefined) return own === text ? 'left alone' : 'damaged';
  const inOwn = pairs.filter(([, , file]) => file === undefined);
  const wanted = inOwn.reduce((changed, [from, to]) => changed.replace(from, () => to), text);
  if (inOwn.length === 0) return elsewhere({ pairs, files }, own === text, result);
  if (same(own, wanted)) return 'right';
  return own === text ? 'left alone' : 'damaged';
}

function elsewhere({ pairs, files }, isUntouched, result) {
  if (typeof result === 'string') return isUntouched ? 'left alone' : 'damaged';
  const isRight = (file) => {
    const own = pairs.filter(([, , other]) => other === file);
    const wanted = own.reduce((changed, [from, to]) => changed.replace(from, () => to), files[file]);
    return same(result.textOf(file.startsWith('/') ? file : `/srv/action/${file}`), wanted);
  };
  return isUntouched && pairs.every(([, , file]) => isRight(file)) ? 'right' : 'damaged';
}

function same(a, b) {
  return a.replace(/\s+/g, '') === b.replace(/\s+/g, '');
}

function report(text) {
  const page = readFileSync(REPORT, 'utf8');
  const [start, end] = ['<!-- rewriting -->', '<!-- end of rewriting -->'];
  const [before, after] = [page.indexOf(start) + start.length, page.indexOf(end)];
  writeFileSync(REPORT, `${page.slice(0, before)}\n\n${text}\n\n${page.slice(after)}`);
}
