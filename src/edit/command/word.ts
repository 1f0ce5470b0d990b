import { type Char, type Chars, textOf } from './chars.js';

/** One argument as the program receives it. `start` and `end` include its quotes in the source. */
export interface Word {
  readonly chars: Chars;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly opaque: boolean;
}

export function wordOf(chars: Chars, start: number, end: number): Word {
  return { chars, text: textOf(chars), start, end, opaque: chars.some((char) => char.opaque) };
}

/** Collects the words of one command. */
export class WordBuilder {
  readonly words: Word[] = [];
  #chars: Char[] = [];
  #start: number | undefined;
  #end = 0;

  /** A quote or another mark that belongs to the word, but not to its text. */
  mark(char: Char): void {
    this.#start ??= char.start;
    this.#end = char.end;
  }

  add(char: Char): void {
    this.mark(char);
    this.#chars.push(char);
  }

  addAll(chars: Chars): void {
    for (const char of chars) this.add(char);
  }

  get open(): boolean {
    return this.#start !== undefined;
  }

  /** The text of the word so far. */
  get text(): string {
    return textOf(this.#chars);
  }

  finish(): void {
    const word = this.take();
    if (word !== undefined) this.words.push(word);
  }

  /** Ends the word without keeping it. */
  take(): Word | undefined {
    const start = this.#start;
    if (start === undefined) return undefined;
    const word = wordOf(this.#chars, start, this.#end);
    this.#chars = [];
    this.#start = undefined;
    return word;
  }
}
