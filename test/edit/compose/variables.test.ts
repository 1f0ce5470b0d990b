import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { outcomeIn, valuesIn } from '../project.js';

const FILE = 'docker/docker-compose.yml';
const command = (text: string) => `services:\n  backend:\n    command: ${text}\n`;
const files = (text: string, env: string) => ({ [FILE]: command(text), 'docker/.env': env });
const WORKERS = 'uvicorn a:b --workers ${WORKERS:-2}';

describe('a variable in a command', () => {
  it('is read as compose will, from the .env beside the file or by its default, and none is guessed', () => {
    const workers = (text: string, env: string) => valuesIn(composeEditor(), FILE, files(text, env))['web.workers'];
    expect(workers(WORKERS, 'WORKERS=4\n')).toBe(4);
    expect(workers(WORKERS, 'OTHER=4\n')).toBe(2);
    expect(workers('uvicorn a:b --workers $WORKERS', '')).toEqual({ unresolved: expect.any(String) });
    expect(workers('uvicorn a:b --workers ${WORKERS:?}', '')).toEqual({ unresolved: expect.any(String) });
  });

  it('is changed where it is written down', () => {
    const want = { 'web.workers': 3 };
    expect(outcomeIn(composeEditor(), FILE, files(WORKERS, 'A=1\nWORKERS=4\n'), want)).toEqual({
      'docker/.env': 'A=1\nWORKERS=3\n',
    });
    for (const must of ['${WORKERS:?set it}', '${WORKERS?}'])
      expect(outcomeIn(composeEditor(), FILE, files(`uvicorn a:b --workers ${must}`, 'WORKERS=4\n'), want)).toEqual({
        'docker/.env': 'WORKERS=3\n',
      });
    expect(outcomeIn(composeEditor(), FILE, files('uvicorn a:b --workers ${WORKERS:?4}', 'A=4\n'), want)).toMatch(
      /^unsafe docker\/docker-compose.yml:3:26 The value of --workers/,
    );
    expect(outcomeIn(composeEditor(), FILE, files(WORKERS, ''), want)).toEqual({
      [FILE]: command('uvicorn a:b --workers ${WORKERS:-3}'),
    });
  });

  it('is left alone where it is right, and what stands beside it is changed', () => {
    const text = 'celery -A a worker --pool=solo --concurrency=${C:-2}';
    const want = { 'celery.pool': 'prefork', 'celery.concurrency': 2 };
    expect(outcomeIn(composeEditor(), FILE, files(text, ''), want)).toEqual({
      [FILE]: command('celery -A a worker --pool=prefork --concurrency=${C:-2}'),
    });
  });

  it('is refused where another service takes it from the same place, and only there', () => {
    const change = (other: string) =>
      outcomeIn(
        composeEditor({ backend: 'backend' }),
        FILE,
        { [FILE]: `${command(WORKERS)}  api2:\n    ${other}\n`, 'docker/.env': 'A=1\nWORKERS=4\n' },
        { 'web.workers': 3 },
      );
    const refused = /^unsafe docker\/\.env:2:9 Another part of the compose files takes WORKERS from here/;
    expect(change('command: uvicorn c:d --workers ${WORKERS}')).toMatch(refused);
    expect(change('environment: {POOL: "$WORKERS"}')).toMatch(refused);
    const changed = { 'docker/.env': 'A=1\nWORKERS=3\n' };
    expect(change('command: uvicorn c:d --workers ${WORKERS_OF_API2:-2}')).toEqual(changed);
    expect(change('command: sh -c "uvicorn c:d --workers $${WORKERS}"')).toEqual(changed);
  });
});
