import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { applyTextEdits } from '../../../src/edit/splice.js';

const GUIDE = readFileSync(new URL('../../fixtures/compose/docker-compose.polardb.yml', import.meta.url), 'utf8');
const WANT = { 'web.workers': 2, 'celery.pool': 'prefork', 'celery.concurrency': 2 } as const;

describe("the guide's compose file", () => {
  it('reads as it stands', () => {
    expect(composeEditor().read(GUIDE)).toEqual({
      ok: true,
      value: {
        values: { 'web.workers': null, 'celery.pool': 'solo', 'celery.concurrency': null },
        places: { 'celery.pool': { line: 27, column: 69 } },
      },
    });
  });

  it("becomes the guide's, and only in the two commands", () => {
    const edits = composeEditor({ backend: 'backend', celery: 'celery-worker' }).edit(GUIDE, WANT);
    if (!edits.ok) throw new Error(edits.refusal.message);
    const changed = applyTextEdits(GUIDE, edits.value);
    expect(changed).toBe(
      GUIDE.replace('--port 8001"', '--port 8001 --workers 2"').replace(
        '--pool=solo',
        '--pool=prefork --concurrency=2',
      ),
    );
    expect(composeEditor().edit(changed, WANT)).toEqual({ ok: true, value: [] });
  });
});
