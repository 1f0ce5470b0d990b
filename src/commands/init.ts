import { resolve } from 'node:path';
import { CONFIG_FILE } from '../config/load.js';
import { parseConfig } from '../config/parse.js';
import { EXIT, fail, ProblemError } from '../errors.js';
import type { TargetSpec } from '../target/spec.js';
import type { Outcome } from '../view/output.js';
import type { Edges } from './edges.js';
import { leftToFillIn } from './init-left.js';
import { initText } from './init-text.js';
import type { TargetOptions } from './options.js';
import { resolveTargets } from './resolve.js';
import { profileOf, withSessions } from './session.js';
import { typed } from './typed.js';

/**
 * Writes an `action-tune.yaml` with what was given and what was found on the targets: the next command without flags
 * means the same. Never writes over one. `--config` names the file to be written.
 */
export async function initCommand({ config, ...given }: TargetOptions, edges: Edges): Promise<Outcome> {
  const file = resolve(edges.cwd, config ?? CONFIG_FILE);
  const specs = await resolveTargets(given, edges);
  for (const spec of specs) await expectUsable(spec, edges);
  const { text, left } = await withSessions(specs, edges, 'files', async (sessions) => {
    const words = sessions.flatMap((session) => leftToFillIn(session).map((what) => `${session.spec.name}: ${what}`));
    return { text: initText(sessions, given, file), left: words };
  });
  expectReadable(text, file);
  try {
    await edges.files.writeFile(file, text, { replace: false });
  } catch (error) {
    refuse(file, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  for (const what of left) edges.output.say(`left to fill in for ${what}; until then \`action-tune plan\` is refused`);
  const next = typed(['plan'], config === undefined ? {} : { config });
  return {
    exit: EXIT.done,
    document: { schema: 1, file, targets: specs.map(({ name }) => name) },
    text: () =>
      `${file} is written. Read it${left.length > 0 ? ', fill in what is left' : ''}, then see what would change with: ${next}`,
    done: [`${file} written`],
  };
}

/** @throws ProblemError for what could not be kept, and for a profile that can't be read. */
async function expectUsable(spec: TargetSpec, edges: Edges): Promise<void> {
  expectKept(spec);
  await profileOf(spec, edges);
}

/** Values of the profile have their place in a profile: nothing that was given is passed over in silence. */
function expectKept({ profileValues }: TargetSpec): void {
  const [key] = profileValues.keys();
  if (key === undefined) return;
  fail({
    code: 'usage',
    message: `--set ${key} is a value of the profile, and action-tune.yaml holds none of these`,
    expected: 'settings such as db.pool_size',
    found: [...profileValues.keys()].join(', '),
    fix: 'Write it into a profile of your own and name that with --profile ./FILE.yaml.',
  });
}

/** Flags may be wider than what the file takes: what could not be read back is not written. */
function expectReadable(text: string, file: string): void {
  try {
    parseConfig(text, file);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    fail(...error.problems.map((problem) => ({ ...problem, code: 'usage' as const, place: { file } })));
  }
}

function refuse(file: string, found: string): never {
  return fail({
    code: 'config',
    message:
      found === 'EEXIST'
        ? 'There is a configuration already, and it is not overwritten'
        : 'The configuration can not be written',
    place: { file },
    found,
    fix: found === 'EEXIST' ? 'Edit it, or move it away first.' : 'Run it in a folder that can be written.',
  });
}
