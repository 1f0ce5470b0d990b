import { appendFile } from 'node:fs/promises';
import { byHand } from './by-hand.js';
import type { Suite } from './machine.js';
import type { LoadReport } from './reports.js';
import type { Report, Seen, Site, Stage } from './site.js';

/** Something that was done to the services while requests came in. */
export interface Step {
  readonly kind: 'by hand' | 'apply' | 'rollback';
  readonly stage: Stage | null;
  /** As `plan` announced it; `null` where nothing did. */
  readonly expectedGapMs: number | null;
  /** As the run told it. */
  readonly reportedGapMs: number | null;
  /** As a client saw it. */
  readonly load: LoadReport;
  readonly before: Seen;
  readonly after: Seen;
}

/** Does one thing after the other under load, and keeps what became of the requests. */
export class Rehearsal {
  readonly site: Site;
  readonly steps: Step[];
  readonly #expected = new Map<string, number | null>();
  readonly #column: string;

  /** @param column what its figures are called among those of other ways to run the application */
  constructor(site: Site, steps: Step[] = [], column: string = site.server.runtime) {
    this.site = site;
    this.steps = steps;
    this.#column = column;
  }

  byHand(): Promise<Step> {
    return this.#keep('by hand', null, async () => {
      await byHand(this.site.server);
      return [];
    });
  }

  /** What `plan` announces for the stages that are to come. */
  async announce(): Promise<void> {
    const { stages } = await this.site.ask('plan');
    for (const { name, activation } of stages) this.#expected.set(name, activation.expectedGapMs);
  }

  apply(stage: Stage): Promise<Step> {
    return this.#keep('apply', stage, () => this.site.carry('apply', '--stage', stage));
  }

  rollback(stage: Stage): Promise<Step> {
    return this.#keep('rollback', stage, () => this.site.carry('rollback', '--stage', stage));
  }

  /** The newest release, which must be one of this stage. */
  rollbackNewest(stage: Stage): Promise<Step> {
    return this.#keep('rollback', stage, async () => {
      const reports = await this.site.carry('rollback');
      if (reports.some((report) => report.stage !== stage)) throw new Error(`the newest release is not of ${stage}`);
      return reports;
    });
  }

  async each(kind: 'apply' | 'rollback' | 'rollbackNewest', stages: readonly Stage[]): Promise<readonly Step[]> {
    const steps: Step[] = [];
    for (const stage of stages) steps.push(await this[kind](stage));
    return steps;
  }

  async #keep(kind: Step['kind'], stage: Stage | null, act: () => Promise<readonly Report[]>): Promise<Step> {
    const before = await this.site.seen();
    const { result, load } = await this.site.server.during(act);
    const step: Step = {
      kind,
      stage,
      expectedGapMs: kind === 'apply' ? (this.#expected.get(stage ?? '') ?? null) : null,
      reportedGapMs: result[0]?.activation.gapMs ?? null,
      load,
      before,
      after: await this.site.seen(),
    };
    this.steps.push(step);
    await record(this.site.server.suite, this.#column, step);
    return step;
  }
}

/** For scripts/bench-lab.js, where it asks for the figures. */
async function record(suite: Suite, runtime: string, { before, after, ...step }: Step): Promise<void> {
  const file = process.env.ACTION_TUNE_FIGURES;
  if (file === undefined) return;
  const row = { suite, runtime, from: before.workers, to: after.workers, ...step };
  await appendFile(file, `${JSON.stringify(row)}\n`);
}
