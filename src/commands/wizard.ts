import { parseByHand } from '../config/settings.js';
import { EXIT } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { STAGES, type StageName } from '../settings.js';
import type { Outcome, Paint } from '../view/output.js';
import { renderStatus } from '../view/status-text.js';
import { type Following, renderFollowing, renderOutlook, renderStoodFor, type StoodFor } from '../view/wizard-text.js';
import { type Answers, askForUnknowns } from './answers.js';
import { applyQuestion, carryAll } from './apply.js';
import { refreshed } from './carry.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';
import { expectPlannable, planTarget } from './planning.js';
import { resolveTargets } from './resolve.js';
import { type Selection, select, stagesToDo } from './selection.js';
import { type Session, withSessions } from './session.js';
import { statusOf } from './status.js';
import { typed } from './typed.js';
import { stageVerdicts } from './verdicts.js';

export interface WizardOptions extends TargetOptions {
  readonly yes?: boolean;
}

/** What a user does who gives no command: the next stage, with a question for whatever can't be known. */
export async function wizardCommand(given: WizardOptions, edges: Edges, help: () => string): Promise<Outcome> {
  if (!edges.interactive) return showHelp(help(), edges);
  const { yes = false, ...shared } = given;
  const answers = await askForUnknowns(shared, edges);
  return withSessions(await resolveTargets(answers.options, edges), edges, 'processes', async (sessions) => {
    const todo = await nextOf(sessions, edges);
    if (todo.length === 0) return await nothingToDo(sessions, answers.options);
    return rollOut(todo, answers, yes, edges);
  });
}

function showHelp(help: string, { output }: Edges): Outcome {
  output.say(help.trimEnd());
  const problem = {
    code: 'usage',
    message: 'There is no command, and no terminal to ask on',
    fix: 'Give a command; `action-tune --help` lists them.',
  };
  return { exit: EXIT.badInput, document: { schema: 1, problems: [problem] }, text: () => '' };
}

/** The stage that comes next on each target that has one. */
async function nextOf(sessions: readonly Session[], edges: Edges): Promise<readonly Selection[]> {
  const selections: Selection[] = [];
  for (const session of sessions) selections.push(await select(session, { kind: 'next' }, [], edges));
  return selections.filter((selection) => stagesToDo(selection).length > 0);
}

async function nothingToDo(sessions: readonly Session[], options: TargetOptions): Promise<Outcome> {
  const verdicts = await Promise.all(sessions.map(stageVerdicts));
  const targets = sessions.map((session, index) => statusOf(session, new Set(), verdicts[index] ?? [], options));
  return {
    exit: EXIT.done,
    document: { schema: 1, targets },
    text: (paint) =>
      [
        paint.good('Nothing to change: every setting is as recommended.'),
        ...targets.map((target) => renderStatus(target, paint)),
      ].join('\n\n'),
  };
}

async function rollOut(todo: readonly Selection[], answers: Answers, yes: boolean, edges: Edges): Promise<Outcome> {
  const steps = await withWholePlans(todo, edges);
  for (const { plan, whole } of steps) edges.output.show((paint) => renderOutlook(plan, whole, paint));
  const stoodFor = commandsFor(todo, answers);
  const closing = (paint: Paint) => renderStoodFor(stoodFor, paint);
  if (!yes && !(await edges.output.confirm(applyQuestion(todo)))) {
    const text = (paint: Paint) => ['Nothing was changed.', closing(paint)].join('\n\n');
    return { exit: EXIT.done, document: { schema: 1, targets: [] }, text, done: [] };
  }
  const commandLine = stoodFor.commands.at(-1) ?? edges.commandLine;
  const outcome = await carryAll(todo, {}, { ...edges, commandLine });
  if (outcome.exit !== EXIT.done) return outcome;
  const following = await followingOf(steps);
  const text = (paint: Paint) => [outcome.text(paint), renderFollowing(following, paint), closing(paint)].join('\n\n');
  return { ...outcome, text };
}

interface Step extends Selection {
  /** All stages, not only the one that is chosen. */
  readonly whole: Plan;
}

async function withWholePlans(todo: readonly Selection[], edges: Edges): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (const selection of todo) {
    const built = await planTarget(selection.session, STAGES, [], edges, []);
    expectPlannable(built, STAGES, selection.session.spec.name);
    steps.push({ ...selection, whole: built.plan });
  }
  return steps;
}

/** One stage for all targets by its name, so that the command means the same tomorrow. */
function commandsFor(todo: readonly Selection[], { options, worthKeeping }: Answers): StoodFor {
  const stages = [...new Set(todo.flatMap(stageNames))];
  const choice = stages.length === 1 ? ['--stage', ...stages] : ['--next'];
  return {
    commands: [typed(['plan'], options), typed(['apply', ...choice], options, ['--yes'])],
    keep: worthKeeping && canBeKept(options) ? typed(['init'], options) : null,
  };
}

/** Values of the profile have their place in a profile, and `init` writes none. */
function canBeKept({ set = [] }: TargetOptions): boolean {
  return parseByHand(set).profile.size === 0;
}

function stageNames(selection: Selection): readonly StageName[] {
  return stagesToDo(selection).map(({ name }) => name);
}

async function followingOf(steps: readonly Step[]): Promise<readonly Following[]> {
  const following: Following[] = [];
  for (const step of steps) {
    const { name, stages } = statusOf(await refreshed(step.session), null, [], {});
    const [applied, next = null] = step.whole.stages.filter(({ files }) => files.length > 0).map((stage) => stage.name);
    if (applied === undefined) continue;
    const soaking = stages.find((stage) => stage.name === applied)?.soaking;
    following.push({
      target: name,
      applied,
      watchedUntil: soaking?.verdict === 'pending' ? soaking.until : null,
      next,
    });
  }
  return following;
}
