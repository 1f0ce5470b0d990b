import { EXIT } from '../errors.js';
import type { Release } from '../journal/history.js';
import type { Outcome, Paint } from '../view/output.js';
import { renderKnown } from '../view/plan-text.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { withSessions } from './session.js';

/** The journal: who, when, what, and what became of it. */
export async function historyCommand(options: TargetOptions, edges: Edges): Promise<Outcome> {
  const targets = await withSessions(await resolveTargets(options, edges), edges, 'files', async (sessions) =>
    sessions.map(({ spec, history }) => ({ name: spec.name, releases: history.releases.map(releaseDocument) })),
  );
  return {
    exit: EXIT.done,
    document: { schema: 1, targets },
    text: (paint) =>
      targets.map(({ name, releases }) => [paint.strong(name), ...lines(releases, paint)].join('\n')).join('\n\n'),
  };
}

function releaseDocument({ id, entry, state, unwell, since }: Release) {
  const { at, by, kind, stages, undoes, runtime, changes, overrides, files } = entry;
  return {
    release: id,
    at,
    by,
    kind,
    stages,
    undoes,
    runtime,
    outcome: unwell && state === 'applied' ? 'failed' : state,
    since,
    changes,
    overrides,
    files,
  };
}

function lines(releases: readonly ReturnType<typeof releaseDocument>[], paint: Paint): readonly string[] {
  if (releases.length === 0) return ['  nothing was ever changed here by action-tune'];
  return releases.map((release) => {
    const what = release.kind === 'rollback' ? `takes back ${release.undoes.join(', ')}` : changesOf(release.changes);
    const why = release.overrides.map(({ gate, reason }) => `; override ${gate}: ${reason}`).join('');
    const outcome = release.outcome === 'failed' ? 'failed, its services are not well' : release.outcome;
    const head = `${String(release.release).padStart(4)}  ${release.at}  ${release.by}`;
    return `${head}  ${release.kind} ${release.stages.join(', ')}: ${paint.strong(outcome)}  ${paint.faint(what + why)}`;
  });
}

function changesOf(changes: Release['entry']['changes']): string {
  return changes.map(({ setting, from, to }) => `${setting} ${renderKnown(from)} -> ${renderKnown(to)}`).join(', ');
}
