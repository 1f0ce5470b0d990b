import { describe, expect, it } from 'vitest';
import { details, found, source, start } from './given.js';

const UVICORN = 'uvicorn app.main:app --workers 2';
const nginx = source(
  '/etc/nginx/conf.d/app.conf',
  'upstream app {',
  '  server 127.0.0.1:8001;',
  '  keepalive 16;',
  '}',
);

describe('the keep-alive of a proxy', () => {
  const alarms = (lines: readonly string[], seconds?: number) => {
    const option = seconds === undefined ? '' : ` --timeout-keep-alive ${seconds}`;
    return details({ proxies: [source('n.conf', ...lines)], starts: [start(`${UVICORN}${option}`)] }).map(
      ({ message }) => /for (\S+ ?\S*) \((\S+)\)/.exec(message)?.slice(1).join(' at '),
    );
  };
  const upstream = (...lines: readonly string[]) => ['upstream app {', '  server a:1;', ...lines, '}'];

  it('is found where uvicorn closes first, at its own place', () => {
    expect(found({ proxies: [nginx], starts: [start(UVICORN)] })).toEqual(['keep-alive compose.yml:3']);
  });

  it.each([
    ['the default', upstream('  keepalive 16;'), '1 m at n.conf:3'],
    ['on one line', ['upstream app { server a:1; keepalive 32; }'], '1 m at n.conf:1'],
    ['in minutes', upstream('keepalive 16;', 'keepalive_timeout 1m;'), '1 m at n.conf:3'],
    ['in parts', upstream('keepalive_timeout "1m30s";', 'keepalive 16;'), '90 s at n.conf:4'],
    [
      'less than that of the clients',
      ['http {', 'keepalive_timeout 4;', ...upstream('keepalive 2;'), '}'],
      '1 m at n.conf:5',
    ],
    ['behind a remark with a brace', ['# }', ...upstream('keepalive 2; # {')], '1 m at n.conf:4'],
  ])('is read where it is %s', (_what, lines, expected) => {
    expect(alarms(lines)).toEqual([expected]);
    expect(alarms(lines, 60)).toHaveLength(1);
    expect(alarms(lines, 91)).toEqual([]);
  });

  it.each([
    ['it keeps none', upstream()],
    ['it is switched off', upstream('keepalive 0;')],
    ['it is only spoken of', upstream('# keepalive 16;')],
    ['it stands outside of an upstream', ['http { keepalive 16; keepalive_timeout 65; }']],
    ['it closes first', upstream('keepalive 16;', 'keepalive_timeout 3s;')],
    ['it closes within a second', upstream('keepalive 16;', 'keepalive_timeout 500ms;')],
    ['its time is none', upstream('keepalive 16;', 'keepalive_timeout $time;')],
    ['the file is broken', ['}}', 'upstream app { server "a;']],
  ])('is no alarm where %s', (_what, lines) => expect(alarms(lines)).toEqual([]));

  it("is held against gunicorn's own option where that starts the workers", () => {
    const command = (option: string) => [start(`gunicorn -k uvicorn.workers.UvicornWorker a:b${option}`)];
    const fixes = (option: string) =>
      details({ proxies: [nginx], starts: command(option) }).flatMap(({ code, fix }) =>
        code === 'keep-alive' ? fix : [],
      );
    expect(fixes('')).toEqual(['Start gunicorn with --keep-alive 65']);
    expect(fixes(' --keep-alive 65')).toEqual([]);
  });

  it('is no alarm where uvicorn outlives it, though clients are kept longer', () => {
    expect(alarms(['http {', 'keepalive_timeout 65;', ...upstream('keepalive 2;'), '}'], 62)).toEqual([]);
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
