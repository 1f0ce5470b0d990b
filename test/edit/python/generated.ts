import fc from 'fast-check';
import type { Wanted } from '../../../src/settings.js';

/** Wanted values as a profile may give them. */
export function wanted(): fc.Arbitrary<Wanted> {
  const size = fc.integer({ min: -1, max: 500 });
  return fc.record(
    {
      'db.pool_size': size,
      'db.max_overflow': size,
      'db.pool_timeout': size,
      'db.pool_pre_ping': fc.boolean(),
      'db.pool_recycle': size,
      'redis.max_connections': size,
    },
    { requiredKeys: ['db.pool_size'] },
  );
}

const ARGUMENTS = [
  'echo=True',
  'connect_args={"pool_size": 5, "b": (1, 2)}',
  "json_serializer=lambda *a, **k: f'{a, k!r}'",
  'execution_options={\n  "a": 1,  # one, two\n}',
  'isolation_level="""连接,\n  🚀"""',
  'logging_name = ( "a" "b" )',
  'pool_size=5',
  'pool_size = (-1)',
  'max_overflow=\\\n 1_0',
  'pool_timeout=3.5',
  'pool_pre_ping=False',
  'pool_recycle=None',
];

const keywordOf = (argument: string): string => /^\w+/.exec(argument)?.[0] ?? '';

interface Layout {
  readonly indent: string;
  readonly gap: string;
  readonly beforeComma: string;
  readonly remark: string;
  readonly end: string;
  readonly isCommaLast: boolean;
}

function layout(): fc.Arbitrary<Layout> {
  return fc.record({
    indent: fc.constantFrom('', '    ', '\t'),
    gap: fc.constantFrom('', ' ', '\n        ', '\n\t\t', '  # 数, (x)\n   ', ' \\\n ', '\n\n# pool_size=9,\n  '),
    beforeComma: fc.constantFrom('', ' ', '\n', ' # before\n'),
    remark: fc.constantFrom('', ' # last, 🚀\n', '  # pool_size=7)\n'),
    end: fc.constantFrom('', ' ', '\n', '\n    ', '\n# below\n'),
    isCommaLast: fc.boolean(),
  });
}

function callOf(items: readonly string[], { gap, beforeComma, remark, end, isCommaLast }: Layout): string {
  const inside = items.map((item) => gap + item).join(`${beforeComma},`);
  return `create_engine(${inside}${isCommaLast ? `${beforeComma},` : ''}${remark}${end})`;
}

/** Files with one engine in every style of call that can be put together from the pieces above. */
export function engineFile(): fc.Arbitrary<string> {
  const items = fc
    .uniqueArray(fc.constantFrom(...ARGUMENTS), { selector: keywordOf })
    .map((keywords) => ['settings.database_url', ...keywords]);
  const file = fc.record({ bom: fc.boolean(), crlf: fc.boolean(), endsInNewline: fc.boolean() });
  return fc.tuple(items, layout(), file).map(([all, style, { bom, crlf, endsInNewline }]) => {
    const call = `def 引擎():\n${style.indent || ' '}return ${callOf(all, style)}  # 🚀, (`;
    const text = `# 数据库\nfrom sqlalchemy import create_engine\n${call}${endsInNewline ? '\n' : ''}`;
    return (bom ? '\uFEFF' : '') + (crlf ? text.replaceAll('\n', '\r\n') : text);
  });
}
