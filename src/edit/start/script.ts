import { plainChars } from '../command/chars.js';
import { type Command, commandsOf, lineCommand } from '../command/command.js';
import { refuse } from '../command/refused.js';
import { scriptCommands } from '../command/script.js';

const SHEBANG = /^\uFEFF?#![^\n]*/;

/** Whether a file is written for a shell, as far as its first line says. */
export function isShellScript(text: string): boolean {
  const shebang = SHEBANG.exec(text)?.[0];
  return shebang === undefined || /\b(?:ba|da|a|k|z)?sh\b/.test(shebang);
}

export function isPythonScript(text: string): boolean {
  return /\bpython[\d.]*\b/.test(SHEBANG.exec(text)?.[0] ?? '');
}

/** The commands of a script file, in order. @throws {Refused} as `scriptCommands` does, and at the line ends of Windows */
export function commandsOfScript(text: string): readonly Command[] {
  const carriage = text.indexOf('\r');
  if (carriage !== -1) refuseCarriage(carriage);
  const from = text.startsWith('\uFEFF') ? 1 : 0;
  return scriptCommands(plainChars(text.slice(from), from)).flatMap((words) => commandsOf(lineCommand(words)));
}

function refuseCarriage(at: number): never {
  refuse({
    kind: 'unsafe',
    message: 'A shell takes the carriage return here for a part of the word before it',
    at,
    found: '\\r',
    fix: "Save the file with the line ends of Unix (sed -i 's/\\r$//')",
  });
}

/** `exec "$@"`: the script ends in what it was given. */
export function passesOn(commands: readonly Command[]): boolean {
  return commands.some(({ words }) => words.some(({ text, opaque }) => opaque && /^\$[@*]$/.test(text)));
}
