import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import { textOf } from '../../../src/edit/command/chars.js';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { scalarChars } from '../../../src/edit/compose/scalar.js';
import { applyTextEdits } from '../../../src/edit/splice.js';
import type { TextEdit } from '../../../src/edit/types.js';

const STYLES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;
const style = fc.constantFrom(...STYLES);
const lineWidth = fc.constantFrom(0, 20, 40, 80);

const text = fc
  .array(fc.constantFrom('a', 'bc', ' ', '  ', '\n', '\n\n', '\t', '"', "'", '\\', '#', ':', '$', '中', '🚀', '\x07'), {
    maxLength: 20,
  })
  .map((parts) => parts.join(''))
  // A scalar of blanks alone is no command: it may be refused.
  .filter((value) => /\S/.test(value));

describe('the source of a scalar', () => {
  it('is known for every character, in every style', () => {
    fc.assert(
      fc.property(text, style, lineWidth, fc.boolean(), (value, defaultStringType, width, dos) => {
        const written = stringify({ a: { command: value, z: 1 } }, { defaultStringType, lineWidth: width });
        const source = dos ? written.replaceAll('\n', '\r\n') : written;
        const document = parseDocument(source, { keepSourceTokens: true });
        const a = document.get('a');
        const node = isMap(a) ? a.get('command', true) : undefined;
        if (!isScalar(node)) throw new Error('not a scalar');
        const chars = scalarChars(source, node);
        expect(textOf(chars)).toBe(node.source);
        expect(chars.every((char, index) => index === 0 || char.start >= (chars[index - 1]?.start ?? 0))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

const port = fc.constantFrom('', ' --port 80', ` --port \${PORT:-80}`, ' --log-level "info"');
const workers = fc.constantFrom('', ' --workers 4', ' --workers=16', ' --workers=1 --workers 3');
const shell = fc.constantFrom('', 'alembic upgrade head && ', 'echo "uvicorn --workers 9"; exec ');

/** Compose files whose uvicorn command can be edited, in every style the library writes. */
const file = fc
  .record({
    port,
    workers,
    shell,
    defaultStringType: style,
    lineWidth,
    dos: fc.boolean(),
    bom: fc.boolean(),
    cut: fc.boolean(),
    list: fc.boolean(),
  })
  .map(({ port, workers, shell, defaultStringType, lineWidth, dos, bom, cut, list }) => {
    const start = `uvicorn 应用:app${workers}${port}`;
    const script = `${shell}${start}`;
    const line = shell === '' ? start : `sh -c '${script}'`;
    const command = list && shell !== '' ? ['sh', '-c', script] : line;
    const services = { db: { command: 'postgres -c x=1 🚀' }, api: { image: 'x', command, ports: ['1:1'] } };
    const written = stringify({ services }, { defaultStringType, defaultKeyType: 'PLAIN', lineWidth });
    const ended = cut ? written.trimEnd() : written;
    return `${bom ? '\uFEFF' : ''}${dos ? ended.replaceAll('\n', '\r\n') : ended}`;
  });

function edited(source: string, count: number): { text: string; edits: readonly TextEdit[] } {
  const answer = composeEditor().edit(source, { 'web.workers': count });
  if (!answer.ok) throw new Error(`${answer.refusal.message}\n${source}`);
  return { text: applyTextEdits(source, answer.value), edits: answer.value };
}

function inverse(source: string, edits: readonly TextEdit[]): TextEdit[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return { start, end: start + edit.text.length, text: source.slice(edit.start, edit.end) };
  });
}

describe('an edit', () => {
  it('does what is wanted, twice is once, and its inverse brings every byte back', () => {
    fc.assert(
      fc.property(file, fc.integer({ min: 2, max: 64 }), (source, count) => {
        const once = edited(source, count);
        expect(composeEditor().read(once.text)).toMatchObject({ value: { values: { 'web.workers': count } } });
        expect(edited(once.text, count).edits).toEqual([]);
        expect(applyTextEdits(once.text, inverse(source, once.edits))).toBe(source);
        expect(once.edits.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
  });

  it('of another number and back is the identity', () => {
    fc.assert(
      fc.property(file, fc.integer({ min: 2, max: 64 }), (source, count) => {
        const there = edited(source, 77).text;
        expect(edited(edited(there, count).text, 77).text).toBe(there);
      }),
    );
  });

  it('never throws on damaged files', () => {
    fc.assert(
      fc.property(
        file,
        fc.nat(),
        fc.constantFrom('"', "'", '\n', '\t', '${', '$', '\\', ': ', '&a ', '*a', '- ', '|', ''),
        (source, at, bit) => {
          const place = at % source.length;
          const damaged = source.slice(0, place) + bit + source.slice(place + (bit === '' ? 3 : 0));
          const answer = composeEditor().edit(damaged, { 'web.workers': 2 });
          if (answer.ok)
            expect(composeEditor().edit(applyTextEdits(damaged, answer.value), { 'web.workers': 2 })).toEqual({
              ok: true,
              value: [],
            });
          else expect(answer.refusal.fix).not.toBe('');
        },
      ),
      { numRuns: 400 },
    );
  });
});
