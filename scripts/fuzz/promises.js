// What must hold of every answer, whatever the file looks like. Gives what was broken, or null.
import { isDeepStrictEqual } from 'node:util';
import { applyByteEdits, applyPlacedEdits, editsIn, toByteEdits } from '../../dist/edit/splice.js';
import { around } from './seeds.js';

/** The milliseconds that 2,000 lines may take. */
const MS = 100;
const LINES = 2000;
const TURNS = 12;
/** Files whose refusals are those of a parser, which may mean the whole file. */
const OF_PARSERS = /\.(?:py|ya?ml)$/;

export function check(seed) {
  const { text, files } = seed;
  const here = around(seed);
  const { answer, ms } = timed(() => seed.editor.edit(text, seed.want, here));
  const lines = [text, ...Object.values(files)].reduce((sum, each) => sum + each.split('\n').length, 0);
  const limit = Math.max(MS, (lines / LINES) * MS);
  if (ms > limit && isSlow(() => seed.editor.edit(text, seed.want, here), limit))
    return { broken: `took ${ms.toFixed(0)} ms` };
  const reading = seed.editor.read(text, here);
  if (!answer.ok)
    return { broken: refusalFault(answer.refusal) ?? (reading.ok ? null : refusalFault(reading.refusal)) };
  return editFault(seed, text, answer.value, here);
}

function timed(work) {
  const before = process.cpuUsage();
  const answer = work();
  const { user, system } = process.cpuUsage(before);
  return { answer, ms: (user + system) / 1000 };
}

/** What else the machine does, and the engine that tidies up, slow many turns down, and never all of them. */
function isSlow(work, limit) {
  return Array.from({ length: TURNS }).every(() => timed(work).ms > limit);
}

function refusalFault({ kind, message, fix, at, file, found }) {
  if (kind !== 'unsupported' && kind !== 'unsafe') return `a refusal of kind ${kind}`;
  if (message === '' || fix === '') return 'a refusal that does not say why, or what to do';
  if (at !== undefined && !(at.line >= 1 && at.column >= 1)) return `a refusal at ${at.line}:${at.column}`;
  if (file !== undefined && !OF_PARSERS.test(file) && (at === undefined || !found))
    return `a refusal in ${file} that does not say where, or what is there: ${message}`;
  return null;
}

function editFault(seed, text, edits, here) {
  const after = applyPlacedEdits(text, edits, here);
  const second = seed.editor.edit(after.text, seed.want, after.around);
  if (!second.ok) return { broken: `a second run is refused: ${second.refusal.message}` };
  if (second.value.length > 0) return { broken: 'a second run changes something' };
  const reading = seed.editor.read(after.text, after.around);
  if (!reading.ok) return { broken: `the result can not be read: ${reading.refusal.message}` };
  const files = [...new Set(edits.map(({ file }) => file))];
  for (const file of files) {
    const before = file === undefined ? text : here.textOf(file);
    const fault = bytesFault(before, editsIn(edits, file)) ?? swallowed(before, editsIn(edits, file));
    if (fault !== null) return { broken: fault };
  }
  return { broken: null, pairs: files.map((file) => pairOf(file, text, after, here)), edited: edits.length > 0 };
}

function pairOf(file, text, after, here) {
  return file === undefined ? [here.path, text, after.text] : [file, here.textOf(file), after.around.textOf(file)];
}

/** An option that is added right behind one that waits for its value becomes that value; what stands in a remark waits for none. */
function swallowed(text, edits) {
  const waits = (line) => /(?:^|[\s,]|:\s*\[)["']?--port["']?$/.test(line) && !/(?:^|\s)#/.test(line);
  const isLost = ({ start, end, text: added }) =>
    start === end && /^[\s,"'-]*--\w/.test(added) && waits(text.slice(0, start).split('\n').at(-1) ?? '');
  return edits.some(isLost) ? 'what was added is the value of --port' : null;
}

/** Undone, the file is what it was; and what the edits leave alone is there, byte for byte. */
function bytesFault(text, edits) {
  const before = Buffer.from(text);
  const forward = toByteEdits(text, edits);
  const after = applyByteEdits(before, forward);
  let shift = 0;
  const back = forward.map((edit) => {
    const start = edit.start + shift;
    const end = start + Buffer.byteLength(edit.text);
    shift += end - start - (edit.end - edit.start);
    return { start, end, text: before.subarray(edit.start, edit.end).toString('utf8') };
  });
  if (!applyByteEdits(after, back).equals(before)) return 'undoing it does not give the file back';
  const kept = (bytes, all) => {
    const cuts = [0, ...all.flatMap(({ start, end }) => [start, end]), bytes.length];
    return cuts.flatMap((cut, index) => (index % 2 === 0 ? [bytes.subarray(cut, cuts[index + 1])] : []));
  };
  return isDeepStrictEqual(kept(before, forward), kept(after, back)) ? null : 'bytes outside the edit moved';
}
