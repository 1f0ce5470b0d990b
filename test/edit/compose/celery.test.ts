import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { outcome } from '../command/outcome.js';

const WORKER = '  worker: {command: celery -A a worker}\n';

function file(...services: readonly string[]): string {
  return `services:\n${services.join('')}`;
}

const PREFORK = { 'celery.pool': 'prefork', 'celery.concurrency': 2 };

describe('a celery worker', () => {
  it.each([
    ['nothing set', 'celery -A a worker', 'celery -A a worker --pool=prefork --concurrency=2'],
    [
      'long options',
      'celery -A a worker --pool=solo --concurrency 4 -E',
      'celery -A a worker --pool=prefork --concurrency 2 -E',
    ],
    ['short options', 'celery -A a worker -P solo -c 8', 'celery -A a worker -P prefork -c 2'],
    ['joined options', 'celery -A a worker -Ec8 -Psolo', 'celery -A a worker -Ec2 -Pprefork'],
    ['one of the two', 'celery -A a worker -c4 -Q mail', 'celery -A a worker -c2 -Q mail --pool=prefork'],
    [
      'options before the command',
      'celery --app a --workdir worker worker',
      'celery --app a --workdir worker worker --pool=prefork --concurrency=2',
    ],
    ['the old order', 'celery worker -A a -l info', 'celery worker -A a -l info --pool=prefork --concurrency=2'],
    ['python -m', 'python -m celery -A a worker', 'python -m celery -A a worker --pool=prefork --concurrency=2'],
    [
      'in a shell',
      'sh -c "x; exec celery -A a worker -n w@%h"',
      'sh -c "x; exec celery -A a worker -n w@%h --pool=prefork --concurrency=2"',
    ],
    [
      'a default that compose puts in',
      `celery -A a worker -c \${C:-8}`,
      `celery -A a worker -c \${C:-2} --pool=prefork`,
    ],
    ['as wanted', 'celery -A a worker -P prefork -c 2', 'celery -A a worker -P prefork -c 2'],
  ])('is edited: %s', (_shape, before, after) => {
    const text = (command: string) => `services:\n  w:\n    command: ${command}\n`;
    expect(outcome(composeEditor(), text(before), PREFORK)).toBe(text(after));
  });

  it('takes only what is wanted', () => {
    expect(outcome(composeEditor(), file(WORKER), { 'celery.concurrency': 3, 'web.workers': undefined as never })).toBe(
      file(WORKER).replace('worker}', 'worker --concurrency=3}'),
    );
  });

  it.each([
    ['celery -A a worker -l', /^unsafe .* -l stands at the end without a value/],
    ['celery -A a worker --autoscale=10,3', /^unsafe .* celery ignores --concurrency while --autoscale/],
    ['celery -A a worker -B', /^unsafe .* also runs the beat scheduler/],
    ['celery -A a worker -EB -c 4', /^unsafe .* also runs the beat scheduler/],
    ['celery -A a worker --beat', /^unsafe .* also runs the beat scheduler/],
    ['celery -A a multi start worker -c 4', /^unsupported .* `celery multi` starts several/],
    ['celery -A a beat # worker', /^unsupported .* No service/],
    ['celery -A a flower --worker', /^unsupported .* No service/],
    [`celery -A a \${WHAT:-worker}`, /^unsafe .* What this stands for/],
    [`celery -A a worker -c \${C}`, /^unsafe .* The value of -c/],
    [`celery -A a worker -c$\${C}`, /^unsafe .* The value of -c/],
    [
      'sh -c "celery -A a worker -Q x & celery -A a worker -Q y"',
      /^unsupported .* Several commands start a celery worker/,
    ],
    ['watchmedo auto-restart -- celery -A a worker', /^unsupported .* `watchmedo` does the work/],
  ])('is refused: %s', (command, refusal) => {
    expect(outcome(composeEditor(), `services:\n  w:\n    command: ${command}\n`, PREFORK)).toMatch(refusal);
  });

  it('is left alone where services differ by queue', () => {
    const text = file(WORKER, WORKER.replace('worker:', 'mail:'));
    expect(outcome(composeEditor(), text, PREFORK)).toMatch(/^unsupported 2:3 Several services start a celery worker/);
    expect(outcome(composeEditor({ celery: 'mail' }), text, PREFORK)).toContain(
      'mail: {command: celery -A a worker --pool',
    );
  });
});
