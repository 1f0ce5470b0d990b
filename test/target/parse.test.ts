import { describe, expect, it } from 'vitest';
import { parseFacts } from '../../src/target/parse.js';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const answer = [
  'user\t0\t0',
  'clock\t2026-03-01T00:00:00Z',
  'cpus\t2',
  'memory\t4103028736',
  'systemd\tyes',
  'compose\tdocker compose\t2.26.1',
  'containers\t3',
  `root\t${b64('/srv/Action')}`,
  `file\tdatabase\t${b64('/srv/Action/a b.py')}\tfile\tyes\t644\t1000:100\t1\t12\tno`,
  `content\tdatabase\t${b64('x = "中文"\n')}`,
  `file\tredis\t${b64('/srv/Action/r.py')}\tmissing\tno`,
  `instead\t${b64('docker-compose.yml')}`,
  `state\t${b64('/var/lib/action-tune/Action')}`,
  'journal\t-',
  'newest\t7',
  `lock\t${b64('{"by":"ana@desk","command":"apply","since":"t","pid":12,"boot":"b"}\n')}\tgone`,
  'pending\t1767225600\t3 2 ',
].join('\n');

describe('parseFacts', () => {
  const facts = parseFacts(`${answer}\n`);

  it('reads the machine', () => {
    expect(facts).toMatchObject({
      owner: '0:0',
      cpus: 2,
      memoryBytes: 4_103_028_736,
      systemd: true,
      compose: { program: 'docker compose', version: '2.26.1' },
      containers: 3,
      root: '/srv/Action',
      newestRelease: 7,
      journal: '',
    });
  });

  it('reads files, whatever their names and bytes', () => {
    expect(facts.files.get('database')).toMatchObject({
      path: '/srv/Action/a b.py',
      mode: '644',
      owner: '1000:100',
      writable: true,
    });
    expect(facts.files.get('database')?.content?.toString()).toBe('x = "中文"\n');
    expect(facts.files.get('redis')).toMatchObject({ kind: 'missing', writable: false, content: null });
  });

  it('reads which compose files are there instead', () => {
    expect(facts.composeInstead).toEqual(['docker-compose.yml']);
    expect(parseFacts('').composeInstead).toEqual([]);
  });

  it('reads who holds the lock, and what waits to be confirmed', () => {
    expect(facts.lock).toMatchObject({ by: 'ana@desk', command: 'apply', since: 't', holder: 'gone' });
    expect(facts.pending).toEqual({ deadline: '2026-01-01T00:00:00Z', releases: [3, 2] });
  });

  it('does not invent what the target did not say', () => {
    expect(parseFacts('')).toMatchObject({
      cpus: null,
      memoryBytes: null,
      root: null,
      lock: null,
      pending: null,
      compose: null,
    });
  });
});
