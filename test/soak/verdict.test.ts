import { describe, expect, it } from 'vitest';
import type { Release } from '../../src/journal/history.js';
import { soakOf } from '../../src/soak/verdict.js';
import { started } from '../journal/build.js';

const release: Release = { id: 1, entry: started(1), state: 'applied', unwell: false, since: '2026-03-01T10:00:00Z' };
const hour = 3_600_000;

describe('soakOf', () => {
  it('waits until the time is over', () => {
    const soak = soakOf({ release, soakMs: hour, now: '2026-03-01T10:59:59Z', drifted: [] });
    expect(soak).toMatchObject({ since: '2026-03-01T10:00:00Z', until: '2026-03-01T11:00:00Z', verdict: 'pending' });
  });

  it('passes when it is', () => {
    expect(soakOf({ release, soakMs: hour, now: '2026-03-01T11:00:00Z', drifted: [] })?.verdict).toBe('pass');
  });

  it('fails where a file was changed since', () => {
    const soak = soakOf({ release, soakMs: hour, now: '2026-03-01T11:00:00Z', drifted: ['/app/database.py'] });
    expect(soak).toMatchObject({ verdict: 'fail', because: expect.stringContaining('/app/database.py') });
  });

  it('has nothing to watch where nothing runs', () => {
    const idle = { ...release, entry: started(1, { runtime: 'none' }) };
    expect(soakOf({ release: idle, soakMs: hour, now: '2026-03-01T11:00:00Z', drifted: [] })).toBeNull();
  });
});
