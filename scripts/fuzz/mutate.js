// Damages and grows texts, by a generator of numbers that always gives the same for one seed.

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

const PIECES = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ',,',
  '=',
  '==',
  ':',
  '#',
  '*',
  '**',
  '"',
  "'",
  '"""',
  '\\',
  '\\\n',
  ';',
  '&',
  '&&',
  '|',
  '|-',
  '>',
  '>-',
  '$',
  '$$',
  '${',
  '${W:-2}',
  '%',
  '@',
  '!',
  '&a ',
  '*a',
  '<<: *a',
  '- ',
  '? ',
  '5',
  '-1',
  '0x1f',
  'None',
  'True',
  '连接',
  '🚀',
  '\uFEFF',
  '\u2028',
  'é',
  'x',
  'if x:\n    ',
  'lambda: ',
  'f"{x}"',
  'await ',
  'pool_size=7',
  'max_connections=9',
  '**options',
  '*args',
  ' --workers 7',
  ' --workers=${W}',
  ' --reload',
  ' -c 8',
  ' -B',
  'sh -c "',
  'exec ',
  'uvicorn a:b',
  'celery -A a worker',
  'ExecStart=',
  'Environment=W=3',
  'from sqlalchemy import create_engine\n',
  'import redis\n',
  'create_engine(u)',
  'services:\n',
  '  api:\n',
  'command: ',
];

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

/** A file of some 2,000 lines with the text in it. */
export function grown(text, kind, { below }) {
  const filler = {
    database: (n) => `def f${n}(a, b=${n}):\n    """doc ${n}"""\n    return call(a, key={"a": [1, ${n}]})\n\n`,
    redis: (n) => `class C${n}:\n    x: int = ${n}\n\n    def m(self):\n        return self.x\n`,
    compose: (n) => `  s${n}:\n    image: x\n    command: run --n ${n}\n    restart: always\n`,
    celery: (n) => `  s${n}:\n    image: x\n    environment: [A=${n}]\n    restart: always\n`,
    unit: (n) => `Environment=A${n}=${n}\n# ${n}\n`,
  }[kind.replace('celery-', '')];
  const lines = Array.from({ length: kind.endsWith('unit') ? 1000 : 450 }, (_, index) => filler(index)).join('');
  const newline = text.endsWith('\n') || kind.endsWith('unit') ? '' : '\n';
  return below(2) === 0 && !/compose|celery|unit/.test(kind) ? lines + text : text + newline + lines;
}
