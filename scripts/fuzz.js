// Edits mutated and generated files without end, and stops at the first that is damaged, crashes or takes too long.
// npm run fuzz [-- --runs N] [--seconds N] [--seed N]    A million runs, unless one of the first two is given.
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judgePairs } from './fuzz/judge.js';
import { grown, mutant, random } from './fuzz/mutate.js';
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
for (const one of all) check(one, one.text);
const numbers = random(seed);
const tally = { edited: 0, unchanged: 0, refused: 0 };
let pairs = [];
let run = 0;
for (; run < runs && Date.now() < until; run += 1) {
  const one = numbers.pick(all);
  const base = run % EVERY_GROWN === 0 ? grown(one.text, one.kind, numbers) : one.text;
  const text = mutant(base, numbers);
  const result = attempt(one, text);
  if (result.broken !== null) fail(one, text, result.broken);
  tally[result.edited === undefined ? 'refused' : result.edited ? 'edited' : 'unchanged'] += 1;
  pairs.push(...(result.pairs ?? []).filter(([, before]) => before.length < 20_000));
  if (pairs.length >= BATCH) judgeAll();
}
judgeAll();
writeSync(
  1,
  `${run} runs, seed ${seed}: ${tally.edited} edited, ${tally.unchanged} as wanted already, ${tally.refused} refused, none damaged\n`,
);

function attempt(one, text) {
  try {
    return check(one, text);
  } catch (error) {
    return { broken: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function judgeAll() {
  const faults = judgePairs(pairs);
  const at = faults.findIndex((fault) => fault !== null);
  if (at >= 0)
    fail(
      { shape: pairs[at][0], kind: 'after the edit' },
      `${pairs[at][1]}\n---\n${pairs[at][2]}`,
      `the file ${faults[at]}`,
    );
  pairs = [];
}

function fail(one, text, broken) {
  writeSync(
    2,
    `run ${run}, seed ${seed}: ${broken}\n${one.kind}: ${one.shape}\n${JSON.stringify(text.slice(0, 4000))}\n${text.slice(0, 4000)}\n`,
  );
  process.exit(1);
}
