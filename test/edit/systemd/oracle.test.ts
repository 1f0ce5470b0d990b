import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyTextEdits } from '../../../src/edit/splice.js';
import { renderUnit } from '../../../src/edit/systemd/template.js';
import { unitEditor } from '../../../src/edit/systemd/unit.js';

const ANALYZE = 'systemd-analyze';
const MISSING = spawnSync(ANALYZE, ['--version']).status !== 0;
if (MISSING) console.warn('skipped: systemd-analyze is not installed, so no unit is checked against systemd itself');

const TEMPLATES = new URL('../../../templates/systemd/', import.meta.url);
const UNITS = ['action-backend.service', 'action-celery-worker.service'] as const;

describe.skipIf(MISSING)('systemd-analyze verify', () => {
  let root = '';

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'units-'));
    mkdirSync(join(root, 'backend/venv/bin'), { recursive: true });
    for (const name of ['uvicorn', 'celery']) {
      const program = join(root, 'backend/venv/bin', name);
      writeFileSync(program, '#!/bin/sh\n');
      chmodSync(program, 0o755);
    }
    writeFileSync(join(root, 'redis-server.service'), '[Service]\nExecStart=/bin/true\n');
  });

  afterAll(() => rmSync(root, { recursive: true }));

  function complaints(name: string, text: string): string {
    writeFileSync(join(root, name), text);
    const env = { ...process.env, SYSTEMD_UNIT_PATH: `${root}:` };
    const { stderr, status } = spawnSync(ANALYZE, ['verify', '--man=no', join(root, name)], { env });
    return `${status} ${stderr}`;
  }

  function rendered(name: string): string {
    const values = { root, user: 'root', workers: '1', pool: 'solo', concurrency: '1' };
    return renderUnit(readFileSync(new URL(name, TEMPLATES), 'utf8'), values);
  }

  it.each(UNITS)('takes %s from its template, and after an edit', (name) => {
    const unit = rendered(name);
    expect(complaints(name, unit)).toBe('0 ');
    const editor = unitEditor(name === 'action-backend.service' ? 'backend' : 'celery');
    const edits = editor.edit(unit, { 'web.workers': 4, 'celery.pool': 'prefork', 'celery.concurrency': 4 });
    if (!edits.ok) throw new Error(edits.refusal.message);
    expect(complaints(name, applyTextEdits(unit, edits.value))).toBe('0 ');
  });

  it('would have complained', () => {
    expect(complaints('broken.service', '[Service]\nExecStart=not/absolute\n')).toMatch(/^1 .*absolute path/s);
  });
});
