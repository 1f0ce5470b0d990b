import { createServer, type Server, type Socket } from 'node:net';

/** Somebody on loopback who speaks Redis' protocol: it tells what INFO is given here, and refuses all else. */
export class FakeRedis {
  readonly #server: Server;
  readonly #lines = new Set<Socket>();
  /** The passwords that it was given. */
  readonly passwords: string[] = [];

  private constructor(info: Readonly<Record<string, string | number>>) {
    const text = Object.entries(info)
      .map(([key, value]) => `${key}:${value}\r\n`)
      .join('');
    this.#server = createServer((line) => {
      this.#lines.add(line);
      line.on('error', () => undefined).on('close', () => this.#lines.delete(line));
      line.on('data', (data) => {
        for (const command of commandsIn(data.toString())) line.write(this.#answer(command, text));
      });
    });
  }

  static async start(info: Readonly<Record<string, string | number>>): Promise<FakeRedis> {
    const fake = new FakeRedis(info);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Open now. */
  get lines(): number {
    return this.#lines.size;
  }

  #answer([verb = '', word = '']: readonly string[], info: string): string {
    if (verb.toUpperCase() === 'INFO') return `$${info.length}\r\n${info}\r\n`;
    if (verb.toUpperCase() !== 'AUTH') return '-ERR not here\r\n';
    this.passwords.push(word);
    return '+OK\r\n';
  }

  stop(): void {
    for (const line of this.#lines) line.destroy();
    this.#server.close();
  }
}

/** Words of each command; none of them holds a line break. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return text
    .split(/^\*\d+\r\n/m)
    .slice(1)
    .map((part) => part.split('\r\n').filter((_, index) => index % 2 === 1));
}
