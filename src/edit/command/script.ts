import { asOpaque, type Char, type Chars, fused } from './chars.js';
import { expansionEnd } from './expansion.js';
import { refuse, UnknownForm } from './refused.js';
import { type Word, WordBuilder } from './word.js';

/**
 * The simple commands of a POSIX shell script, in order. Lists, pipes, groups and redirections are told apart;
 * what a variable or a substitution stands for stays opaque.
 * @throws {Refused} at functions, `case`, here-documents, and quotes or parentheses that never close
 */
export function scriptCommands(chars: Chars): readonly (readonly Word[])[] {
  return new ScriptScanner(chars).scan();
}

class ScriptScanner {
  readonly #chars: Chars;
  readonly #commands: (readonly Word[])[] = [];
  #builder = new WordBuilder();
  #index = 0;
  readonly #open: Char[] = [];
  #redirected = false;

  constructor(chars: Chars) {
    this.#chars = chars;
  }

  scan(): readonly (readonly Word[])[] {
    while (this.#index < this.#chars.length) this.#step(this.#next());
    this.#endCommand();
    const [open] = this.#open;
    if (open !== undefined) this.#refuse('A parenthesis in the script is never closed', open, 'Close it with )');
    return this.#commands;
  }

  #next(): Char {
    const char = this.#chars[this.#index] as Char;
    this.#index += 1;
    return char;
  }

  #peek(): string {
    return this.#chars[this.#index]?.text ?? '';
  }

  #step(char: Char): void {
    if (char.opaque) this.#builder.add(char);
    else if (char.text === '\\') this.#escape(char);
    else if (char.text === "'") this.#single(char);
    else if (char.text === '"') this.#double(char);
    else if (/^[$`]$/.test(char.text)) this.#expand();
    else if (/^[ \t\r]$/.test(char.text)) this.#endWord();
    else if (char.text === '#' && !this.#builder.open) this.#comment();
    else if (/^[\n;&|<>()]$/.test(char.text)) this.#operator(char);
    else this.#builder.add(char);
  }

  #escape(backslash: Char): void {
    const next = this.#chars[this.#index];
    if (next === undefined) this.#builder.add(backslash);
    else this.#index += 1;
    if (next !== undefined && next.text !== '\n') this.#builder.add(fused(next.text, [backslash, next]));
  }

  #single(opener: Char): void {
    this.#quoted(opener, (char) => this.#builder.add(char));
  }

  #double(opener: Char): void {
    this.#quoted(opener, (char) => {
      if (char.opaque) this.#builder.add(char);
      else if (char.text === '\\' && /^[$`"\\\n]$/.test(this.#peek())) this.#escape(char);
      else if (/^[$`]$/.test(char.text)) this.#expand();
      else this.#builder.add(char);
    });
  }

  #quoted(opener: Char, inside: (char: Char) => void): void {
    this.#builder.mark(opener);
    while (this.#index < this.#chars.length) {
      const char = this.#next();
      if (char.text === opener.text && !char.opaque) {
        this.#builder.mark(char);
        return;
      }
      inside(char);
    }
    this.#refuse('A quote in the script is never closed', opener, `Close it with ${opener.text}`);
  }

  #expand(): void {
    const start = this.#index - 1;
    const end = expansionEnd(this.#chars, start);
    const taken = this.#chars.slice(start, Math.max(end, start + 1));
    this.#builder.addAll(end > start ? asOpaque(taken) : taken);
    this.#index = start + taken.length;
  }

  #comment(): void {
    while (this.#index < this.#chars.length && this.#peek() !== '\n') this.#index += 1;
  }

  #operator(char: Char): void {
    if (/^[<>]$/.test(char.text)) this.#redirect(char);
    else if (char.text === '&' && this.#peek() === '>') this.#endWord();
    else this.#separate(char);
  }

  #separate(char: Char): void {
    if (char.text === '(') this.#group(char);
    if (char.text === ')' && this.#open.pop() === undefined)
      this.#unknown('The script has a parenthesis or a `case` that is not understood', char);
    this.#endCommand();
  }

  #group(char: Char): void {
    if (this.#builder.open || this.#builder.words.length > 0) {
      this.#unknown('The script defines a function or uses another form that is not understood', char);
    }
    this.#open.push(char);
  }

  #redirect(char: Char): void {
    if (char.text === '<' && this.#peek() === '<') this.#unknown('The script holds a here-document', char);
    if (/^\d+$/.test(this.#builder.text)) this.#builder.take();
    this.#endWord();
    if (/^[>&|]$/.test(this.#peek())) this.#index += 1;
    this.#redirected = true;
  }

  #endWord(): void {
    if (!this.#builder.open) return;
    if (this.#redirected) this.#builder.take();
    else this.#builder.finish();
    this.#redirected = false;
  }

  #endCommand(): void {
    this.#endWord();
    if (this.#builder.words.length > 0) this.#commands.push(this.#builder.words);
    this.#builder = new WordBuilder();
    this.#redirected = false;
  }

  #refuse(message: string, { start, text }: Char, fix: string): never {
    refuse({ kind: 'unsupported', message, at: start, found: text, fix });
  }

  #unknown(message: string, { start, text }: Char): never {
    const fix = 'Edit this command by hand';
    throw new UnknownForm({ kind: 'unsupported', message, at: start, found: text, fix });
  }
}
