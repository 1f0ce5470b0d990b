import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';

const LONG = 60_000;

/** Milliseconds of CPU that one edit takes, whatever else the machine does; the bounds are far above what is usual, and far below what a quadratic walk takes. */
function timed(text: string): number {
  const before = process.cpuUsage();
  composeEditor().edit(text, { 'web.workers': 2 });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('an edit takes a bounded time', () => {
  it.each([
    ['blanks', `"uvicorn a:b${' '.repeat(LONG)}x"`],
    ['carriage returns', `"uvicorn a:b${'\r'.repeat(LONG)}x"`],
    ['quotes', `'sh -c "uvicorn a:b $$(${"''".repeat(LONG / 2)}'`],
    ['backslashes', `'sh -c ''uvicorn a:b $$(${'\\'.repeat(LONG)}'''`],
    ['dollar signs', `sh -c "uvicorn a:b ${'$$'.repeat(LONG / 2)}"`],
    ['braces', `uvicorn a:b \${${'{'.repeat(LONG)}`],
    ['empty lines', `>\n      uvicorn a:b${'\n'.repeat(LONG)}      x`],
    ['lines', `>\n${'      uvicorn a:b\n'.repeat(LONG / 20)}`],
    ['words', `uvicorn a:b ${'x '.repeat(LONG / 2)}`],
  ])('with many %s', (_what, command) => {
    expect(timed(`services:\n  api:\n    command: ${command}\n`)).toBeLessThan(2000);
  });

  it('in a file of 2,000 lines', () => {
    const services = Array.from(
      { length: 500 },
      (_, index) => `  s${index}:\n    image: x\n    command: x\n    restart: always\n`,
    );
    const text = `services:\n${services.join('')}  api:\n    command: uvicorn a:b\n`;
    timed(text);
    expect(timed(text)).toBeLessThan(2000);
  });
});
