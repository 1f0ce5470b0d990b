import type { Word } from './word.js';

/** Where the command behind a wrapper begins, and whether its first word is the name of a module. */
export interface Behind {
  readonly index: number;
  readonly module: boolean;
}

interface Wrapper {
  /** The word that must follow its own options. */
  readonly subcommand?: string;
  /** Options that take the next word as their value. */
  readonly valued: readonly string[];
  readonly flags: readonly string[];
  /** Words before the command that are no options. */
  readonly operands: number;
}

const PLAIN: Wrapper = { valued: [], flags: [], operands: 0 };

/** Programs that end in starting the command that follows, which then does its work as it stands. */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  exec: PLAIN,
  command: PLAIN,
  nohup: PLAIN,
  'ddtrace-run': PLAIN,
  'opentelemetry-instrument': PLAIN,
  tini: { ...PLAIN, flags: ['-s', '-g', '-v', '-w'], valued: ['-p', '-e'] },
  'dumb-init': { ...PLAIN, flags: ['-c', '--single-child', '-v', '--verbose'], valued: ['-r', '--rewrite'] },
  nice: { ...PLAIN, valued: ['-n', '--adjustment'] },
  gosu: { ...PLAIN, operands: 1 },
  'su-exec': { ...PLAIN, operands: 1 },
  poetry: {
    ...PLAIN,
    subcommand: 'run',
    flags: ['-q', '--quiet', '-n', '--no-interaction'],
    valued: ['-C', '--directory'],
  },
  pipenv: { ...PLAIN, subcommand: 'run' },
  rye: { ...PLAIN, subcommand: 'run' },
  pdm: { ...PLAIN, subcommand: 'run', flags: ['-q', '--quiet'], valued: ['-p', '--project'] },
  uv: {
    subcommand: 'run',
    flags:
      '--frozen --locked --no-sync --no-dev --all-extras --isolated --active --exact --offline -q --quiet --no-cache --no-project --no-progress --system'.split(
        ' ',
      ),
    valued:
      '--with --extra --group --only-group --python -p --env-file --project --directory --package --index-url --cache-dir'.split(
        ' ',
      ),
    operands: 0,
  },
};

const MODULE_OPTION: ReadonlySet<string> = new Set(['-m', '--module']);

/** Where the command behind the wrapper at `index` begins; `undefined` where the word is none, or has unknown options. */
export function behindWrapper(words: readonly Word[], index: number, name: string): Behind | undefined {
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return undefined;
  let at = afterOptions(words, index + 1, wrapper);
  if (wrapper.subcommand !== undefined) {
    if (words[at]?.text !== wrapper.subcommand) return undefined;
    at = afterOptions(words, at + 1, wrapper);
  }
  if (name === 'uv' && MODULE_OPTION.has(words[at]?.text ?? '')) return { index: at + 1, module: true };
  if (words[at]?.text === '--') at += 1;
  at += wrapper.operands;
  const next = words[at];
  return next === undefined || next.text.startsWith('-') ? undefined : { index: at, module: false };
}

function afterOptions(words: readonly Word[], from: number, { flags, valued }: Wrapper): number {
  let at = from;
  for (let text = words[at]?.text; text !== undefined; text = words[at]?.text) {
    if (flags.includes(text)) at += 1;
    else if (valued.includes(text)) at += 2;
    else if (valued.some((option) => option.startsWith('--') && text?.startsWith(`${option}=`))) at += 1;
    else break;
  }
  return at;
}
