import { fail } from '../../errors.js';
import type { SshEdges } from './edges.js';

/** What stands for each `%` letter of ssh_config(5). */
export type Tokens = Readonly<Record<string, string>>;

/** @throws ProblemError `target` for a token that is not known: guessing one would connect to the wrong place. */
export function expandTokens(text: string, tokens: Tokens): string {
  return text.replace(/%(.?)/g, (token: string, letter: string) => {
    if (letter === '%') return '%';
    return tokens[letter] ?? refuse(text, token);
  });
}

/** Replaces `${NAME}`; a variable that is not set is left, as no file has that name. */
export function expandVariables(text: string, env: SshEdges['env']): string {
  return text.replace(/\$\{(\w+)\}/g, (whole: string, name: string) => env[name] ?? whole);
}

export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}

function refuse(text: string, token: string): never {
  return fail({
    code: 'target',
    message: `the SSH configuration uses ${token}, which action-tune can not expand`,
    found: text,
    fix: `write what ${token} stands for into the SSH configuration`,
  });
}
