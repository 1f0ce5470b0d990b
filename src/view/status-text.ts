import type { Paint } from './output.js';

interface StageLine {
  readonly name: string;
  readonly release: number | null;
  readonly pending: boolean | null;
  readonly effective: boolean | null;
  readonly drifted: readonly string[];
  readonly soaking: { readonly verdict: string; readonly since: string; readonly until: string } | null;
}

interface TargetBlock {
  readonly name: string;
  readonly runtime: string;
  readonly root: string;
  readonly stages: readonly StageLine[];
  readonly unfinished: number | null;
  readonly pending: { readonly deadline: string; readonly releases: readonly number[] } | null;
  readonly lock: { readonly by: string; readonly since: string; readonly holder: string } | null;
  readonly next: string;
}

/** A target's state as people read it. */
export function renderStatus(target: TargetBlock, paint: Paint): string {
  const { name, runtime, root, stages, unfinished, pending, lock, next } = target;
  const notes = [
    unfinished === null ? '' : paint.bad(`release ${unfinished} was begun and not ended`),
    pending === null
      ? ''
      : paint.warn(`release ${pending.releases.join(', ')} is put back at ${pending.deadline} unless confirmed`),
    lock === null ? '' : paint.warn(`locked by ${lock.by} since ${lock.since} (holder ${lock.holder})`),
  ];
  return [
    `${paint.strong(name)}  runtime ${runtime}, ${root}`,
    ...stages.map((stage) => renderStage(stage, paint)),
    ...notes.filter((note) => note !== '').map((note) => `  ${note}`),
    `  next: ${next}`,
  ].join('\n');
}

function renderStage({ name, release, pending, effective, drifted, soaking }: StageLine, paint: Paint): string {
  const padded = `  ${name.padEnd(16)}`;
  if (release === null) return `${padded} ${paint.faint(pending === false ? 'nothing to change' : 'not applied')}`;
  const words = [paint.good(`applied (release ${release})`), effect(effective)];
  if (drifted.length > 0) words.push(paint.bad(`drifted: ${drifted.join(', ')}`));
  if (soaking !== null) words.push(`soak ${soaking.verdict}, since ${soaking.since}, until ${soaking.until}`);
  return `${padded} ${words.join('; ')}`;
}

function effect(effective: boolean | null): string {
  if (effective === null) return 'processes not asked';
  return effective ? 'effective' : 'written, not effective';
}
