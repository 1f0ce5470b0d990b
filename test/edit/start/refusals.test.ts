import { describe, expect, it } from 'vitest';
import { unitEditor } from '../../../src/edit/systemd/unit.js';
import { CODE } from '../project.js';

const UNIT = '/etc/systemd/system/a.service';
const FOLDER = '/srv/action';

/** Where a file behind a unit's command is refused, what is found there, why, and what to do. */
function refusalOf(start: string, name: string, text: string): string {
  const unit = `[Service]\nWorkingDirectory=${FOLDER}\nEnvironmentFile=/etc/a.env\nExecStart=${start}\n`;
  const files = new Map([[name.startsWith('/') ? name : `${FOLDER}/${name}`, text]]);
  const answer = unitEditor('backend', CODE).edit(
    unit,
    { 'web.workers': 2 },
    {
      path: UNIT,
      root: FOLDER,
      compose: [],
      units: [UNIT],
      textOf: (path) => files.get(path) ?? null,
    },
  );
  if (answer.ok) throw new Error('it was edited');
  const { file = UNIT, at, found, message, fix } = answer.refusal;
  return `${file.replace(`${FOLDER}/`, '')}:${at?.line}:${at?.column} ${found} | ${message} | ${fix}`;
}

describe('what is wrong in a script is said with its place and its remedy', () => {
  const inScript = (text: string) => refusalOf('/bin/sh start.sh', 'start.sh', text);

  it.each([
    [
      'a quote',
      'cd x\nuvicorn a:b --root-path "/api\n',
      '2:25 " | ',
      'A quote in the script is never closed',
      'Close it with "',
    ],
    [
      'a single quote',
      "uvicorn a:b\necho 'done\n",
      "2:6 ' | ",
      'A quote in the script is never closed',
      "Close it with '",
    ],
    [
      'a parenthesis',
      'true\n(cd x\nuvicorn a:b\n',
      '2:1 ( | ',
      'A parenthesis in the script is never closed',
      'Close it with )',
    ],
    [
      'a substitution',
      'A=$(date\nuvicorn a:b\n',
      '1:4 ( | ',
      'A substitution in the script is never closed',
      'Close it with )',
    ],
    [
      'a brace',
      'uvicorn a:b --port ${PORT\n',
      '1:21 { | ',
      'A substitution in the script is never closed',
      'Close it with }',
    ],
  ])('%s that is not closed', (_what, text, place, message, fix) => {
    expect(inScript(text)).toBe(
      `start.sh:${place}This file can't be followed exactly: ${message} | ${fix}, then run again`,
    );
  });

  it('line ends of Windows', () => {
    expect(inScript('#!/bin/sh\r\nuvicorn a:b\r\n')).toBe(
      "start.sh:1:10 \\r | This file can't be followed exactly: A shell takes the carriage return here for a part of the word before it | Save the file with the line ends of Unix (sed -i 's/\\r$//'), then run again",
    );
  });

  it.each([
    [
      'a function',
      'serve() {\n  uvicorn a:b --port 80\n}\nserve\n',
      '1:6 (',
      'The script defines a function',
      'line 2',
    ],
    [
      'a case',
      'case $1 in\n  web) uvicorn a:b;;\nesac\n',
      '2:6 )',
      'The script has a parenthesis or a `case`',
      'line 2',
    ],
    ['a here-document', 'cat <<E\nx\nE\nuvicorn a:b\n', '1:5 <', 'The script holds a here-document', 'line 4'],
    ["bash's quotes", "IFS=$'\\n'\nuvicorn a:b\n", "1:5 $'", "The script uses bash's own quotes", 'line 2'],
  ])('what is right and not understood says what to write, and where: %s', (_what, text, place, message, line) => {
    const said = inScript(text);
    expect(said).toContain(`start.sh:${place} | This file can't be followed exactly: ${message}`);
    expect(said).toContain(`Write \`--workers 2\` behind \`uvicorn a:b\` in ${line} by hand`);
  });
});

describe('what is wrong in another file behind a command', () => {
  it('is that a Procfile has a blank before its colon, which honcho takes for no process', () => {
    expect(refusalOf('/v/honcho start', 'Procfile', 'web : uvicorn a:b\n')).toMatch(
      /^Procfile:1:7 uvicorn a:b .*is not understood/,
    );
  });

  it('is that a line of a Procfile begins with a byte order mark, unless it is the first', () => {
    expect(refusalOf('/v/honcho start', 'Procfile', 'other: true\n\uFEFFweb: uvicorn a:b\n')).toMatch(
      /^Procfile:2:7 uvicorn a:b .*is not understood/,
    );
  });

  it('is said of a Procfile', () => {
    expect(refusalOf('/v/honcho start', 'Procfile', "web: uvicorn a:b --root-path '/api\n")).toBe(
      "Procfile:1:30 ' | This file can't be followed exactly: A quote in the script is never closed | Close it with ', then run again",
    );
  });

  it.each([
    ['a quote', '--root-path "/api', '2:33 " | ', 'A quote in the command is never closed | Close it with "'],
    [
      'a shell',
      '&& true',
      '2:21 & | ',
      'supervisord starts this command without a shell',
      'Wrap the whole command as `sh -c "..."`, then',
    ],
    [
      'a backslash',
      '--port\\ 80',
      '2:27 \\ | ',
      'means nothing to supervisord by itself',
      'Leave the backslash out: an indented line goes on',
    ],
  ])('is said of a supervisord configuration: %s', (_what, more, place, ...parts) => {
    const said = refusalOf('/v/supervisord -c s.conf', 's.conf', `[program:a]\ncommand=uvicorn a:b ${more}\n`);
    expect(said).toContain(`s.conf:${place}`);
    for (const part of parts) expect(said).toContain(part);
    expect(said).not.toContain('ompose');
  });

  it.each([
    ['a word', 'W=many\n', 'many'],
    ['nothing', 'W=\n', 'nothing'],
    ['a variable', 'W=${V}\n', '${V}'],
    ['a quote that goes on', 'W="4\nSECRET=x"\n', '4'],
  ])('is said of an environment file: %s', (_what, text, found) => {
    const said = refusalOf('/v/uvicorn a:b --workers ${W}', '/etc/a.env', text);
    expect(said).toMatch(/^\/etc\/a\.env:1:[34] /);
    expect(said).toContain(
      ` ${found} | --workers comes from here, and this is no plain value for it | Write 2 here by hand`,
    );
    expect(said).not.toContain('SECRET');
  });

  it('is said of a drop-in that starts nothing', () => {
    const dropIn = `${UNIT}.d/override.conf`;
    expect(refusalOf('/v/uvicorn a:b', dropIn, '[Service]\nExecStart=\nExecStart=:\n')).toContain(
      `${dropIn}:3:1 ExecStart= | The unit does not start uvicorn`,
    );
  });
});
