import { describe, expect, it } from 'vitest';
import { found, source, start } from './given.js';

const UVICORN = 'uvicorn app.main:app --workers 2';
const nginx = source(
  '/etc/nginx/conf.d/app.conf',
  'upstream app {',
  '  server 127.0.0.1:8001;',
  '  keepalive 16;',
  '}',
);

describe('the keep-alive of a proxy', () => {
  it('is found where uvicorn closes first', () => {
    expect(found({ proxies: [nginx], starts: [start(UVICORN)] })).toEqual(['keep-alive compose.yml:3']);
  });

  it('is no alarm where uvicorn keeps them longer, or the proxy keeps none', () => {
    expect(found({ proxies: [nginx], starts: [start(`${UVICORN} --timeout-keep-alive 65`)] })).toEqual([]);
    const short = source('n.conf', 'upstream a {', '  keepalive 16;', '  keepalive_timeout 3s;', '}');
    expect(found({ proxies: [short], starts: [start(UVICORN)] })).toEqual([]);
    expect(found({ proxies: [source('n.conf', '# keepalive 16;')], starts: [start(UVICORN)] })).toEqual([]);
  });
});

describe('a unit that requires Redis', () => {
  it('is found, and one that wants it is none', () => {
    expect(found({ units: [source('a.service', '[Unit]', 'Requires=redis-server.service')] })).toEqual([
      'requires-redis a.service:2',
    ]);
    expect(
      found({
        units: [
          source('a.service', 'Wants=redis-server.service', 'After=redis-server.service', '#Requires=redis.service'),
        ],
      }),
    ).toEqual([]);
  });
});
