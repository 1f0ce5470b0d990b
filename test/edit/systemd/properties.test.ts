import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyTextEdits } from '../../../src/edit/splice.js';
import { unitEditor } from '../../../src/edit/systemd/unit.js';
import type { TextEdit } from '../../../src/edit/types.js';

const celery = unitEditor('celery');
const options = ['-c 8', '--concurrency=3', '--pool=solo', '-Psolo', '-n "w@%%h"', '--loglevel info', '-E', "'-c' '1'"];

/** Units whose celery worker can be edited: options in any order, on one line or several, with comments in between. */
const unit = fc
  .record({
    options: fc.shuffledSubarray(options),
    between: fc.constantFrom(' ', '  ', ' \\\n  ', ' \\\n# -c 9\n\t'),
    newline: fc.constantFrom('\n', '\r\n'),
    bom: fc.boolean(),
    rest: fc.constantFrom('', '\n', '\nRestart=always # 重启 🚀\n[Install]\nWantedBy=x', '\nEnvironment=A=1 "B=2"\n'),
  })
  .map(({ options, between, newline, bom, rest }) => {
    const start = ['ExecStart=/v/celery -A 应用', 'worker', ...options].join(between);
    return `${bom ? '\uFEFF' : ''}${`[Service]\nType=simple\n${start}${rest}`.replaceAll('\n', newline)}`;
  });

function edited(text: string, concurrency: number): readonly TextEdit[] {
  const answer = celery.edit(text, { 'celery.pool': 'prefork', 'celery.concurrency': concurrency });
  if (!answer.ok) throw new Error(`${answer.refusal.message}\n${text}`);
  return answer.value;
}

function inverse(text: string, edits: readonly TextEdit[]): TextEdit[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return { start, end: start + edit.text.length, text: text.slice(edit.start, edit.end) };
  });
}

it('sets what is wanted, twice is once, and the inverse brings every byte back', () => {
  fc.assert(
    fc.property(unit, fc.integer({ min: 1, max: 64 }), (text, concurrency) => {
      const edits = edited(text, concurrency);
      const changed = applyTextEdits(text, edits);
      expect(celery.read(changed)).toMatchObject({
        value: { values: { 'celery.pool': 'prefork', 'celery.concurrency': concurrency } },
      });
      expect(edited(changed, concurrency)).toEqual([]);
      expect(applyTextEdits(changed, inverse(text, edits))).toBe(text);
    }),
    { numRuns: 400 },
  );
});

it('never throws on damaged units', () => {
  fc.assert(
    fc.property(
      unit,
      fc.nat(),
      fc.constantFrom('"', "'", '\n', '\\', '\\\n', '$', '${', '%', ';', ' ; ', '#', '[', ''),
      (text, at, bit) => {
        const place = at % text.length;
        const damaged = text.slice(0, place) + bit + text.slice(place + (bit === '' ? 3 : 0));
        const answer = celery.edit(damaged, { 'celery.concurrency': 2 });
        if (answer.ok) {
          const changed = applyTextEdits(damaged, answer.value);
          expect(celery.edit(changed, { 'celery.concurrency': 2 })).toEqual({ ok: true, value: [] });
        } else expect(answer.refusal.fix).not.toBe('');
      },
    ),
    { numRuns: 400 },
  );
});
