import type { Marks } from './script.js';

export interface Frame {
  readonly body: Buffer;
  readonly code: number;
}

/** A status has at most three digits and a newline. */
const STATUS_LENGTH = 4;

/**
 * Takes one framed answer out of a byte stream, however it is cut into chunks.
 * Everything before the first mark is noise (banners, `.bashrc`); it is kept, in part, to explain a shell that never answers.
 */
export class FrameReader {
  readonly #marks: Marks;
  readonly #parts: Buffer[] = [];
  #carry: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  /** @returns the frame once its last byte has come. */
  push(chunk: Buffer): Frame | undefined {
    const window = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    if (this.#begun) return this.#readBody(window);
    const at = window.indexOf(this.#marks.begin);
    if (at < 0) {
      this.#carry = tail(window, this.#marks.begin.length - 1);
      return undefined;
    }
    this.#begun = true;
    return this.#readBody(window.subarray(at + this.#marks.begin.length));
  }

  #readBody(window: Buffer): Frame | undefined {
    const at = window.indexOf(this.#marks.end);
    const newline = at < 0 ? -1 : window.indexOf('\n', at);
    if (newline >= 0) {
      this.#parts.push(window.subarray(0, at));
      const code = Number(window.toString('latin1', at + this.#marks.end.length, newline));
      return { body: Buffer.concat(this.#parts), code };
    }
    this.#carry = tail(window, this.#marks.end.length + STATUS_LENGTH);
    this.#parts.push(window.subarray(0, window.length - this.#carry.length));
    return undefined;
  }
}

function tail(bytes: Buffer, length: number): Buffer {
  return bytes.subarray(Math.max(0, bytes.length - length));
}
