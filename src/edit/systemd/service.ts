import type { Chars } from '../command/chars.js';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { assign, type Environment, type Variable } from '../command/environment.js';
import { refuse } from '../command/refused.js';
import { expandWord, systemdWords } from '../command/systemdwords.js';
import type { Word } from '../command/word.js';
import { type Assignment, assignmentsOf } from './lines.js';

/** What a unit runs, and in which environment. */
export interface UnitService {
  readonly commands: readonly Command[];
  readonly environment: Environment;
}

/**
 * Reads the [Service] section of a unit.
 * @throws {Refused} where there is no start command, or more than one
 */
export function serviceOf(text: string): UnitService {
  const service = assignmentsOf(text).filter((one) => one.section === 'Service');
  const start = startOf(service);
  return { commands: commandsOf(lineCommand(startWords(start))), environment: environmentOf(service) };
}

/** An empty assignment takes back those before it. */
function inForce(service: readonly Assignment[], key: string): readonly Assignment[] {
  const all = service.filter((one) => one.key === key);
  return all.slice(all.findLastIndex((one) => one.value.length === 0) + 1);
}

function startOf(service: readonly Assignment[]): Assignment {
  const [start, ...others] = inForce(service, 'ExecStart');
  if (start === undefined) {
    refuse({
      kind: 'unsupported',
      message: 'The unit has no ExecStart= in a [Service] section',
      at: 0,
      fix: 'Name the .service file that starts the program',
    });
  }
  if (others.length > 0) refuseSeveral([start, ...others]);
  return start;
}

function refuseSeveral(starts: readonly Assignment[]): never {
  refuse({
    kind: 'unsupported',
    message: 'The unit has several ExecStart= in force, which only Type=oneshot may have',
    at: starts[0]?.at ?? 0,
    found: 'ExecStart=',
    candidates: starts.map((one) => one.at),
    fix: 'Leave one, with an empty ExecStart= before it if it should replace another',
  });
}

function startWords({ value }: Assignment): readonly Word[] {
  const prefix = prefixOf(value);
  const words = systemdWords(value.slice(prefix.length)).map((word) => expandWord(word, !prefix.includes(':')));
  const separator = words.find((word) => word.text === ';' && word.end - word.start === 1);
  if (separator !== undefined) {
    refuse({
      kind: 'unsupported',
      message: 'The ExecStart= holds several commands',
      at: separator.start,
      found: ';',
      fix: 'Give each command a unit of its own',
    });
  }
  return prefix.includes('@') ? words.filter((_word, index) => index !== 1) : words;
}

function prefixOf(value: Chars): string {
  const text = value
    .slice(0, 8)
    .map((char) => char.text)
    .join('');
  return /^[-@:+!|]*/.exec(text)?.[0] ?? '';
}

function environmentOf(service: readonly Assignment[]): Environment {
  const variables = new Map<string, Variable>();
  for (const { value } of inForce(service, 'Environment')) {
    for (const word of systemdWords(value)) assign(variables, expandWord(word, false));
  }
  const elsewhere = ['EnvironmentFile', 'PassEnvironment'].some((key) => inForce(service, key).length > 0);
  return { variables, complete: !elsewhere };
}
