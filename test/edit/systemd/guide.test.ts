import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyTextEdits } from '../../../src/edit/splice.js';
import { renderUnit } from '../../../src/edit/systemd/template.js';
import { unitEditor } from '../../../src/edit/systemd/unit.js';

const BACKEND = template('action-backend.service');
const CELERY = template('action-celery-worker.service');
const GUIDE = { root: '/root/Action', user: 'root', workers: '2', pool: 'prefork', concurrency: '2' };

function template(name: string): string {
  return readFileSync(new URL(`../../../templates/systemd/${name}`, import.meta.url), 'utf8');
}

function guideUnit(description: string, start: string): string {
  return `[Unit]
Description=${description}
After=network.target redis-server.service
Requires=redis-server.service

[Service]
Type=simple
User=root
WorkingDirectory=/root/Action/backend
Environment="PATH=/root/Action/backend/venv/bin"
ExecStart=/root/Action/backend/venv/bin/${start}
Restart=always
RestartSec=10
StandardOutput=journal
StandardError=journal

[Install]
WantedBy=multi-user.target
`;
}

function withoutComments(unit: string): string {
  return unit.replace(/^#.*\n/gm, '');
}

describe("the guide's units", () => {
  it('come out of the templates', () => {
    expect(withoutComments(renderUnit(BACKEND, GUIDE))).toBe(
      guideUnit('Action backend (FastAPI on uvicorn)', 'uvicorn app.main:app --host 0.0.0.0 --port 8001 --workers 2'),
    );
    expect(withoutComments(renderUnit(CELERY, GUIDE))).toBe(
      guideUnit(
        'Action celery worker',
        'celery -A app.celery_app worker --loglevel=info --pool=prefork --concurrency=2',
      ),
    );
  });

  it('read back as they were written, and need no edit', () => {
    const backend = renderUnit(BACKEND, GUIDE);
    const celery = renderUnit(CELERY, GUIDE);
    expect(unitEditor('backend').read(backend)).toMatchObject({ value: { values: { 'web.workers': 2 } } });
    expect(unitEditor('celery').read(celery)).toMatchObject({
      value: { values: { 'celery.pool': 'prefork', 'celery.concurrency': 2 } },
    });
    expect(unitEditor('backend').edit(backend, { 'web.workers': 2 })).toEqual({ ok: true, value: [] });
    expect(unitEditor('celery').edit(celery, { 'celery.pool': 'prefork' })).toEqual({ ok: true, value: [] });
  });

  it('are reached from the units without the options', () => {
    const before = guideUnit('x', 'uvicorn app.main:app --host 0.0.0.0 --port 8001');
    const edits = unitEditor('backend').edit(before, { 'web.workers': 2 });
    if (!edits.ok) throw new Error(edits.refusal.message);
    expect(applyTextEdits(before, edits.value)).toBe(before.replace('--port 8001', '--port 8001 --workers 2'));
  });
});

describe('renderUnit', () => {
  it.each([
    ['a blank', '/root/My Action'],
    ['a specifier', '/root/%h'],
    ['a line break', '/root\nExecStartPre=/bin/true'],
    ['a variable', '/root/$HOME'],
    ['a quote', '/root/"x'],
    ['a backslash', '/root\\x20x'],
    ['a colon, which divides PATH', '/root/a:b'],
    ['a relative path', 'Action'],
    ['an empty one', ''],
  ])('refuses %s in the root', (_what, root) => {
    expect(() => renderUnit(BACKEND, { ...GUIDE, root })).toThrow();
  });

  it('refuses a placeholder it has no value for, and inherited names', () => {
    expect(() => renderUnit('User={{usr}}', GUIDE)).toThrow('no value');
    expect(() => renderUnit('User={{toString}}', GUIDE)).toThrow('no value');
  });

  it('passes values over that the template does not use', () => {
    expect(renderUnit('User={{user}}', { user: 'root', workers: '' })).toBe('User=root');
  });
});
