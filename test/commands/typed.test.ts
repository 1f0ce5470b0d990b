import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aimed, typed } from '../../src/commands/typed.js';

describe('a command as it is typed', () => {
  it('holds every shared option, in one order', () => {
    const options = {
      maxConnections: 500,
      file: { database: 'app/db.py', redis: 'app/cache.py' },
      set: ['db.pool_size=15'],
      runtime: 'none',
      profile: 'department-20-50',
      config: 'ops/action-tune.yaml',
      target: ['a', 'ssh://deploy@db:2222/srv/action'],
    } as const;
    expect(typed(['apply', '--stage', 'db-pool'], options, ['--yes'])).toBe(
      'action-tune apply --stage db-pool --target a --target ssh://deploy@db:2222/srv/action ' +
        '--config ops/action-tune.yaml --profile department-20-50 --runtime none --set db.pool_size=15 ' +
        '--file database=app/db.py --file redis=app/cache.py --max-connections 500 --yes',
    );
  });

  it('holds nothing that was not said', () => {
    expect(typed(['plan'], {})).toBe('action-tune plan');
  });

  it('a shell reads it as it is meant', () => {
    const word = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.constantFrom("it's", '$(x)', '`x`', '~', '*', '!', '\\', '#'),
    );
    const printable = word.filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1, maxLength: 8 }), (target) => {
        const command = typed(['plan'], { target }).replace(/^action-tune/, `printf '%s\\0'`);
        const words = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).split('\0').slice(0, -1);
        expect(words).toEqual(['plan', ...target.flatMap((one) => ['--target', one])]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('advice', () => {
  const problem = {
    code: 'lock',
    message: 'm',
    fix: 'Run `action-tune unlock`, and then `action-tune status --json`.',
  } as const;

  it('means the targets of the command line that it answers', () => {
    const [answer] = aimed([problem], ['apply', '--target', 'two words', '--config=c.yaml', '--yes']);
    const flags = "--target 'two words' --config=c.yaml";
    expect(answer?.fix).toBe(`Run \`action-tune unlock ${flags}\`, and then \`action-tune status --json ${flags}\`.`);
  });

  it('is left alone where no target was named', () => {
    expect(aimed([problem], ['apply', '--yes'])).toEqual([problem]);
  });
});
