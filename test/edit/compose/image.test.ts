import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { type Files, outcomeIn } from '../project.js';

const COMPOSE = 'deploy/docker-compose.yml';
const DOCKERFILE = 'backend/Dockerfile';
const PLAIN = 'FROM python:3.12\nCMD ["uvicorn", "a:b"]\n';

function compose(rest: string): string {
  return `services:\n  api:\n    image: x  # 镜像\n    build: ../backend\n${rest}  db:\n    image: postgres\n`;
}

function outcome(rest: string, dockerfile = PLAIN): Files | string {
  return outcomeIn(
    composeEditor(),
    COMPOSE,
    { [COMPOSE]: compose(rest), [DOCKERFILE]: dockerfile },
    { 'web.workers': 2 },
  );
}

describe('a service whose command is the one of its image', () => {
  it.each([
    ['a mapping', '    environment:\n      A: 1\n', '    environment:\n      WEB_CONCURRENCY: 2\n      A: 1\n'],
    ['a list', '    environment:\n      - A=1\n', '    environment:\n      - WEB_CONCURRENCY=2\n      - A=1\n'],
    [
      'a list that is not indented',
      '    environment:\n    - "A=1"\n',
      '    environment:\n    - WEB_CONCURRENCY=2\n    - "A=1"\n',
    ],
    ['a flow mapping', '    environment: {A: 1}\n', '    environment: {WEB_CONCURRENCY: 2, A: 1}\n'],
    ['an empty flow list', '    environment: []\n', '    environment: [WEB_CONCURRENCY=2]\n'],
    ['its value', '    environment: {WEB_CONCURRENCY: "4"}\n', '    environment: {WEB_CONCURRENCY: "2"}\n'],
    [
      'a default',
      '    environment:\n      - WEB_CONCURRENCY=${W:-4}\n',
      '    environment:\n      - WEB_CONCURRENCY=${W:-2}\n',
    ],
  ])('is given WEB_CONCURRENCY in %s', (_style, before, after) => {
    expect(outcome(before)).toEqual({ [COMPOSE]: compose(after) });
  });

  it('is given an environment where it has none', () => {
    const after = compose('').replace('    image: x', '    environment:\n      WEB_CONCURRENCY: 2\n    image: x');
    expect(outcome('')).toEqual({ [COMPOSE]: after });
  });

  it.each([
    [
      'an option that is there',
      '',
      'CMD ["uvicorn", "a:b", "--workers", "4"]',
      'CMD ["uvicorn", "a:b", "--workers", "2"]',
    ],
    ['a configuration that is not there', '', 'CMD gunicorn -c conf.py a:b', 'CMD gunicorn -c conf.py a:b --workers 2'],
    [
      'a list, against a stronger variable',
      '    environment: [GUNICORN_CMD_ARGS=-w 4]\n',
      'CMD [ "gunicorn","a:b" ]',
      'CMD [ "gunicorn","a:b", "--workers", "2" ]',
    ],
    [
      'an entrypoint and its arguments',
      '',
      'ENTRYPOINT ["tini", "--", "uvicorn", "a\\u003ab"]\nCMD ["--workers", "4"]',
      'ENTRYPOINT ["tini", "--", "uvicorn", "a\\u003ab"]\nCMD ["--workers", "2"]',
    ],
  ])('is changed in its Dockerfile: %s', (_what, rest, before, after) => {
    expect(outcome(rest, `FROM x\n${before}\n`)).toEqual({ [DOCKERFILE]: `FROM x\n${after}\n` });
  });

  it.each([
    ['a shell form', 'FROM x\nCMD alembic upgrade head && \\\n  # wait\n  exec uvicorn a:b --port 80\n'],
    ['an entrypoint', 'FROM x\nENTRYPOINT ["tini", "--"]\nCMD ["fastapi", "run", "a.py"]\n'],
    ['the last stage', 'FROM x AS build\nCMD ["uvicorn", "a:b", "--workers", "9"]\nFROM y\nCMD ["gunicorn", "a:b"]\n'],
  ])('is understood by its Dockerfile: %s', (_form, dockerfile) => {
    expect(outcome('    environment: []\n', dockerfile)).toEqual({
      [COMPOSE]: compose('    environment: [WEB_CONCURRENCY=2]\n'),
    });
  });

  it.each([
    [
      'reload in the image',
      '',
      'FROM x\nCMD uvicorn a:b --reload\n',
      /^unsafe backend\/Dockerfile:2:17 uvicorn ignores --workers/,
    ],
    [
      'a start script',
      '',
      'FROM x\nCMD ["./start.sh"]\n',
      /^unsupported backend\/Dockerfile:2:6 Service api starts \.\/start\.sh/,
    ],
    ['no command', '', 'FROM x\n', /^unsupported .* No service of the file starts uvicorn/],
    [
      'what surrounds compose',
      '    environment: [WEB_CONCURRENCY]\n',
      PLAIN,
      /^unsafe .* only known where compose runs/,
    ],
    ['a shared environment', '    environment: &e {A: 1}\n    labels: *e\n', PLAIN, /^unsafe .* is shared/],
  ])('is refused: %s', (_what, rest, dockerfile, refusal) => {
    expect(outcome(rest, dockerfile)).toMatch(refusal);
  });
});
