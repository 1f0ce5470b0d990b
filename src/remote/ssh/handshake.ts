import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import { ProblemError } from '../../errors.js';
import type { AuthPlan } from './auth.js';
import type { SshConfig } from './config.js';
import { type HostKeys, hostKeyProblem } from './host-key.js';
import { connectProblem } from './problems.js';

/** What a handshake is held against. */
export interface HandshakeTerms {
  readonly address: string;
  readonly config: SshConfig;
  /** The `ssh` command line that reaches the same host. */
  readonly ask: string;
  readonly host: HostKeys;
  readonly plan: AuthPlan;
}

/** What one attempt to connect found out on its way. */
export class Handshake {
  readonly #terms: HandshakeTerms;
  readonly #tried: string[] = [];
  #methods: readonly AuthenticationType[] = ['publickey'];
  #refusal: ProblemError | undefined;

  constructor(terms: HandshakeTerms) {
    this.#terms = terms;
  }

  accepts(key: Buffer): boolean {
    const { config, ask, address, host } = this.#terms;
    const problem = hostKeyProblem(key, host, config, ask);
    if (problem === undefined) return true;
    this.#refusal = new ProblemError({ ...problem, place: { target: address, ...problem.place } });
    return false;
  }

  /** `false` ends it: every key is offered once, and none when the server takes no keys. */
  readonly nextKey = (methods: readonly AuthenticationType[] | null): AnyAuthMethod | false => {
    const attempt = this.#terms.plan.attempts[this.#tried.length];
    this.#methods = methods ?? this.#methods;
    if (attempt === undefined || !this.#methods.includes('publickey')) return false;
    this.#tried.push(attempt.label);
    return attempt.method;
  };

  /** Whether the server hung up before it said anything, as it does when too many connect at once (`MaxStartups`). */
  wasTurnedAway(error: Error & { code?: string }): boolean {
    if (this.#refusal !== undefined || this.#tried.length > 0) return false;
    return error.code === 'ECONNRESET' || error.message === 'Connection lost before handshake';
  }

  /** Says what went wrong in the user's terms. A refused host key goes before whatever the library makes of it. */
  problem(error: Error, complaints: string): ProblemError {
    const { address, plan } = this.#terms;
    const failure = { address, error, tried: this.#tried, methods: this.#methods, plan, complaints };
    return this.#refusal ?? connectProblem(failure);
  }
}
