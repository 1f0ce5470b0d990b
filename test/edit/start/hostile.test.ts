import { describe, expect, it } from 'vitest';
import { unitEditor } from '../../../src/edit/systemd/unit.js';
import { ALONE, type Answer, type PlacedEdit } from '../../../src/edit/types.js';
import { CODE } from '../project.js';

const UNIT = '/etc/systemd/system/a.service';
const LONG = 100_000;

function edited(start: string, file: string, text: string): Answer<readonly PlacedEdit[]> {
  const unit = `[Service]\nExecStart=${start}\n`;
  const textOf = (path: string) => (path === file ? text : null);
  return unitEditor('backend', CODE).edit(unit, { 'web.workers': 2 }, { ...ALONE, path: UNIT, textOf });
}

describe('files that were made to be slow', () => {
  it.each([
    ['blanks in a Procfile', 'honcho start', '/Procfile', `a: uvicorn${' '.repeat(LONG)}"x\n`],
    ['blanks in a configuration', 'supervisord -c /s', '/s', `[program:a]\nuvicorn${' '.repeat(LONG)}x\n`],
    ['remarks in a configuration', 'supervisord -c /s', '/s', `[program:a]\nuvicorn ${'; '.repeat(LONG)}\n`],
    ['targets that need each other', 'make a', '/Makefile', `a: b\nb: a\n${'c: d uvicorn\n'.repeat(5000)}`],
    ['dollars in a Makefile', 'make a', '/Makefile', `a:\n\tuvicorn ${'$('.repeat(LONG)}\n`],
    ['a script that starts itself', '/run.sh', '/run.sh', '# uvicorn\nsh /run.sh\n'],
    ['quotes in a script', '/run.sh', '/run.sh', `uvicorn ${'"\''.repeat(LONG)}\n`],
  ])('are refused within a second: %s', (_what, start, file, text) => {
    const from = performance.now();
    expect(edited(start, file, text)).toMatchObject({ ok: false, refusal: { fix: expect.stringMatching(/./) } });
    expect(performance.now() - from).toBeLessThan(1000);
  });
});
