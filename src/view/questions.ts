import type { Paint, Questions } from './output.js';

interface QuestionEdges {
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly paint: Paint;
  readonly interrupted: AbortSignal;
  /** Called before each question. */
  readonly before: () => void;
}

type Prompts = typeof import('@inquirer/prompts');
type Context = { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream; signal: AbortSignal };

/** Questions on stderr. The code behind them is loaded with the first one. */
export function terminalQuestions(edges: QuestionEdges): Questions {
  const theme = themeOf(edges.paint);
  return {
    confirm: (message) => ask(edges, ({ confirm }, context) => confirm({ message, default: false, theme }, context)),
    select: (message, choices, marked) =>
      ask(edges, ({ select }, context) =>
        select({ message, choices, theme, loop: false, ...(marked && { default: marked }) }, context),
      ),
    input: async (message, problem) => {
      const validate = (answer: string) => problem(answer.trim()) ?? true;
      const answer = await ask(edges, ({ input }, context) => input({ message, theme, validate }, context));
      return answer.trim();
    },
  };
}

async function ask<T>(edges: QuestionEdges, prompt: (prompts: Prompts, context: Context) => Promise<T>): Promise<T> {
  const { stdin, stderr, interrupted, before } = edges;
  before();
  const prompts = await import('@inquirer/prompts');
  const ended = new AbortController();
  // Ctrl-D closes a prompt without settling it; all that shows is that nobody listens to the terminal any more.
  const end = () => setImmediate(() => ended.abort());
  stdin.once('pause', end);
  try {
    const signal = AbortSignal.any([interrupted, ended.signal]);
    return await prompt(prompts, { input: stdin, output: stderr, signal });
  } finally {
    stdin.off('pause', end);
  }
}

function themeOf({ strong, faint, good, bad }: Paint) {
  return {
    prefix: { idle: strong('?'), done: good('✔') },
    style: {
      answer: strong,
      message: (text: string) => text,
      error: bad,
      defaultAnswer: (text: string) => faint(`(${text})`),
      highlight: strong,
      description: faint,
      keysHelpTip: () => faint('arrow keys to choose, Enter to take it'),
    },
  };
}
