import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CORPUS, casesOf, editorFor, expectedOf, filesOf, PAGES, PATHS, settingOf, WANTED } from './corpus.js';
import { outcomeIn } from './project.js';

const DOCUMENT = readFileSync(new URL('../../docs/shapes.md', import.meta.url), 'utf8');

describe('every shape of the corpus', () => {
  it.each(CORPUS.map((one) => ({ name: one.shape, one })))('$name', ({ one }) => {
    const outcome = outcomeIn(editorFor(one), PATHS[one.kind], filesOf(one), WANTED[one.kind], settingOf(one));
    if (one.refused === undefined) return expect(outcome).toEqual(expectedOf(one));
    expect(outcome).toBeTypeOf('string');
    const own = `${PATHS[one.kind]}:`;
    const said = String(outcome).replace(` ${own}`, ' ').replace('undefined:undefined', '0:0');
    expect(said.slice(0, one.refused.length)).toBe(one.refused);
  });
});

describe('docs/shapes.md', () => {
  it.each(PAGES)('has a row for each shape of %s, that says what is done', (page) => {
    const section = DOCUMENT.split(`<!-- ${page} -->`)[1] ?? '';
    const rows = section
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| shape |') && !/^\| -/.test(line));
    expect(rows).toEqual(casesOf(page).map(({ shape, does }) => `| ${escaped(shape)} | ${escaped(does)} |`));
  });

  it('says "refuses" where the file is refused, and only there', () => {
    for (const { shape, does, refused } of CORPUS)
      expect([shape, /^refuses/.test(does)]).toEqual([shape, refused !== undefined]);
  });
});

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
