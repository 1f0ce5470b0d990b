import { describe, expect, it } from 'vitest';
import { blankSecrets, diffOf } from '../../src/plan/diff.js';

describe('blankSecrets', () => {
  it.each([
    ['postgresql://ana:hunter2@db/action', 'postgresql://ana:***@db/action'],
    ['redis://:p@ss:w0rd@cache:6379/0', 'redis://:***@cache:6379/0'],
    ['POSTGRES_PASSWORD: hunter2', 'POSTGRES_PASSWORD: ***'],
    ['- DB_PASS=hunter2', '- DB_PASS=***'],
    ['SECRET_KEY = "two words"', 'SECRET_KEY = ***'],
    ["api_key='x y',", 'api_key=***,'],
    ['"token": "abc"', '"token": ***'],
  ])('%s', (text, expected) => {
    expect(blankSecrets(text)).toBe(expected);
  });

  it.each([
    'password=settings.password',
    'password = os.environ["PASSWORD"]',
    'PASSWORD=${DB_PASSWORD}',
    'password=None',
    'pool_size=20',
    'http://localhost:8001/health',
  ])('leaves %s as it is', (text) => {
    expect(blankSecrets(text)).toBe(text);
  });
});

describe('diffOf', () => {
  it('shows a change with two lines around it', () => {
    const before = '1\n2\n3\npool_size=5\n5\n6\n7\n';
    expect(diffOf('/app/x.py', before, before.replace('=5', '=20'))).toBe(
      '--- /app/x.py\n+++ /app/x.py\n@@ -2,5 +2,5 @@\n 2\n 3\n-pool_size=5\n+pool_size=20\n 5\n 6\n',
    );
  });

  it('shows a file that is created against nothing', () => {
    expect(diffOf('/etc/x.service', null, '[Unit]\n')).toBe(
      '--- /dev/null\n+++ /etc/x.service\n@@ -0,0 +1,1 @@\n+[Unit]\n',
    );
  });

  it('never shows a secret of the context', () => {
    expect(diffOf('/c', 'url: redis://:hunter2@r\na: 1\n', 'url: redis://:hunter2@r\na: 2\n')).not.toContain('hunter2');
  });
});
