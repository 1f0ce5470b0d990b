import type { Edges } from '../commands/edges.js';
import { fail } from '../errors.js';
import type { Outcome } from '../view/output.js';
import {
  command,
  driftOption,
  expectOne,
  natural,
  overrideOption,
  overridesOf,
  seconds,
  setOption,
  stageChoice,
  stageOption,
  targetCommand,
} from './flags.js';

/** What the command line asks for: the flags that shape the output, and the work. */
export interface Request {
  readonly json: boolean;
  readonly color: boolean;
  readonly verbose: boolean;
  readonly run: (edges: Edges) => Promise<Outcome>;
}

export interface Streams {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

type Run = (edges: Edges) => Promise<Outcome>;
type Shared = { readonly json?: true | undefined; readonly verbose?: true | undefined; readonly color: boolean };
type Ask = (options: Shared, run: Run) => void;

/**
 * Reads the command line and hands over what it asks for. Nothing is done yet, and no command's code is loaded.
 * @throws CommanderError for help, version and wrong flags; ProblemError `usage` for flags that do not go together.
 */
export function parseCommandLine(argv: readonly string[], version: string, streams: Streams): Request {
  const requests: Request[] = [];
  const ask: Ask = ({ json, color, verbose }, run) => {
    requests.push({ json: json === true, color, verbose: verbose === true, run });
  };
  const program = targetCommand(
    'action-tune',
    'Sizes, rewrites, applies and puts back the pools and workers of a live service.',
  )
    .version(version, '--version', 'print the version')
    .enablePositionalOptions()
    .allowExcessArguments()
    .action((options, self) => {
      const [unknown] = self.args;
      if (unknown !== undefined) refuseCommand(unknown, self.commands);
      const help = () => self.helpInformation({ error: true });
      ask(options, async (edges) => (await import('../commands/wizard.js')).wizardCommand(options, edges, help));
    });
  for (const sub of [...changing(ask), ...reading(ask), ...alone(ask)]) program.addCommand(sub);
  for (const each of [program, ...program.commands]) {
    each
      .exitOverride()
      .configureOutput(streams)
      .showHelpAfterError(`(see action-tune${each === program ? '' : ` ${each.name()}`} --help)`);
  }
  program.hook('preSubcommand', (_, sub) => handOn(program, sub));
  program.parse([...argv], { from: 'user' });
  const [request] = requests;
  if (request === undefined) throw new Error('a command line that was accepted asks for something');
  return request;
}

interface Flagged {
  readonly options: readonly { readonly long?: string | undefined; attributeName(): string }[];
  name(): string;
  getOptionValue(key: string): unknown;
  getOptionValueSource(key: string): string | undefined;
  setOptionValueWithSource(key: string, value: unknown, source: 'cli'): unknown;
}

/** A flag before the command counts as one behind it: nothing that was typed is passed over in silence. */
function handOn(from: Flagged, to: Flagged): void {
  for (const option of from.options) {
    const key = option.attributeName();
    if (from.getOptionValueSource(key) !== 'cli') continue;
    if (!to.options.some(({ long }) => long === option.long)) {
      fail({
        code: 'usage',
        message: `the command ${to.name()} takes no ${option.long}`,
        fix: `See \`action-tune ${to.name()} --help\`.`,
      });
    }
    to.setOptionValueWithSource(key, from.getOptionValue(key), 'cli');
  }
}

/** Without this a misspelt command would be the wizard's, with a word too many. */
function refuseCommand(found: string, commands: readonly { readonly name: () => string }[]): never {
  return fail({
    code: 'usage',
    message: `There is no command '${found}'`,
    expected: `one of ${commands.map((known) => known.name()).join(', ')}`,
    found,
    fix: 'See what each of them does with `action-tune --help`.',
  });
}

function changing(ask: Ask) {
  const apply = targetCommand('apply', 'carry stages out: lock, check, back up, write, activate, verify')
    .addOption(stageOption())
    .option('--next', 'the next stage in the order of the roll-out (the default)')
    .option('--all', 'all stages, one after the other')
    .option('--plan <file>', 'carry out stages of a saved plan, exactly as they were saved')
    .option('--confirm-within <duration>', 'put everything back unless `confirm` comes in time', seconds)
    .addOption(overrideOption())
    .option('--reason <text>', 'why a gate is passed; kept in the journal')
    .action((options) => {
      const { plan, yes, confirmWithin, stage, next, all, override, reason, ...target } = options;
      const choice = stageChoice({ stage, next, all });
      const overrides = overridesOf(override, reason);
      const given = { ...target, choice, overrides, plan, yes, confirmWithinMs: confirmWithin };
      ask(options, async (edges) => (await import('../commands/apply.js')).applyCommand(given, edges));
    });
  const rollback = targetCommand('rollback', 'put releases back; without a flag the newest')
    .addOption(stageOption())
    .option('--to <release>', 'back to how it was after this release; 0 is the original', natural)
    .option('--all', 'everything, back to the original')
    .addOption(driftOption())
    .option('--reason <text>', 'why the gate is passed; kept in the journal')
    .action(({ override, reason, ...options }) => {
      expectOne({ '--stage': options.stage, '--to': options.to, '--all': options.all });
      const given = { ...options, overrides: overridesOf(override, reason) };
      ask(options, async (edges) => (await import('../commands/rollback.js')).rollbackCommand(given, edges));
    });
  const confirm = targetCommand('confirm', 'keep what was applied with --confirm-within').action((options) =>
    ask(options, async (edges) => (await import('../commands/confirm.js')).confirmCommand(options, edges)),
  );
  const unlock = targetCommand('unlock', 'break a lock that its holder left').action((options) =>
    ask(options, async (edges) => (await import('../commands/unlock.js')).unlockCommand(options, edges)),
  );
  return [apply, rollback, confirm, unlock];
}

function reading(ask: Ask) {
  const plan = targetCommand('plan', 'look at the targets and say what would change, and why; writes nothing there')
    .addOption(stageOption())
    .option('--out <file>', 'save the plan')
    .option('--check', 'exit 10 when there is something to change')
    .action((options) =>
      ask(options, async (edges) => (await import('../commands/plan.js')).planCommand(options, edges)),
    );
  const status = targetCommand('status', 'what is applied, what changed since, what comes next')
    .option('--check', 'exit 10 when something drifted or is not effective')
    .action((options) =>
      ask(options, async (edges) => (await import('../commands/status.js')).statusCommand(options, edges)),
    );
  const verify = targetCommand('verify', 'whether the running processes have what the files say, as a checklist')
    .option('--check', 'exit 10 when something is not effective')
    .action((options) =>
      ask(options, async (edges) => (await import('../commands/verify.js')).verifyCommand(options, edges)),
    );
  const history = targetCommand('history', 'the journal: who, when, what, outcome').action((options) =>
    ask(options, async (edges) => (await import('../commands/history.js')).historyCommand(options, edges)),
  );
  return [plan, status, verify, history];
}

function alone(ask: Ask) {
  const profiles = command('profiles', 'list the profiles, or print one, resolved')
    .argument('[name]', 'a shipped profile, or a file')
    .addOption(setOption())
    .action((name, options) =>
      ask(options, async (edges) =>
        (await import('../commands/profiles.js')).profilesCommand(name, options.set ?? [], edges),
      ),
    );
  const init = targetCommand('init', 'write an action-tune.yaml for this project').action((options) =>
    ask(options, async (edges) => (await import('../commands/init.js')).initCommand(options, edges)),
  );
  const demo = command('demo', 'plan, apply and roll back a sample project over a real SSH connection').action(
    (options) => ask(options, async (edges) => (await import('../commands/demo.js')).demoCommand(edges)),
  );
  return [profiles, init, demo];
}
