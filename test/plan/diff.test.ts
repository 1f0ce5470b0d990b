import { describe, expect, it } from 'vitest';
import { diffOf } from '../../src/plan/diff.js';
import { blankSecrets } from '../../src/secrets.js';

describe('blankSecrets', () => {
  it.each([
    ['postgresql://ana:hunter2@db/action', 'postgresql://ana:***@db/action'],
    ['https:/ana:hunter2@h/x', 'https:/ana:***@h/x'],
    ['redis://:p@ss:w0rd@cache:6379/0', 'redis://:***@cache:6379/0'],
    ['POSTGRES_PASSWORD: hunter2', 'POSTGRES_PASSWORD: ***'],
    ['- DB_PASS=hunter2', '- DB_PASS=***'],
    ['SECRET_KEY = "two words"', 'SECRET_KEY = ***'],
    ["api_key='x y',", 'api_key=***,'],
    ['"token": "abc"', '"token": ***'],
    ['curl --password hunter2 -v', 'curl --password *** -v'],
    ['login ana:hunter2@host', 'login ana:***@host'],
    [
      '-----BEGIN PRIVATE KEY-----\nMIIE\nabc\n-----END PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----\n***\n***\n-----END PRIVATE KEY-----',
    ],
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

describe('text that was made to be slow', () => {
  it.each(['--pass', 'password', 'a-', 'a://b:', '"', "'", 'a:', '-----BEGIN X-----\n', 'x'])(
    '%j, over and over',
    (piece) => {
      const text = piece.repeat(Math.ceil(8_000 / piece.length));
      const started = performance.now();
      blankSecrets(text);
      diffOf({ role: 'database', path: '/x', before: text, after: `${text}\nx` });
      diffOf({ role: 'compose', path: '/x', before: text, after: `${text}\nx` });
      // The bound is far above what it takes, and far below what a pattern that backtracks would.
      expect(performance.now() - started).toBeLessThan(5_000);
    },
  );
});

const python = (before: string | null, after: string) => diffOf({ role: 'database', path: '/app/x.py', before, after });
const compose = (before: string | null, after: string) => diffOf({ role: 'compose', path: '/c', before, after });

describe('diffOf', () => {
  it('shows a change with two lines around it', () => {
    const before = '1\n2\n3\npool_size=5\n5\n6\n7\n';
    expect(python(before, before.replace('=5', '=20'))).toBe(
      '--- /app/x.py\n+++ /app/x.py\n@@ -2,5 +2,5 @@\n 2\n 3\n-pool_size=5\n+pool_size=20\n 5\n 6\n',
    );
  });

  it('shows a file that is created against nothing', () => {
    expect(compose(null, '[Unit]\n')).toBe('--- /dev/null\n+++ /c\n@@ -0,0 +1,1 @@\n+[Unit]\n');
  });

  it.each([
    'engine = create_engine(URL.create("postgresql", "user", "s3cr3t", "host"), pool_size=5)',
    "client = redis.Redis('host', 6379, 0, 's3cr3t', pool_size=5)",
    'x = {"sslkey": "s3cr3t"}; pool_size=5',
    'auth = ("u", "s3cr3t"); f(pool_size=5)  # token=s3cr3t',
    '"""doc\ns3cr3t\n"""\nf(pool_size=5)',
    '# MIIEvQIBADANBgs3cr3tkqhkiG9w0BAQEFAASC\nf(pool_size=5)',
    '# key = "s3cr3t", before\nf(pool_size=5)',
    'f(f"{x["s3cr3t"]} {y}", pool_size=5)',
    'f(f\'{x["s3cr3t"]:>{w}}\', rf"{\'s3cr3t\'}", pool_size=5)',
    'f(f"""{d["s3cr3t"]}\n{{ s3cr3t }}""", pool_size=5)',
    'x = "s3cr3t\nf(pool_size=5)',
    'f(f"{{ s3cr3t", pool_size=5)',
    'f(f"{ s3cr3t", pool_size=5)',
    "x = b's3cr3t' 's3cr3t'; f(pool_size=5)",
  ])('never shows what a string of Python holds: %s', (before) => {
    const diff = python(`${before}\n`, `${before.replace('=5', '=20')}\n`);
    expect(diff).toMatch(/^-.*pool_size=5/m);
    expect(diff).toMatch(/^\+.*pool_size=20/m);
    expect(diff).not.toContain('s3cr3t');
  });

  it.each([
    'environment:\n  auth: s3cr3t',
    '- DB_PASS=s3cr3t',
    'key: |\n  MIIEvQIBADANBgkqs3cr3thkiG9w0BAQEFAASC',
    'url: redis://:s3cr3t@r',
    '# api_key: s3cr3t',
    's: |\n  s3cr3t of two',
    '- --requirepass\n- s3cr3t',
    '{"b":"s3cr3t"}',
  ])('never shows a value beside a change: %s', (context) => {
    const before = `${context}\ncommand: uvicorn app\n${context}\n`;
    const diff = compose(before, before.replace('app', 'app --workers 2'));
    expect(diff).toContain('+command: uvicorn app --workers 2');
    expect(diff).not.toContain('s3cr3t');
  });

  it('shows a number in quotes where it is what changes, and no other string', () => {
    const before = 'e = f(int(os.getenv("SIZE", "5")), pw="12345")\n';
    const after = before.replace('"5"', '"20"');
    const start = before.indexOf('5")');
    const diff = diffOf({
      role: 'settings',
      path: '/x.py',
      before,
      after,
      edits: [{ start, end: start + 1, text: '20' }],
    });
    expect(diff).toContain('-e = f(int(os.getenv("…", "5")), pw="…")');
    expect(diff).toContain('+e = f(int(os.getenv("…", "20")), pw="…")');
  });

  it.each([
    ['"uvicorn", "--ssl-keyfile-password", "s3cr3t"', '"***"'],
    ['uvicorn, --token, s3cr3t', '***'],
  ])('blanks a secret that is an item of a changed list: %s', (items) => {
    const before = `command: [${items}]\n`;
    const diff = compose(before, before.replace(']', ', x]'));
    expect(diff).not.toContain('s3cr3t');
    expect(diff).toMatch(/^\+command: \[.*\*\*\*, x\]$/m);
  });

  it('does not show a last line that is only given its newline', () => {
    const before = 'command:\n  - uvicorn\n  - s3cr3t';
    const diff = compose(before, `${before}\n  - --workers\n`);
    expect(diff).toContain('+  - --workers');
    expect(diff).not.toContain('s3cr3t');
  });

  it('blanks the secrets of a command that is changed, and nothing else of it', () => {
    const before = 'command: uvicorn app --ssl-keyfile-password s3cr3t --port 8001\n';
    expect(compose(before, before.replace('8001', '8001 --workers 2'))).toContain(
      '+command: uvicorn app --ssl-keyfile-password *** --port 8001 --workers 2\n',
    );
  });
});
