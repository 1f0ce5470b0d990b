// Edits mutated and generated files without end, and stops at the first that is damaged, crashes or takes too long.
// npm run fuzz [-- --runs N] [--seconds N] [--seed N]    A million runs, unless one of the first two is given.
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judgePairs } from './fuzz/judge.js';
import { grown, grownBeside, mutant, random } from './fuzz/mutate.js';
import { check } from './fuzz/promises.js';
import { seeds } from './fuzz/seeds.js';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const runs =
  values.runs === undefined
    ? values.seconds === undefined
      ? 1_000_000
      : Number.POSITIVE_INFINITY
    : Number(values.runs);
const until = values.seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.seconds) * 1000;
const BATCH = 4000;
const EVERY_GROWN = 200;

const all = await seeds({ database: { 'db.max_overflow': 30, 'db.pool_pre_ping': true } });
for (const one of all) check(one);
const numbers = random(seed);
const tally = { edited: 0, unchanged: 0, refused: 0 };
let pairs = [];
let run = 0;
for (; run < runs && Date.now() < until; run += 1) {
  const one = changed(numbers.pick(all));
  const result = attempt(one);
  if (result.broken !== null) fail(one, result.broken);
  tally[result.edited === undefined ? 'refused' : result.edited ? 'edited' : 'unchanged'] += 1;
  pairs.push(...(result.pairs ?? []).filter(([, before, after]) => before !== after && before.length < 20_000));
  if (pairs.length >= BATCH) judgeAll();
}
judgeAll();
writeSync(
  1,
  `${run} runs, seed ${seed}: ${tally.edited} edited, ${tally.unchanged} as wanted already, ${tally.refused} refused, none damaged\n`,
);

/** The file itself, or one that it leads to, damaged or grown; now and then such a one is not there at all. */
function changed(one) {
  const beside = Object.keys(one.files);
  const isGrown = run % EVERY_GROWN === 0;
  if (beside.length === 0 || numbers.below(2) === 0)
    return { ...one, text: mutant(isGrown ? grown(one.text, one.kind, numbers) : one.text, numbers) };
  const path = numbers.pick(beside);
  const { [path]: text, ...others } = one.files;
  if (numbers.below(EVERY_GROWN) === 0) return { ...one, files: others };
  const base = isGrown ? grownBeside(text, path, numbers) : text;
  return { ...one, files: { ...one.files, [path]: mutant(base, numbers) } };
}

function attempt(one) {
  try {
    return check(one);
  } catch (error) {
    return { broken: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function judgeAll() {
  const faults = judgePairs(pairs);
  const at = faults.findIndex((fault) => fault !== null);
  if (at >= 0) {
    const [path, before, after] = pairs[at];
    fail({ shape: path, kind: 'after the edit', path, text: before, files: { after } }, `the file ${faults[at]}`);
  }
  pairs = [];
}

function fail({ kind, shape, path, text, files }, broken) {
  writeSync(2, `run ${run}, seed ${seed}: ${broken}\n${kind}: ${shape}\n`);
  for (const [name, content] of Object.entries({ [path]: text, ...files }))
    writeSync(2, `--- ${name}\n${JSON.stringify(content.slice(0, 4000))}\n${content.slice(0, 4000)}\n`);
  process.exit(1);
}
