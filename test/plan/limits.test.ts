import { describe, expect, it } from 'vitest';
import { ALONE } from '../../src/edit/types.js';
import { composeLimits } from '../../src/plan/limits/compose.js';
import { boundsOf } from '../../src/plan/limits/limits.js';
import { unitLimits } from '../../src/plan/limits/unit.js';
import { parseFacts } from '../../src/target/parse.js';
import type { TargetSpec } from '../../src/target/spec.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const file = (role: string, path: string, text: string) => [
  `file\t${role}\t${base64(path)}\tfile\tyes\t644\t0:0\t1\t${text.length}\tno`,
  `content\t${role}\t${base64(text)}`,
];
const NONE = { cpus: null, memoryBytes: null };

describe('the limits of a compose file', () => {
  const within = (texts: Readonly<Record<string, string>>, name = 'backend', compose = ['/p/compose.yml']) =>
    composeLimits({ ...ALONE, path: '', root: '/p', compose, textOf: (path) => texts[path] ?? null }, name);
  const alone = (text: string, name?: string) => within({ '/p/compose.yml': text }, name);
  const at = (body: string) => alone(`services:\n  backend:\n${body.replace(/^/gm, '    ')}\n`);

  it.each([
    ['deploy', "deploy: {resources: {limits: {cpus: '1.5', memory: 512M}}}", { cpus: 1.5, memoryBytes: 512 * 2 ** 20 }],
    ['the older keys', 'cpus: 0.5\nmem_limit: 1.5g', { cpus: 0.5, memoryBytes: 1.5 * 2 ** 30 }],
    ['bytes and a longer unit', 'mem_limit: 1000000', { cpus: null, memoryBytes: 1_000_000 }],
    [
      'both, of which the less counts',
      "cpus: 2\ndeploy: {resources: {limits: {cpus: '1', memory: 1gb}}}\nmem_limit: 2gb",
      { cpus: 1, memoryBytes: 2 ** 30 },
    ],
    ['the processors', 'cpuset: "0,2-3"\ncpus: 4', { cpus: 3, memoryBytes: null }],
    ['one processor', 'cpuset: 0', { cpus: 1, memoryBytes: null }],
    ['no processors that can be told', 'cpuset: all', NONE],
    ['nothing', 'image: x', NONE],
    ['reservations alone', "deploy: {resources: {reservations: {cpus: '1', memory: 1g}}}", NONE],
    ['a variable, which is not followed', `mem_limit: \${MEMORY}\ncpus: \${CPUS:-2}`, NONE],
    ['nothing that is possible', 'mem_limit: much\ncpus: 0', NONE],
  ])('are read from %s', (_, body, expected) => {
    expect(at(body)).toEqual(expected);
  });

  it('are read through an anchor, and not from a file that is not valid or has no such service', () => {
    const merged = 'x-small: &small {mem_limit: 256m}\nservices:\n  backend:\n    <<: *small\n';
    expect(alone(merged)).toEqual({ cpus: null, memoryBytes: 256 * 2 ** 20 });
    expect(alone(merged, 'other')).toEqual(NONE);
    expect(alone('services: [\n')).toEqual(NONE);
    expect(alone('- a\n')).toEqual(NONE);
  });

  it('are those of the service that it extends, in the same file or another, unless it has its own', () => {
    const small = (own: string) =>
      `services:\n  small: {mem_limit: 256m, cpus: 1}\n  backend: {extends: small${own}}\n`;
    expect(alone(small(''))).toEqual({ cpus: 1, memoryBytes: 256 * 2 ** 20 });
    expect(alone(small(', mem_limit: 512m'))).toEqual({ cpus: 1, memoryBytes: 512 * 2 ** 20 });
    const base = 'services:\n  base: {deploy: {resources: {limits: {memory: 1g}}}}\n';
    const text = 'services:\n  backend: {extends: {service: base, file: base.yml}}\n  other: {extends: nobody}\n';
    expect(within({ '/p/compose.yml': text, '/p/base.yml': base })).toEqual({ cpus: null, memoryBytes: 2 ** 30 });
    expect(alone(text)).toEqual(NONE);
  });

  it('are those of the files that can be read', () => {
    const texts = { '/p/a.yml': 'services:\n  backend: {cpus: 1}\n', '/p/b.yml': 'services: [\n' };
    expect(within(texts, 'backend', Object.keys(texts))).toEqual({ cpus: 1, memoryBytes: null });
  });

  it('are those of the last file that sets them', () => {
    const [first, last] = ['cpus: 1, mem_limit: 1g', 'cpus: 2'].map((body) => `services:\n  backend: {${body}}\n`);
    const texts = { '/p/a.yml': first ?? '', '/p/b.yml': last ?? '' };
    expect(within(texts, 'backend', Object.keys(texts))).toEqual({ cpus: 2, memoryBytes: 2 ** 30 });
  });

  it('are not looked for in aliases that expand to too much', () => {
    const bomb = Array.from(
      { length: 30 },
      (_, at) => `x-${at}: &a${at} [${at === 0 ? 1 : `*a${at - 1}, *a${at - 1}`}]`,
    );
    expect(alone(`${bomb.join('\n')}\nservices:\n  backend: {cpus: 1, mem_limit: *a29}\n`)).toEqual({
      cpus: 1,
      memoryBytes: null,
    });
  });
});

describe('the limits of a unit', () => {
  const at = (...lines: readonly string[]) => unitLimits(['[Service]', ...lines].join('\n'), 8e9);

  it.each([
    ['a quota over one core', ['CPUQuota=150%'], { cpus: 1.5, memoryBytes: null }],
    ['powers of 1024', ['MemoryMax=1G'], { cpus: null, memoryBytes: 2 ** 30 }],
    ['a part of the machine', ['MemoryMax=25%'], { cpus: null, memoryBytes: 2e9 }],
    ['the older name', ['MemoryLimit=512M'], { cpus: null, memoryBytes: 512 * 2 ** 20 }],
    ['the last of several', ['MemoryMax=1G', 'MemoryMax=2G'], { cpus: null, memoryBytes: 2 * 2 ** 30 }],
    ['none that was taken back', ['CPUQuota=50%', 'CPUQuota=', 'MemoryMax=infinity'], NONE],
    ['the processors', ['CPUAffinity=0 2-3', 'CPUQuota=400%'], { cpus: 3, memoryBytes: null }],
    ['the processors of its group', ['AllowedCPUs=0-1'], { cpus: 2, memoryBytes: null }],
    ['no comment', ['#MemoryMax=1G', '; CPUQuota=10%'], NONE],
  ])('are %s', (_, lines, expected) => {
    expect(at(...lines)).toEqual(expected);
  });
});

describe('what bounds a service', () => {
  const spec = { files: {}, services: { backend: null, celery: null } } as unknown as TargetSpec;
  const bounds = (runtime: 'compose' | 'systemd', ...rows: readonly string[]) =>
    boundsOf({
      spec,
      facts: parseFacts(['cpus\t4', 'memory\t8000000000', ...rows].join('\n')),
      runtime: { runtime, because: 'asked for' },
    }).get('backend');
  const compose = (limits: string) =>
    file('compose', '/p/compose.yml', `services:\n  backend:\n    mem_limit: ${limits}\n    cpus: 1\n`);
  const running = (memory: string, cpus: string) => `limits\tbackend\t${memory}\t${cpus}\t1024\t30\t90`;

  it('is what its file says where it does not run', () => {
    expect(bounds('compose', ...compose('1000000'))).toEqual({
      cpus: 1,
      cpusBy: 'file',
      memoryBytes: 1_000_000,
      memoryBy: 'file',
      openFiles: null,
    });
  });

  it('is the tighter of its group and its file where it runs', () => {
    expect(bounds('compose', ...compose('1000000'), running('2000000', '0.50'))).toEqual({
      cpus: 0.5,
      cpusBy: 'cgroup',
      memoryBytes: 1_000_000,
      memoryBy: 'file',
      openFiles: 1024,
    });
    expect(bounds('compose', ...compose('3000000'), running('2000000', ''))).toMatchObject({
      cpus: 1,
      cpusBy: 'file',
      memoryBytes: 2_000_000,
      memoryBy: 'cgroup',
    });
  });

  it('is the processors that it is bound to, where these are fewer than its quota and there are more', () => {
    const pinned = (quota: string, list: string) => bounds('compose', `limits\tbackend\t\t${quota}\t\t\t\t${list}`);
    expect(pinned('1.50', '0')).toMatchObject({ cpus: 1, cpusBy: 'affinity' });
    expect(pinned('0.50', '0')).toMatchObject({ cpus: 0.5, cpusBy: 'cgroup' });
    expect(pinned('', '0-7')).toMatchObject({ cpus: null, cpusBy: null });
    const loaded = [
      `service\tcelery\tsystemd\t${base64('b.service')}\tstopped\t${base64('-')}`,
      `service\tbackend\tsystemd\t${base64('b.service')}\tstopped\t${base64('-')}`,
      `unit\tbackend\t${base64('CPUQuotaPerSecUSec=infinity\nCPUAffinity=0-1 3\nAllowedCPUs=\n')}\t`,
    ];
    expect(bounds('systemd', ...loaded)).toMatchObject({ cpus: 3, cpusBy: 'file' });
  });

  it('is that of the last compose file that says anything', () => {
    const [first, over] = ['1000000', '5000000'].map((memory) => `services: {backend: {mem_limit: ${memory}}}\n`);
    const files = [...file('compose:1', '/p/a.yml', first ?? ''), ...file('compose:2', '/p/b.yml', over ?? '')];
    expect(bounds('compose', ...files)?.memoryBytes).toBe(5_000_000);
  });

  it('is what systemd has read, drop-ins and all, or else the file', () => {
    const unit = file('backend-unit', '/u/b.service', '[Service]\nMemoryMax=1G\n');
    expect(bounds('systemd', ...unit)).toMatchObject({ memoryBytes: 2 ** 30, memoryBy: 'file', cpus: null });
    const loaded = (reload: string) => [
      `service\tbackend\tsystemd\t${base64('b.service')}\tstopped\t${base64('-')}`,
      `unit\tbackend\t${base64(`MemoryMax=536870912\nCPUQuotaPerSecUSec=1.500000s\nNeedDaemonReload=${reload}\n`)}\t`,
    ];
    expect(bounds('systemd', ...unit, ...loaded('no'))).toMatchObject({ memoryBytes: 2 ** 29, cpus: 1.5 });
    expect(bounds('systemd', ...unit, ...loaded('yes'))).toMatchObject({ memoryBytes: 2 ** 30, cpus: null });
  });

  it('is nothing where nobody says anything', () => {
    const unlimited = [
      `service\tbackend\tsystemd\t${base64('b.service')}\tstopped\t${base64('-')}`,
      `unit\tbackend\t${base64('MemoryMax=infinity\nCPUQuotaPerSecUSec=infinity\n')}\t`,
    ];
    expect(bounds('systemd', ...unlimited)).toBeUndefined();
    expect(bounds('compose')).toBeUndefined();
  });
});
