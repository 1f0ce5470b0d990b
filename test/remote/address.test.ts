import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Problem, ProblemError } from '../../src/errors.js';
import { formatTarget, parseTarget } from '../../src/remote/address.js';

describe('parseTarget', () => {
  it.each([
    ['ssh://root@host:2222/srv/app', { kind: 'ssh', user: 'root', host: 'host', port: 2222, root: '/srv/app' }],
    ['ssh://host/srv/app', { kind: 'ssh', host: 'host', root: '/srv/app' }],
    ['ssh://host/srv/app//', { kind: 'ssh', host: 'host', root: '/srv/app' }],
    ['ssh://my_alias.web-1/srv', { kind: 'ssh', host: 'my_alias.web-1', root: '/srv' }],
    ['ssh://[::1]:22/srv', { kind: 'ssh', host: '::1', port: 22, root: '/srv' }],
    ['ssh://[fe80::1%25eth0]/srv', { kind: 'ssh', host: 'fe80::1%eth0', root: '/srv' }],
    ['ssh://a%40b@host/my%20app', { kind: 'ssh', user: 'a@b', host: 'host', root: '/my app' }],
    ['ssh://host/srv/a@b', { kind: 'ssh', host: 'host', root: '/srv/a@b' }],
    ['ssh://host/项目', { kind: 'ssh', host: 'host', root: '/项目' }],
    ['local:/srv/app', { kind: 'local', root: '/srv/app' }],
    ['local:.', { kind: 'local', root: '.' }],
    ['local:../app', { kind: 'local', root: '../app' }],
    ['local:/srv/100%', { kind: 'local', root: '/srv/100%' }],
  ])('reads %s', (text, address) => {
    expect(parseTarget(text)).toEqual(address);
  });

  it.each([
    ['production', 'neither'],
    ['', 'neither'],
    ['http://host/srv', 'neither'],
    ['SSH://host/srv', 'neither'],
    ['root@host:/srv', 'neither'],
    ['ssh://host', 'no project root'],
    ['ssh://host/', 'no project root'],
    ['ssh://host/~/app', 'relative'],
    ['ssh://host/./app', 'relative'],
    ['ssh://host/srv/../app', 'relative'],
    ['ssh:///srv', 'host'],
    ['ssh://@host/srv', 'user'],
    ['ssh://host:0/srv', 'port'],
    ['ssh://host:65536/srv', 'port'],
    ['ssh://host:/srv', 'port'],
    ['ssh://host:22x/srv', 'port'],
    ['ssh://-oProxyCommand=id/srv', 'host'],
    ['ssh://%2doProxyCommand=id/srv', 'host'],
    ['ssh://[-x]/srv', 'host'],
    ['ssh://a$(id)/srv', 'host'],
    ['ssh://-l@host/srv', 'user'],
    ['ssh://a;b@host/srv', 'user'],
    ['ssh://host/a\nb', 'control characters'],
    ['ssh://host/a%0ab', 'control characters'],
    ['ssh://host/a%00b', 'control characters'],
    ['ssh://host/a%zz', 'encodes nothing'],
    ['ssh://host/a?b', '%3F'],
    ['ssh://host/a#b', '%23'],
    ['local:', 'no folder'],
    ['local:app', 'local:./app'],
    ['local:~/app', 'relative'],
  ])('refuses %j', (text, why) => {
    const problem = refusal(text);
    expect(problem.code).toBe('target');
    expect(`${problem.message} ${problem.fix}`).toContain(why);
    expect(JSON.stringify(problem)).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    'ssh://root:hunter2@host/srv',
    'ssh://root:hunter2@host:99999/srv',
    'ssh://root:hun/hunter2@host/srv',
    'ssh://:hunter2@host/srv',
    'ssh://root:hunter2@',
    'http://root:hunter2@host/srv',
    'root:hunter2@host:/srv',
    'ssh://root%3Ahunter2@host',
  ])('never repeats the password of %s', (text) => {
    expect(JSON.stringify(refusal(text))).not.toContain('hunter2');
  });
});

describe('formatTarget', () => {
  it('is undone by parseTarget', () => {
    const segment = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((each) => !/\p{Cc}|\//u.test(each) && !/^(~|\.\.?$)/.test(each));
    const address = fc.record(
      {
        kind: fc.constant('ssh' as const),
        user: fc.constantFrom('root', 'a@b', 'ü', 'a+b'),
        host: fc.constantFrom('host', '::1', 'fe80::1%eth0', 'web-1.example.com'),
        port: fc.integer({ min: 1, max: 65535 }),
        root: fc.array(segment, { minLength: 1 }).map((each) => `/${each.join('/')}`),
      },
      { requiredKeys: ['kind', 'host', 'root'] },
    );
    fc.assert(
      fc.property(address, (each) => {
        expect(parseTarget(formatTarget(each))).toEqual(each);
      }),
    );
  });

  it('writes a local target as it was', () => {
    expect(formatTarget({ kind: 'local', root: './a b' })).toBe('local:./a b');
  });
});

function refusal(text: string): Problem {
  try {
    parseTarget(text);
  } catch (error) {
    if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
    throw error;
  }
  throw new Error(`accepted ${text}`);
}
