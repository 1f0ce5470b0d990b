// Damages and grows texts, by a generator of numbers that always gives the same for one seed.
import { PIECES } from './pieces.js';

/** mulberry32: small, fast, and good enough to pick pieces. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (limit) => Math.floor(next() * limit), pick: (list) => list[Math.floor(next() * list.length)] };
}

/** A text with a few pieces cut out, doubled, moved or put in; sometimes with another line end or a mark in front. */
export function mutant(text, numbers) {
  const { below } = numbers;
  let result = text;
  for (let turns = 1 + below(4); turns > 0; turns -= 1) result = mutated(result, numbers);
  if (below(12) === 0) result = result.replace(/\r?\n/g, '\r\n');
  if (below(20) === 0) result = `\uFEFF${result}`;
  // Half of a pair of surrogates is no UTF-8: such a file is refused before an editor sees it.
  return Buffer.from(result).toString('utf8');
}

function mutated(text, { below, pick }) {
  const at = below(text.length + 1);
  const length = below(2) === 0 ? 0 : below(24);
  const [head, cut, rest] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  const ways = [
    () => head + pick(PIECES) + rest,
    () => head + cut + cut + rest,
    () => head + rest,
    () => head + pick(PIECES) + cut + pick(PIECES) + rest,
    () => head + rest.slice(0, below(rest.length + 1)) + cut + rest,
  ];
  return pick(ways)();
}

const SERVICE = {
  compose: (n) => `  s${n}:\n    image: x\n    command: run --n ${n}\n    restart: always\n`,
  celery: (n) => `  s${n}:\n    image: x\n    environment: [A=${n}]\n    restart: always\n`,
};
const CODE = {
  database: (n) => `def f${n}(a, b=${n}):\n    """doc ${n}"""\n    return call(a, key={"a": [1, ${n}]})\n\n`,
  redis: (n) => `class C${n}:\n    x: int = ${n}\n\n    def m(self):\n        return self.x\n`,
};
const ASSIGNED = (n) => `Environment=A${n}=${n}\n# ${n}\n`;

/** A file of some 2,000 lines with the text in it. */
export function grown(text, kind, numbers) {
  if (CODE[kind] !== undefined) return filled(text, CODE[kind], { lines: 450, ends: numbers.below(2) === 0 });
  const filler = SERVICE[kind] ?? ASSIGNED;
  return filled(text, filler, { lines: kind.endsWith('unit') ? 1000 : 450, ends: false });
}

const LINES = [
  [/\.py$/, CODE.redis],
  [/\.ya?ml$/, SERVICE.compose],
  [/\.service$|\.d\/[^/]+\.conf$/, ASSIGNED],
  [/\.conf$/, (n) => `[program:x${n}]\ncommand=run --n ${n}\n`],
  [/Procfile/, (n) => `x${n}: run --n ${n} "$A" && true\n# ${n}\n`],
  [/Makefile$/, (n) => `x${n}: y${n}\n\trun --n ${n}\n`],
  [/Dockerfile$/, (n) => `# ${n}\nLABEL a${n}=${n}\n`],
  [/\.sh$|\/bin\//, (n) => `run "a ${n}" --n $A || exit 1\n# ${n}\n`],
];

/** The same of a file beside it; by its path, since most of them have no kind. */
export function grownBeside(text, path, numbers) {
  const [, filler] = LINES.find(([pattern]) => pattern.test(path)) ?? [null, (n) => `A${n}="${n}"\n# ${n}\n`];
  const ends = /\.sh$|Procfile|env$|\/default\//.test(path) && numbers.below(2) === 0;
  return filled(text, filler, { lines: 450, ends });
}

/** `ends`: the text comes last. */
function filled(text, filler, { lines, ends }) {
  const more = Array.from({ length: lines }, (_, index) => filler(index)).join('');
  return ends ? more + text : `${text}${text.endsWith('\n') ? '' : '\n'}${more}`;
}
