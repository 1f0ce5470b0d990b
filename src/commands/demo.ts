import { type DemoSite, openDemoSite } from '../demo/site.js';
import { EXIT } from '../errors.js';
import { STAGES } from '../settings.js';
import type { Outcome } from '../view/output.js';
import { applyCommand } from './apply.js';
import type { Edges } from './edges.js';
import { historyCommand } from './history.js';
import { planCommand } from './plan.js';
import { rollbackCommand } from './rollback.js';
import { statusCommand } from './status.js';

interface Step {
  /** As a user would type it. */
  readonly command: string;
  readonly run: (edges: Edges) => Promise<Outcome>;
}

/** The whole way on a sample project, through the same commands and a real SSH connection. */
export async function demoCommand(edges: Edges): Promise<Outcome> {
  const site = await openDemoSite(edges.assets.demoDir);
  try {
    return await show(site, edges);
  } finally {
    await site.close();
  }
}

async function show(site: DemoSite, edges: Edges): Promise<Outcome> {
  const original = await site.fingerprint();
  edges.output.show((paint) => `${paint.strong('A sample project, and an SSH server of its own on')} ${site.url}`);
  const steps: { command: string; exit: number }[] = [];
  for (const { command, run } of demoSteps()) {
    edges.output.show((paint) => paint.strong(`$ ${command}`));
    const own = {
      ...edges,
      cwd: site.folder,
      commandLine: command,
      open: (address: Parameters<Edges['open']>[0]) => edges.openDemo(address, site.home),
    };
    const outcome = await run(own);
    edges.output.show(outcome.text);
    steps.push({ command, exit: outcome.exit });
    if (outcome.exit !== EXIT.done) return { ...outcome, document: { schema: 1, steps, identical: null } };
  }
  return verdict(steps, original === (await site.fingerprint()));
}

function verdict(steps: readonly { command: string; exit: number }[], identical: boolean): Outcome {
  return {
    exit: identical ? EXIT.done : EXIT.bug,
    document: { schema: 1, steps, identical },
    text: (paint) =>
      identical
        ? paint.good('Every file is byte for byte as it was before, with its owner and mode.')
        : paint.bad('The project is not as it was before: this is a bug.'),
  };
}

function demoSteps(): readonly Step[] {
  const apply = (stage: (typeof STAGES)[number]): Step => ({
    command: `action-tune apply --stage ${stage} --yes`,
    run: (edges) => applyCommand({ choice: { kind: 'named', stages: [stage] }, overrides: [], yes: true }, edges),
  });
  return [
    { command: 'action-tune plan', run: (edges) => planCommand({}, edges) },
    ...STAGES.map(apply),
    {
      command: 'action-tune apply --all --yes',
      run: (edges) => applyCommand({ choice: { kind: 'all' }, overrides: [], yes: true }, edges),
    },
    { command: 'action-tune status', run: (edges) => statusCommand({}, edges) },
    {
      command: 'action-tune rollback --stage uvicorn-workers --yes',
      run: (edges) => rollbackCommand({ stage: ['uvicorn-workers'], yes: true }, edges),
    },
    { command: 'action-tune rollback --all --yes', run: (edges) => rollbackCommand({ all: true, yes: true }, edges) },
    { command: 'action-tune history', run: (edges) => historyCommand({}, edges) },
  ];
}
