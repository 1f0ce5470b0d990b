import type { Readable, Writable } from 'node:stream';
import { ProblemError } from '../errors.js';
import { type Frame, FrameReader } from './frame-reader.js';
import type { Call, Remote, Result } from './remote.js';
import { marksOf, renderLibrary, renderRequest } from './script.js';

/** A `sh -s` somewhere, reached by three streams. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles, and never rejects, once nothing more can come. */
  readonly closed: Promise<Ending>;
}

/** How a channel ended. Neither code nor signal: the line was lost, and nothing is known. */
export interface Ending {
  readonly code?: number;
  readonly signal?: string;
  readonly error?: Error;
}

export interface SessionOptions {
  readonly address: string;
  /** POSIX shell text that defines the functions calls may name. */
  readonly library: string;
  /** A fresh unguessable word of letters and digits for every request. */
  readonly nonce: () => string;
}

/** Runs requests one at a time in one long-lived shell, so that each costs a single round trip. */
export class ShellSession implements Remote {
  readonly address: string;
  readonly #channel: Channel;
  readonly #nonce: () => string;
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(channel: Channel, options: SessionOptions) {
    this.address = options.address;
    this.#channel = channel;
    this.#nonce = options.nonce;
    // A broken pipe shows as the channel's end; without a listener it would also be thrown at the process.
    for (const stream of [channel.stdin, channel.stdout, channel.stderr]) stream.on('error', () => undefined);
    channel.stdout.resume();
    channel.stderr.resume();
    channel.closed.then(() => {
      this.#ended = true;
    });
    channel.stdin.write(renderLibrary(options.library));
  }

  /**
   * @throws ProblemError `line-lost` when the channel ends before the answer is whole.
   * @throws Error when a call can not be put into shell words.
   */
  async run(calls: readonly Call[]): Promise<Result> {
    const nonce = this.#nonce();
    const script = renderRequest(calls, nonce);
    const turn = this.#last.then(() => this.#exchange(script, nonce));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Lets what runs finish, then ends the shell. Never rejects. */
  async close(): Promise<void> {
    await this.#last;
    this.#channel.stdin.end();
    await this.#channel.closed;
  }

  async #exchange(script: string, nonce: string): Promise<Result> {
    if (this.#ended) throw lineLost(this.address);
    const lost = this.#channel.closed.then(() => Promise.reject(lineLost(this.address)));
    const marks = marksOf(nonce);
    const answers = Promise.all([
      nextFrame(this.#channel.stdout, new FrameReader(marks)),
      nextFrame(this.#channel.stderr, new FrameReader(marks)),
    ]);
    this.#channel.stdin.write(script);
    const [stdout, stderr] = await Promise.race([answers, lost]);
    return { code: stdout.code, stdout: stdout.body, stderr: stderr.body.toString('utf8') };
  }
}

function lineLost(address: string): ProblemError {
  return new ProblemError({
    code: 'line-lost',
    message: `the line to ${address} was lost before the result was known`,
    place: { target: address },
    fix: 'run `action-tune status`; the target finishes or puts back by itself',
  });
}

function nextFrame(stream: Readable, reader: FrameReader): Promise<Frame> {
  return new Promise((resolve) => {
    const take = (chunk: Buffer) => {
      const frame = reader.push(chunk);
      if (frame === undefined) return;
      stream.off('data', take);
      stream.resume();
      resolve(frame);
    };
    stream.on('data', take);
  });
}
