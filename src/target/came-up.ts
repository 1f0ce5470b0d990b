import { type Row, textOf } from './rows.js';

/**
 * How long the newest process took from its start until its application was up, by what its web server said in the log:
 * all imports, and what the application does when it starts. `null` where nothing of it is there any more.
 */
export function cameUpMs(own: readonly Row[]): number | null {
  const [, , , pid, startedMs] = own.find((row) => row[0] === 'program' && row[2] === 'newest') ?? [];
  const lines = textOf(own.find((row) => row[0] === 'came-up')?.[2]).split('\n');
  const begun = lines.findIndex((line) => line.includes(`Started server process [${pid}]`));
  const up = begun < 0 ? undefined : lines.slice(begun).find((line) => line.includes('Application startup complete'));
  const took = up === undefined ? Number.NaN : timeOf(up) - Number(startedMs);
  return took >= 0 ? Math.round(took) : null;
}

/** A line begins with its time: the journal's in seconds since 1970, an engine's as RFC 3339. */
function timeOf(line: string): number {
  const [word = ''] = line.split(' ');
  return /^\d+\.\d+$/.test(word) ? Number(word) * 1000 : Date.parse(word);
}
