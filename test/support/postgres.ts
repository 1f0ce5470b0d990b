import { createServer, type Server, type Socket } from 'node:net';

type Value = string | number | boolean | null;
type Rows = readonly Readonly<Record<string, Value>>[];

/** What somebody who speaks PostgreSQL's protocol answers, by database and the first words of the statement. */
export interface Script {
  /** The process that it names at the start. */
  readonly keyPid: number;
  /** Null: it lets nobody into this database, and says why. */
  answer(database: string, statement: string): Rows | null;
  readonly refusal: string;
}

const NO_SSL = 80877103;
const NO_GSS = 80877104;
const TYPES: Readonly<Record<string, number>> = { string: 25, number: 23, boolean: 16, object: 25 };

/** A server of PostgreSQL's protocol on loopback: no SQL, only what the script says. Trusts everybody. */
export class FakePostgres {
  readonly #server: Server;
  readonly #lines = new Set<Socket>();

  private constructor(script: Script) {
    this.#server = createServer((line) => {
      this.#lines.add(line);
      line.on('error', () => undefined).on('close', () => this.#lines.delete(line));
      serve(line, script);
    });
  }

  /** On a port of loopback, or at the path of a socket. */
  static async start(script: Script, path?: string): Promise<FakePostgres> {
    const fake = new FakePostgres(script);
    await new Promise<void>((resolve) => {
      if (path === undefined) fake.#server.listen(0, '127.0.0.1', resolve);
      else fake.#server.listen(path, resolve);
    });
    return fake;
  }

  /** Open now. */
  get lines(): number {
    return this.#lines.size;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  stop(): void {
    for (const line of this.#lines) line.destroy();
    this.#server.close();
  }
}

function serve(line: Socket, script: Script): void {
  let rest = Buffer.alloc(0);
  let database: string | null = null;
  line.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    for (let message = firstOf(rest, database === null); message !== null; message = firstOf(rest, database === null)) {
      rest = rest.subarray(message.length);
      if (database === null) database = greet(line, message, script);
      else reply(line, message, database, script);
    }
  });
}

/** Only the first message of a line has no type before its length. */
function firstOf(bytes: Buffer, greeting: boolean): Buffer | null {
  const head = greeting ? 0 : 1;
  if (bytes.length < head + 4) return null;
  const end = head + bytes.readInt32BE(head);
  return bytes.length < end ? null : bytes.subarray(0, end);
}

/** The database that was asked for, once somebody is let in. */
function greet(line: Socket, message: Buffer, script: Script): string | null {
  const code = message.readInt32BE(4);
  if (code === NO_SSL || code === NO_GSS) {
    line.write('N');
    return null;
  }
  const words = message.subarray(8).toString().split('\0');
  const database = words[words.indexOf('database') + 1] ?? '';
  if (script.answer(database, '') === null) {
    line.end(framed('E', Buffer.from(`SFATAL\0C08P01\0M${script.refusal}\0\0`)));
    return null;
  }
  const settings = { server_version: '15.4', client_encoding: 'UTF8', standard_conforming_strings: 'on' };
  const told = Object.entries(settings).map(([key, value]) => framed('S', Buffer.from(`${key}\0${value}\0`)));
  line.write(Buffer.concat([framed('R', int(0)), ...told, framed('K', int(script.keyPid, 1)), framed('Z', 'I')]));
  return database;
}

function reply(line: Socket, message: Buffer, database: string, script: Script): void {
  const statement = message.subarray(5).toString().replace(/\0$/, '');
  if (message.toString('latin1', 0, 1) !== 'Q') {
    line.end();
    return;
  }
  const rows = script.answer(database, statement) ?? [];
  const [first = { nothing: null }] = rows;
  const columns = Object.entries(first).map(([name, value]) => columnOf(name, value));
  const fields = rows.map((row) => Object.values(row).map(field));
  line.write(
    Buffer.concat([
      ...(/^\s*(?:select|show)\b/i.test(statement) ? [framed('T', counted(columns))] : []),
      ...fields.map((row) => framed('D', counted(row))),
      framed('C', `SELECT ${rows.length}\0`),
      framed('Z', 'I'),
    ]),
  );
}

function counted(parts: readonly Buffer[]): Buffer {
  return Buffer.concat([short(parts.length), ...parts]);
}

function columnOf(name: string, value: Value): Buffer {
  const type = TYPES[typeof value] ?? 25;
  return Buffer.concat([Buffer.from(`${name}\0`), int(0), short(0), int(type), short(-1), int(-1), short(0)]);
}

function field(value: Value): Buffer {
  if (value === null) return int(-1);
  const bytes = Buffer.from(typeof value === 'boolean' ? (value ? 't' : 'f') : String(value));
  return Buffer.concat([int(bytes.length), bytes]);
}

function framed(type: string, content: Buffer | string): Buffer {
  const body = Buffer.from(content as string);
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
}

function int(...values: readonly number[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const word = Buffer.alloc(4);
      word.writeInt32BE(value);
      return word;
    }),
  );
}

function short(value: number): Buffer {
  const word = Buffer.alloc(2);
  word.writeInt16BE(value);
  return word;
}
