import type { Place, Problem } from '../errors.js';
import type { Paint } from './output.js';

/** An expected error as people read it: what, where, what was expected and found, and what to do next. */
export function renderProblem(problem: Problem, paint: Paint): string {
  const lines = [`${paint.bad('error:')} ${printable(sentence(problem.message))}`];
  if (problem.place !== undefined) lines.push(`  at       ${printable(renderPlace(problem.place))}`);
  if (problem.expected !== undefined) lines.push(`  expected ${printable(problem.expected)}`);
  if (problem.found !== undefined) lines.push(`  found    ${printable(problem.found)}`);
  for (const detail of problem.details ?? []) lines.push(`  - ${printable(detail)}`);
  lines.push(`  ${paint.strong('do next')}  ${printable(sentence(problem.fix))}`);
  return lines.join('\n');
}

function renderPlace({ target, file, line, column }: Place): string {
  const position = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  const where = file === undefined ? '' : `${file}${position}`;
  return [target, where].filter((part) => part !== undefined && part !== '').join('  ');
}

/** A first word that is a name, as `server.cpus` or `db-pool`, stays as it is written. */
function sentence(text: string): string {
  const begun = /^\S+[._-]\S/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** Names and file contents come from elsewhere: they must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
