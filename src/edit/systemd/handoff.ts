import { answer, Refused, refuse } from '../command/refused.js';
import { WEB } from '../command/role.js';
import type { Site } from '../command/site.js';
import { refuseResult } from '../command/unchanged.js';
import type { Word } from '../command/word.js';
import { applyTextEdits } from '../splice.js';
import type { Answer, TextEdit } from '../types.js';
import { listenOn } from './listen.js';
import { siteIn } from './unit.js';

/** A backend unit that takes its port from a socket unit, and what that one must listen on. */
export interface Handoff {
  readonly edits: readonly TextEdit[];
  /** As `ListenStream=` takes it. */
  readonly listen: string;
}

/** The first descriptor that systemd hands to a service. */
const DESCRIPTOR = '--fd 3';
const ELSEWHERE = ['--fd', '--uds'];

/** How a unit comes to take its port from `socket`; `null` where uvicorn is given a descriptor already. */
export function handoffOf(text: string, socket: string): Answer<Handoff | null> {
  return answer(text, () => {
    const site = siteIn(text, WEB);
    if (site.launcher.program !== 'uvicorn' || site.file !== undefined) refuseOther(site);
    const given = site.args.options.find(({ name }) => ELSEWHERE.includes(name));
    if (given?.name === '--fd') return null;
    if (given !== undefined) refusePath(given.at);
    const edits = [...unitEdits(text, socket), ...commandEdits(site)];
    checkResult(applyTextEdits(text, edits), site);
    return { edits, listen: listenOn(site) };
  });
}

function refuseOther({ launcher: { program }, command }: Site): never {
  refuse({
    kind: 'unsupported',
    message: 'Only uvicorn itself takes its port from a socket unit here',
    at: command.words[0]?.start ?? 0,
    found: program,
    fix: 'Leave `handoff: socket` out for this target',
  });
}

function refusePath(at: number): never {
  return refuse({
    kind: 'unsupported',
    message: 'uvicorn listens on a path here, not on a port',
    at,
    found: '--uds',
    fix: 'Leave `handoff: socket` out for this target',
  });
}

/** The service never runs without its socket, however it is started. */
function unitEdits(text: string, socket: string): readonly TextEdit[] {
  const header = /^[ \t]*\[Unit\][^\r\n]*(\r\n|\n|\r)/m.exec(text);
  const end = header?.[1] ?? '\n';
  const lines = `Requires=${socket}${end}After=${socket}${end}`;
  const begin = text.startsWith('\uFEFF') ? 1 : 0;
  if (header === null) return [{ start: begin, end: begin, text: `[Unit]${end}${lines}${end}` }];
  const at = header.index + header[0].length;
  return [{ start: at, end: at, text: lines }];
}

/** The first of host and port gives its place to the descriptor; the other goes with the blank before it. */
function commandEdits({ args, program, command }: Site): readonly TextEdit[] {
  const places = args.options.filter(({ name }) => name === '--host' || name === '--port');
  const [first, ...others] = places.map(({ index, words }) => ({
    before: (program.args[index - 1] ?? command.words[0]) as Word,
    first: program.args[index] as Word,
    last: program.args[index + words - 1] as Word,
  }));
  if (first === undefined) {
    const at = command.tail?.at ?? command.words[command.words.length - 1]?.end ?? 0;
    return [{ start: at, end: at, text: ` ${DESCRIPTOR}` }];
  }
  return [
    { start: first.first.start, end: first.last.end, text: DESCRIPTOR },
    ...others.map(({ before, last }) => ({ start: before.end, end: last.end, text: '' })),
  ];
}

/** Nothing but the place to listen on may have changed in the command as systemd reads it. */
function checkResult(changed: string, before: Site): void {
  const kept = wordsOf(before).join('\0');
  const site = read(changed, before);
  const rest = wordsOf(site);
  const at = rest.indexOf('--fd');
  if (at < 0 || rest[at + 1] !== '3' || rest.toSpliced(at, 2).join('\0') !== kept)
    refuseResult(before.args.end?.start ?? 0);
}

function read(text: string, before: Site): Site {
  try {
    return siteIn(text, WEB);
  } catch (error) {
    if (error instanceof Refused) refuseResult(before.command.words[0]?.start ?? 0);
    throw error;
  }
}

/** The arguments without host and port. */
function wordsOf({ args, program }: Site): readonly string[] {
  const places = args.options.filter(({ name }) => name === '--host' || name === '--port');
  const dropped = new Set(places.flatMap(({ index, words }) => program.args.slice(index, index + words)));
  return program.args.filter((word) => !dropped.has(word)).map(({ text }) => text);
}
