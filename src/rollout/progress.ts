/** What a run says of itself, as far as it has come. */
export interface Progress {
  /** One of `applied`, `put-back`, `interrupted`, `stuck`, `unwell`, `full`, `stale`, `locked`, `died`, `never-started`; `null` while it runs. */
  readonly outcome: string | null;
  readonly lines: number;
  readonly said: readonly string[];
  readonly checks: readonly Check[];
  /** How long each release's services refused their clients, in milliseconds, as it was measured. */
  readonly gaps: ReadonlyMap<number, number>;
  readonly stale: readonly string[];
  readonly failed: { readonly release: number; readonly step: string } | null;
  /** The last lines that services said before they were put back. */
  readonly evidence: readonly { readonly release: number; readonly service: string; readonly text: string }[];
  readonly stuck: readonly { readonly release: number; readonly kind: string; readonly what: string }[];
  /** Each file and service as it is now, where not everything could be put back; empty where nobody could ask. */
  readonly left: readonly { readonly kind: string; readonly what: string; readonly state: string }[];
  /** The last lines of what the commands printed. */
  readonly log: string;
}

export interface Check {
  readonly release: number;
  readonly name: string;
  /** `null`: it could not be told. */
  readonly ok: boolean | null;
  readonly expected: string;
  readonly found: string;
}

export const NO_PROGRESS: Progress = {
  outcome: null,
  lines: 0,
  said: [],
  checks: [],
  gaps: new Map(),
  stale: [],
  failed: null,
  evidence: [],
  stuck: [],
  left: [],
  log: '',
};

/** Adds an answer of `at_follow` to what was known. */
export function readProgress(known: Progress, answer: string): Progress {
  return answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
    .reduce(addRow, known);
}

function addRow(known: Progress, [key = '', ...fields]: readonly string[]): Progress {
  const [first = '', second = '', third = '', expected = '', found = ''] = fields;
  const counted = { ...known, lines: known.lines + 1 };
  switch (key) {
    case 'outcome':
      return { ...known, outcome: first };
    case 'running':
      return known;
    case 'log':
      return { ...known, log: decoded(first) };
    case 'say':
      return { ...counted, said: [...known.said, first] };
    case 'gap':
      return { ...counted, gaps: new Map([...known.gaps, [Number(first), Number(second)]]) };
    case 'stale':
      return { ...counted, stale: [...known.stale, first] };
    case 'failed':
      return { ...counted, failed: known.failed ?? { release: Number(first), step: second } };
    case 'evidence': {
      const evidence = { release: Number(first), service: second, text: decoded(third) };
      return { ...counted, evidence: [...known.evidence, evidence] };
    }
    case 'stuck':
      return { ...counted, stuck: [...known.stuck, { release: Number(first), kind: second, what: third }] };
    case 'left':
      return { ...known, left: [...known.left, { kind: first, what: second, state: third }] };
    case 'check': {
      const check = {
        release: Number(first),
        name: second,
        ok: third === 'unknown' ? null : third === 'true',
        expected,
        found,
      };
      return { ...counted, checks: [...known.checks, check] };
    }
    default:
      return counted;
  }
}

function decoded(field: string): string {
  return field === '-' ? '' : Buffer.from(field, 'base64').toString('utf8');
}
