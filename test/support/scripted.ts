import type { Edges } from '../../src/commands/edges.js';
import { systemEdges } from '../../src/system.js';
import type { Output } from '../../src/view/output.js';
import { PLAIN } from '../../src/view/output.js';

/** A person at a terminal who answers by a script, and leaves when it is over. */
export interface Person {
  readonly output: Output;
  readonly questions: string[];
  /** What was said of answers that would not do. */
  readonly refusals: string[];
  readonly said: string[];
  readonly shown: string[];
  readonly answers: (string | boolean)[];
}

export function person(...answers: (string | boolean)[]): Person {
  const [questions, refusals, said, shown]: [string[], string[], string[], string[]] = [[], [], [], []];
  const next = (): string | boolean => {
    const answer = answers.shift();
    if (answer === undefined) throw Object.assign(new Error('the person left'), { name: 'ExitPromptError' });
    return answer;
  };
  const output: Output = {
    progress: () => undefined,
    say: (line) => said.push(line),
    show: (text) => shown.push(text(PLAIN)),
    confirm: async (message) => {
      questions.push(message);
      return next() === true;
    },
    select: async (message, choices, marked) => {
      questions.push(message);
      const answer = next();
      const choice = choices.find(({ value }) => value === (answer === '' ? marked : answer));
      if (choice === undefined) throw new Error(`${answer} is none of ${choices.map(({ value }) => value).join(', ')}`);
      return choice.value;
    },
    input: async (message, problem) => {
      questions.push(message);
      for (;;) {
        const answer = String(next());
        const refusal = problem(answer);
        if (refusal === null) return answer;
        refusals.push(refusal);
      }
    },
  };
  return { output, questions, refusals, said, shown, answers };
}

/** This machine's own edges, with a person at the terminal. */
export async function edgesOf({ output }: Person, cwd: string, home = '/nonexistent'): Promise<Edges> {
  const request = {
    json: false,
    color: false,
    verbose: false,
    run: () => Promise.reject(new Error('not by this way')),
  };
  const interruption = {
    signal: new AbortController().signal,
    hold: <T>(work: () => Promise<T>) => work(),
    told: () => undefined,
    stopped: new Promise<never>(() => undefined),
  };
  return { ...(await systemEdges(request, [], interruption)), cwd, home, output, interactive: true };
}
