import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/edit/sha256.js';
import type { Draft } from '../../src/rollout/draft.js';
import { leftCalls, sayLeft } from '../../src/rollout/left.js';
import { NO_PROGRESS, readProgress } from '../../src/rollout/progress.js';

const file = (path: string, before: string | null, after: string) => ({
  path,
  before: before === null ? null : Buffer.from(before),
  after: Buffer.from(after),
});
const service = (name: string) => ({ verb: 'at_left_service', args: ['systemd', name, '-'] });
const draft = (files: readonly ReturnType<typeof file>[], ...services: readonly string[]) =>
  ({ files, activation: { left: services.map(service) } }) as unknown as Draft;
const drafts = [
  draft([file('/a', 'one', 'two'), file('/new', null, 'x')], 'web', 'tasks'),
  draft([file('/a', 'two', 'three')], 'web'),
];

describe('what is left of a run', () => {
  it.each(['stuck', 'unwell', 'died'])(
    'is asked for where it ended as %s: each file over all of the run, each service once',
    (outcome) => {
      expect(leftCalls(drafts, { ...NO_PROGRESS, outcome })).toEqual([
        { verb: 'at_left_file', args: ['/a', sha256('one'), sha256('three')] },
        { verb: 'at_left_file', args: ['/new', 'absent', sha256('x')] },
        service('web'),
        service('tasks'),
      ]);
    },
  );

  it.each(['applied', 'put-back', 'interrupted', 'stale', 'locked', 'full'])(
    'is nothing where it ended as %s',
    (outcome) => {
      expect(leftCalls(drafts, { ...NO_PROGRESS, outcome })).toEqual([]);
    },
  );

  it('is told of each file and each service, also where nobody could ask', () => {
    const progress = readProgress(
      NO_PROGRESS,
      'left\tfile\t/a\tas after\nleft\tservice\tweb\trunning since 2026-11-27T10:11:12Z\n',
    );
    expect(sayLeft(['/a', '/new'], ['web', 'tasks'], progress)).toEqual([
      'file /a: as after',
      'file /new: not known: nothing there tells',
      'service web: running since 2026-11-27T10:11:12Z',
      'service tasks: not known: nothing there tells',
    ]);
  });
});
