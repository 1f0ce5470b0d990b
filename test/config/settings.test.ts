import { describe, expect, it } from 'vitest';
import { parseByHand } from '../../src/config/settings.js';
import { SETTING_KEYS } from '../../src/settings.js';

describe('a setting by hand', () => {
  it.each([
    ['db.pool_size=15', 15],
    ['db.max_overflow = 0', 0],
    ['db.pool_timeout=2.5', 2.5],
    ['db.pool_pre_ping=false', false],
    ['db.pool_recycle=-1', -1],
    ['celery.pool=solo', 'solo'],
  ])('reads %s', (text, value) => {
    expect(parseByHand([text]).settings).toEqual({ [text.split(/ ?=/)[0] ?? '']: value });
  });

  it.each([
    'db.pool_size=0',
    'db.pool_size=1.5',
    'db.pool_size=NaN',
    'db.pool_size=',
    'db.max_overflow=-1',
    'db.pool_timeout=-1',
    'db.pool_timeout=30s',
    'db.pool_pre_ping=True',
    'db.pool_recycle=-2',
    'redis.max_connections=0',
    'web.workers=0',
    'celery.pool=fork',
    'celery.concurrency=0',
  ])('refuses %s', (text) => {
    expect(() => parseByHand([text])).toThrow(`--set: ${text.split('=')[0]} is not `);
  });

  it.each(['db.pool=1', 'toString=1', 'db.pool_size', '', '=1'])('names the known keys for %j', (text) => {
    expect(() => parseByHand([text])).toThrowError(
      expect.objectContaining({ problems: [expect.objectContaining({ code: 'usage', details: SETTING_KEYS })] }),
    );
  });

  it('names each of them once', () => {
    expect(() => parseByHand(['db.pool=1'])).toThrowError(
      expect.objectContaining({
        problems: [expect.objectContaining({ expected: expect.not.stringContaining('redis') })],
      }),
    );
  });
});

describe('what is set by hand', () => {
  it('are settings, and values of the profile', () => {
    const { settings, profile } = parseByHand([
      'db.pool_size=15',
      'users.max=80',
      'basis=model',
      'workload.demand.web = 30ms',
    ]);
    expect(settings).toEqual({ 'db.pool_size': 15 });
    expect([...profile]).toEqual([
      ['users.max', '80'],
      ['basis', 'model'],
      ['workload.demand.web', '30ms'],
    ]);
  });

  it('is refused all at once', () => {
    expect(() => parseByHand(['db.pool_size=0', 'nothing', 'web.workers=x'])).toThrowError(
      expect.objectContaining({ problems: [expect.anything(), expect.anything(), expect.anything()] }),
    );
  });

  it('must say what, for both', () => {
    expect(() => parseByHand(['users.max'])).toThrow('does not say what to set');
    expect(() => parseByHand(['db.pool_sise=1'])).toThrow('not a known setting');
  });
});
