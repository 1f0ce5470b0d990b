import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyTextEdits } from '../../../src/edit/splice.js';
import { handoffOf } from '../../../src/edit/systemd/handoff.js';
import { renderSocket } from '../../../src/edit/systemd/template.js';

const SOCKET = 'action-backend.socket';
const TEMPLATE = readFileSync(new URL(`../../../templates/systemd/${SOCKET}`, import.meta.url), 'utf8');
const LINES = `Requires=${SOCKET}\nAfter=${SOCKET}\n`;

function unit(start: string, rest = ''): string {
  return `[Unit]\nDescription=x\n\n[Service]\nExecStart=/venv/bin/${start}\n${rest}`;
}

function adopted(text: string): { readonly text: string; readonly listen: string } {
  const found = handoffOf(text, SOCKET);
  if (!found.ok) throw new Error(found.refusal.message);
  if (found.value === null) throw new Error('nothing to adopt');
  return { text: applyTextEdits(text, found.value.edits), listen: found.value.listen };
}

describe('handoffOf', () => {
  it.each([
    ['uvicorn a:b --host 0.0.0.0 --port 8001 --workers 2', 'uvicorn a:b --fd 3 --workers 2', '0.0.0.0:8001'],
    ['uvicorn --port=8001 a:b --host=::1', 'uvicorn --fd 3 a:b', '[::1]:8001'],
    ['uvicorn a:b --host localhost', 'uvicorn a:b --fd 3', '127.0.0.1:8000'],
    ['uvicorn a:b', 'uvicorn a:b --fd 3', '127.0.0.1:8000'],
    ['python3 -m uvicorn a:b --port 80', 'python3 -m uvicorn a:b --fd 3', '127.0.0.1:80'],
    ['uvicorn a:b --port 1 --port 2', 'uvicorn a:b --fd 3', '127.0.0.1:2'],
    [
      'uvicorn a:b \\\n  --host 0.0.0.0 \\\n  --port 8001 \\\n  --workers 2',
      'uvicorn a:b \\\n  --fd 3 \\\n  --workers 2',
      '0.0.0.0:8001',
    ],
  ])('takes the port from the socket in: %s', (start, expected, listen) => {
    const before = unit(start);
    expect(adopted(before)).toEqual({ text: unit(expected).replace('[Unit]\n', `[Unit]\n${LINES}`), listen });
  });

  it('keeps line ends and a byte order mark, and makes a [Unit] section where there is none', () => {
    const before = `\uFEFF[Service]\r\nExecStart=/bin/uvicorn a:b --port 80\r\n`;
    expect(adopted(before).text).toBe(`\uFEFF[Unit]\n${LINES}\n[Service]\r\nExecStart=/bin/uvicorn a:b --fd 3\r\n`);
    const windows = '[Unit]\r\nAfter=x\r\n[Service]\r\nExecStart=/bin/uvicorn a:b\r\n';
    expect(adopted(windows).text).toBe(
      `[Unit]\r\n${LINES.replaceAll('\n', '\r\n')}After=x\r\n[Service]\r\nExecStart=/bin/uvicorn a:b --fd 3\r\n`,
    );
  });

  it('has nothing to do where a descriptor is given already', () => {
    expect(handoffOf(unit('uvicorn a:b --fd 3'), SOCKET)).toEqual({ ok: true, value: null });
  });

  it.each([
    ['uvicorn a:b --uds /run/x', '', '--uds'],
    ['uvicorn a:b --port $PORT', '', '--port $PORT'],
    ['uvicorn a:b --port 0', '', '--port 0'],
    ['uvicorn a:b --host example.org', '', '--host example.org'],
    ['uvicorn a:b', 'Environment=UVICORN_PORT=9\n', undefined],
    ['uvicorn a:b --port 80', 'EnvironmentFile=/etc/x\n', undefined],
  ])('refuses what is only known at the start: %s %s', (start, rest, found) => {
    const answer = handoffOf(unit(start, rest), SOCKET);
    expect(answer).toMatchObject({ ok: false, refusal: { at: { line: expect.any(Number) }, fix: expect.any(String) } });
    if (!answer.ok) expect(answer.refusal.found).toBe(found);
  });

  it('reads no environment where host and port are both written out', () => {
    const text = unit('uvicorn a:b --host 127.0.0.1 --port 80', 'EnvironmentFile=/etc/x\n');
    expect(adopted(text).listen).toBe('127.0.0.1:80');
  });
});

describe('renderSocket', () => {
  it('listens on what was found, and holds no placeholder', () => {
    expect(renderSocket(TEMPLATE, '[::1]:8001')).toMatch(/^ListenStream=\[::1\]:8001$/m);
    expect(renderSocket(TEMPLATE, '0.0.0.0:80')).not.toContain('{{');
  });

  it('takes nothing that is no address', () => {
    expect(() => renderSocket(TEMPLATE, '0.0.0.0:80\nExec=x')).toThrow();
  });
});
