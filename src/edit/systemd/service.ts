import { LARGEST_UNIT } from '../bounds.js';
import { type Chars, plainChars, rangeOf, textOf } from '../command/chars.js';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { assign, type Environment, type Variable } from '../command/environment.js';
import { neighbourText } from '../command/neighbour.js';
import { inside, refuse } from '../command/refused.js';
import { expandWord, systemdWords } from '../command/systemdwords.js';
import type { Word } from '../command/word.js';
import { isNamed, type VariableNames } from '../environment/dotenv.js';
import { assignmentsIn } from '../environment/envfile.js';
import { plainly, type Spot, valueOfText } from '../spot.js';
import type { Ground } from '../start/ground.js';
import { ALONE, type Surroundings } from '../types.js';
import { type Assignment, assignmentsOf } from './lines.js';
import { partsOf } from './parts.js';

/** What a unit runs, and in which environment. */
export interface UnitService {
  /** The file that the start command stands in: the unit, or its drop-in. */
  readonly path: string;
  readonly text: string;
  /** Where its assignment begins. */
  readonly at: number;
  /** The command as systemd starts it, and the commands behind it where it is `sh -c`. */
  readonly start: Command;
  readonly commands: readonly Command[];
  readonly environment: Environment;
  readonly ground: Ground;
}

/**
 * Reads the [Service] section of a unit.
 * @throws {Refused} where there is no start command, or more than one
 */
export function serviceOf(text: string, around: Surroundings = ALONE): UnitService {
  const service = placedAssignments(around.path, text, around).filter((one) => one.section === 'Service');
  const start = startOf(service);
  const own = start.path === around.path;
  const read = <T>(work: () => T): T => (own ? work() : inside(start.path, start.text, work));
  const command = read(() => lineCommand(startWords(start)));
  return {
    path: start.path,
    text: start.text,
    start: command,
    at: start.at,
    commands: read(() => commandsOf(command)),
    environment: environmentOf(service, around),
    ground: groundOf(service, around),
  };
}

/** An assignment, and the file that it stands in. */
interface Placed extends Assignment {
  readonly path: string;
  readonly text: string;
}

function placedAssignments(path: string, text: string, around: Surroundings): readonly Placed[] {
  if (text.length > LARGEST_UNIT) {
    refuse({ kind: 'unsupported', message: 'The unit is larger than 128 KiB', fix: 'Name the .service file' });
  }
  return partsOf(path, around).flatMap((part) => {
    if (part === path) return assignmentsOf(text).map((one) => ({ ...one, path, text }));
    const content = neighbourText(around, part, LARGEST_UNIT);
    if (content === null) return [];
    const added = inside(part, content, () => assignmentsOf(content));
    return added.map((one) => ({ ...one, path: part, text: content }));
  });
}

/** An empty assignment takes back those before it. */
function inForce(service: readonly Placed[], key: string): readonly Placed[] {
  const all = service.filter((one) => one.key === key);
  return all.slice(all.findLastIndex((one) => one.value.length === 0) + 1);
}

function startOf(service: readonly Placed[]): Placed {
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

/** A unit sees the machine's own files, unless it has a root of its own. */
function groundOf(service: readonly Placed[], around: Surroundings): Ground {
  const set = (key: string) => textOf(inForce(service, key).at(-1)?.value ?? []);
  const folder = set('WorkingDirectory').replace(/^-/, '') || '/';
  const isElsewhere = ['RootDirectory', 'RootImage'].some((key) => set(key) !== '');
  return {
    folder: /^\/[^%]*$/.test(folder) ? folder : null,
    places: (path) => (isElsewhere ? [] : [path]),
    around,
  };
}

function refuseSeveral(starts: readonly Placed[]): never {
  refuse({
    kind: 'unsupported',
    message: 'The unit has several ExecStart= in force, which only Type=oneshot may have',
    at: starts[0]?.at ?? 0,
    found: 'ExecStart=',
    candidates: starts.map((one) => ({ name: textOf(one.value).slice(0, 60), at: one.at })),
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

/** Also what the environment files say, where they could be read; a `-` in front only forgives their absence. */
function environmentOf(service: readonly Placed[], around: Surroundings): Environment {
  const variables = new Map<string, Variable>();
  const spots = new Map<string, Spot>();
  for (const one of inForce(service, 'Environment')) {
    for (const word of systemdWords(one.value).map((written) => expandWord(written, false))) {
      assign(variables, word);
      const spot = spotOf(one, word);
      if (spot !== undefined) spots.set(word.text.slice(0, word.text.indexOf('=')), spot);
    }
  }
  const files = inForce(service, 'EnvironmentFile').map(({ value }) => textOf(value).replace(/^-/, ''));
  for (const [name, spot] of files.flatMap((path) => fileSpots(path, around))) {
    const value = typeof spot.known === 'object' ? null : String(spot.known);
    variables.set(name, { value, at: service[0]?.at ?? 0 });
    spots.set(name, spot);
  }
  const unread = files.some((path) => around.textOf(path) === null) || inForce(service, 'PassEnvironment').length > 0;
  return {
    variables,
    complete: !unread,
    behind: (value) => spots.get(nameIn(textOf(value))),
    given: (name) => spots.get(name) ?? (variables.has(name) || unread ? null : undefined),
  };
}

function fileSpots(path: string, around: Surroundings): readonly [string, Spot][] {
  const text = neighbourText(around, path) ?? '';
  return assignmentsIn(text).map(({ name, value, plain, start, end }) => {
    const known = plain ? valueOfText(value) : { unresolved: 'it is no plain value' };
    return [name, { path, text, start, end, known, written: plainly }];
  });
}

function spotOf({ path, text }: Placed, word: Word): Spot | undefined {
  const equals = word.text.indexOf('=');
  const range = rangeOf(word.chars.slice(equals + 1));
  if (equals < 1 || range === undefined) return undefined;
  const known = word.opaque
    ? { unresolved: 'it is only known where the unit runs' }
    : valueOfText(word.text.slice(equals + 1));
  return { path, text, ...range, known, written: plainly };
}

/** The variable that is all of a word: systemd knows no defaults. */
function nameIn(text: string): string {
  const match = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$/.exec(text);
  return match?.[1] ?? match?.[2] ?? '';
}

/** Where variables of a unit's environment are set, for whoever else wants to know. */
export function unitVariable(
  path: string,
  text: string,
  around: Surroundings,
  variable: VariableNames,
): readonly Spot[] {
  const service = placedAssignments(path, text, around).filter((one) => one.section === 'Service');
  const { variables, behind } = environmentOf(service, around);
  const names = [...variables.keys()].filter((name) => isNamed(variable, name));
  return names.flatMap((name) => behind?.(plainChars(`\${${name}}`, 0)) ?? []);
}
