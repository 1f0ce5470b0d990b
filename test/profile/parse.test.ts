import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Problem, ProblemError } from '../../src/errors.js';
import { profileJsonSchema } from '../../src/profile/json-schema.js';
import { parseProfile } from '../../src/profile/parse.js';

const MINIMAL = 'users: {min: 20, max: 50}\nserver: {cpus: 2, memory: 4GB}\n';

function problems(text: string): readonly Problem[] {
  try {
    parseProfile(text, 'own.yaml');
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseProfile', () => {
  it.each([
    ['', 'rule'],
    ['slo: {p95: 1s}', 'rule'],
    ['workload: {demand: {web: 30ms}}', 'rule'],
    ['workload: {demand: {web: 30ms}}\nslo: {p95: 1s}', 'model'],
    ['workload: {demand: {web: 30ms}}\nslo: {p95: 1s}\nbasis: rule', 'rule'],
    ['basis: model', 'model'],
  ])('takes %j for basis %s', (text, basis) => {
    expect(parseProfile(`${MINIMAL}${text}`, 'own.yaml').basis).toBe(basis);
  });

  it('fills in defaults and says which they are', () => {
    const profile = parseProfile(MINIMAL, 'profiles/own.yaml');
    expect(profile).toMatchObject({
      name: 'own',
      server: { cpus: 2, memoryBytes: 4e9, bandwidthBps: null, instances: 1 },
      workload: { thinkTimeMs: 900, demandMs: { web: 100, database: 20 } },
      database: { maxConnections: null, reserved: 3, reserve: 10 },
    });
    expect(profile.origins).toMatchObject({ 'users.min': 'profile', 'server.instances': 'default' });
    expect(profile.origins).not.toHaveProperty('database.maxConnections');
  });

  it.each([
    ['users: {min: 50, max: 20}\nserver: {cpus: 2, memory: 4GB}', 1, 14, "users.min can't be 50", '50'],
    ['users: {min: 1, max: 2}\nserver: {cpus: 0, memory: 4GB}', 2, 16, "server.cpus can't be 0", '0'],
    ['users: {min: 1, max: 2}\nserver: {cpus: .nan, memory: 4GB}', 2, 16, "server.cpus can't be NaN", 'NaN'],
    ['users: {min: -1, max: 2}\nserver: {cpus: 1, memory: 4GB}', 1, 14, "users.min can't be -1", '-1'],
    ['users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 4}', 2, 27, "server.memory can't be 4", '4'],
    ['users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 4GHz}', 2, 27, "server.memory can't be 4GHz", '4GHz'],
    ['users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 0GB}', 2, 27, "server.memory can't be 0GB", '0GB'],
    ['users: {min: 1, max: 2}\nserver: {cpus: 0.05, memory: 1GB}', 2, 16, "server.cpus can't be 0.05", '0.05'],
    [`${MINIMAL}slo: {p95: 2MB}`, 3, 12, "slo.p95 can't be 2MB", '2MB'],
    [`${MINIMAL}sever: {}`, 3, 1, "'sever' is not a known key", 'sever'],
    [`${MINIMAL}workload:\n  demand: {wep: 1s}`, 4, 12, 'workload.demand.wep is not a known key', 'wep'],
    ['users: {min: 1, max: 2}\nserver:\n  cpus: 1\n', 2, 1, 'server.memory is missing', 'nothing'],
    ['users:\nserver: {cpus: 1, memory: 4GB}', 1, 1, "'users' is empty", 'nothing'],
    ['users: [1]\nserver: {cpus: 1, memory: 4GB}', 1, 8, "'users' can't be a list", 'a list'],
    ['\r\nusers: {min: 1, max: 2}\r\nserver: {cpus: 0, memory: 4GB}\r\n', 3, 16, 'server.cpus', '0'],
    ['\uFEFFusers: {min: 0, max: 2}\nserver: {cpus: 1, memory: 4GB}', 1, 14, 'users.min', '0'],
  ])('refuses %j', (text, line, column, message, found) => {
    const [problem, ...others] = problems(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'profile', place: { file: 'own.yaml', line, column }, found });
    expect(problem?.message).toContain(message);
    expect(problem?.expected).toBeTruthy();
    expect(problem?.fix).toBeTruthy();
  });

  it('says of a number in quotes that it is a text because of them', () => {
    const [problem] = problems('users: {min: "20", max: 50}\nserver: {cpus: 2, memory: 4GB}');
    expect(problem).toMatchObject({
      message: 'users.min can\'t be the text "20"',
      found: '"20", a text because of its quotes',
      fix: 'Write it without quotes: users.min: 20',
      place: { line: 1, column: 14 },
    });
    const [word] = problems('users: {min: twenty, max: 50}\nserver: {cpus: 2, memory: 4GB}');
    expect(word?.message).toBe("users.min can't be twenty");
  });

  it('refuses more work in the database than the time there', () => {
    const demand = (text: string) => problems(`${MINIMAL}workload:\n  demand: {${text}}`);
    const [problem, ...more] = demand('database: 20ms, databaseCpu: 500ms');
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ found: '500ms', place: { line: 4, column: 41 } });
    expect(problem?.fix).toContain('at most workload.demand.database');
    expect(demand('databaseCpu: 500ms')).toHaveLength(1);
    expect(demand('database: 20ms, databaseCpu: 20ms')).toEqual([]);
  });

  it('takes merge keys, with the places of what they bring', () => {
    const base = 'x-work: &work\n  thinkTime: 2s\nx-more: &more\n  thinkTime: 9s\n';
    const read = (workload: string) => parseProfile(`${base}${MINIMAL}${workload}`, 'own.yaml').workload.thinkTimeMs;
    expect(read('workload: {<<: *work}')).toBe(2000);
    expect(read('workload: {<<: [*work, *more]}')).toBe(2000);
    expect(read('workload: {<<: *work, thinkTime: 3s}')).toBe(3000);
    const [wrong] = problems(`${base.replace('2s', 'soon')}${MINIMAL}workload: {<<: *work}`);
    expect(wrong?.place).toMatchObject({ line: 2, column: 14 });
    expect(problems(`${base.replace('thinkTime: 2s', 'own: 1')}${MINIMAL}workload: {<<: [*work]}`)[0]).toMatchObject({
      message: 'workload.own is not a known key',
      place: { line: 2, column: 3 },
    });
    expect(problems(`${MINIMAL}workload: {<<: 5}`)[0]?.message).toMatch(/^the file is not valid YAML/);
  });

  it('leaves keys that begin with x- to whoever wrote them, on the top level alone', () => {
    const text = `x-work: &work {thinkTime: 2s}\n${MINIMAL}workload: *work`;
    expect(parseProfile(text, 'own.yaml').workload.thinkTimeMs).toBe(2000);
    expect(problems(`${MINIMAL}workload: {x-own: 1}`)[0]?.message).toBe('workload.x-own is not a known key');
  });

  it('takes a share of a core, as containers are given', () => {
    expect(parseProfile('users: {min: 1, max: 2}\nserver: {cpus: 1.5, memory: 4GB}', 'own.yaml').server.cpus).toBe(1.5);
  });

  it('says which units it takes', () => {
    const [problem] = problems('users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 4}');
    expect(problem?.expected).toMatch(/^a size with its unit \(B, .*MiB.*\), such as 4GB/);
  });

  it.each([
    ['', 'holds nothing', 1, 1],
    ['# only a comment\n', 'holds nothing', 1, 1],
    ['- 1', 'holds a list', 1, 1],
    ['just words', 'holds a single value', 1, 1],
    [`${MINIMAL}---\n${MINIMAL}`, 'holds a second document', 3, 1],
    [`${MINIMAL}users: {min: 1, max: 2}`, 'not valid YAML: Map keys must be unique', 3, 1],
    ['users: {min: 1', 'not valid YAML', 1, 15],
    ['users: *nobody', 'not valid YAML', 1, 1],
    ['users: !!strange 1', 'not valid YAML', 1, 8],
  ])('refuses the file %j', (text, message, line, column) => {
    const [problem] = problems(text);
    expect(problem?.message).toContain(message);
    expect(problem?.place).toEqual({ file: 'own.yaml', line, column });
  });

  it('reports everything wrong at once', () => {
    const found = problems('users: {min: 9, max: 2, most: 3}\nserver: {cpus: 0}\nslo: {p95: 1}\nextra: 1');
    expect(found.map(({ message }) => message.split(' ')[0])).toEqual([
      'users.min',
      'users.most',
      'server.memory',
      'server.cpus',
      'slo.p95',
      "'extra'",
    ]);
  });

  it('never fails but with problems that have a line and a column', () => {
    const keys = fc.constantFrom('users', 'server', 'slo', 'workload', '__proto__', 'toString', '? x', '<<');
    const values = fc.constantFrom('{min: 1}', '[', '*a', '&a x', '4GB', '.inf', '"', '{__proto__: 1}', '|', 'null');
    fc.assert(
      fc.property(fc.array(fc.tuple(keys, values), { maxLength: 5 }), (pairs) => {
        const found = problems(pairs.map(([key, value]) => `${key}: ${value}`).join('\n'));
        expect(found.length).toBeGreaterThan(0);
        for (const { place } of found) {
          expect(place?.line).toBeGreaterThan(0);
          expect(place?.column).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('does not let a small file grow without end', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de']) bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`)}]`);
    expect(problems(bomb.join('\n'))[0]?.message).toContain('not valid YAML');
  });
});

describe('shipped profiles', () => {
  it.each([
    ['department-20-50', { users: { min: 20, max: 50 }, server: { cpus: 2, memoryBytes: 4e9, bandwidthBps: 3e6 } }],
    ['department-50-100', { users: { min: 50, max: 100 }, server: { cpus: 4, memoryBytes: 8e9 } }],
    ['fleet-100-200', { users: { min: 100, max: 200 }, server: { instances: 4 } }],
  ])('%s can be read', (name, expected) => {
    const file = `profiles/${name}.yaml`;
    expect(parseProfile(readFileSync(file, 'utf8'), file)).toMatchObject({ name, ...expected });
  });
});

describe('values that were set by hand', () => {
  const set = (...pairs: readonly [string, string][]) => new Map(pairs);
  const failed = (overlay: ReadonlyMap<string, string>) => {
    try {
      parseProfile(MINIMAL, 'own.yaml', overlay);
    } catch (error) {
      if (error instanceof ProblemError) return error.problems;
      throw error;
    }
    return [];
  };

  it('override any value, written or not, and are told by their origin', () => {
    const overlay = set(
      ['users.max', '80'],
      ['workload.demand.web', '30ms'],
      ['slo.p95', '1s'],
      ['server.memory', '8GiB'],
    );
    const profile = parseProfile(MINIMAL, 'own.yaml', overlay);
    expect(profile).toMatchObject({
      users: { min: 20, max: 80 },
      server: { cpus: 2, memoryBytes: 8 * 2 ** 30 },
      workload: { demandMs: { web: 30, database: 20 } },
      basis: 'model',
    });
    expect(profile.origins).toMatchObject({
      'users.max': 'set',
      'users.min': 'profile',
      'workload.demand.database': 'default',
    });
  });

  it('are refused as those of a file are, all at once, at the place where they were typed', () => {
    const found = failed(set(['users.max', '5'], ['slo.p95', '7'], ['users.most', '1'], ['basis', 'guess']));
    expect(found.map(({ message }) => message.split(' ')[0])).toEqual(
      expect.arrayContaining(['slo.p95', 'users.most', "'basis'"]),
    );
    expect(found.find(({ message }) => message.startsWith('slo'))?.place).toEqual({ file: '--set' });
  });

  it('can name nothing but what a profile has', () => {
    expect(failed(set(['__proto__.x', '1']))[0]?.message).toContain('__proto__');
    expect(failed(set(['users.max.more', '1']))).not.toEqual([]);
  });
});

it('publishes a schema that editors understand', () => {
  expect(profileJsonSchema()).toMatchObject({
    type: 'object',
    required: ['users', 'server'],
    additionalProperties: false,
    properties: { server: { properties: { memory: { type: 'string' } } } },
  });
});
