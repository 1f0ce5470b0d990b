import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

export interface PythonParser {
  /** Parses `text` and hands its root to `use`. The tree is freed afterwards: no node may outlive the call. */
  parse<T>(text: string, use: (root: Node) => T): T;
}

let loaded: Promise<PythonParser> | undefined;

/** The grammar, loaded once: it can't be while somebody else does, and a parser keeps no state between two texts. */
export function loadPython(): Promise<PythonParser> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<PythonParser> {
  const wasm = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm');
  await Parser.init();
  const parser = new Parser().setLanguage(await Language.load(wasm));
  return { parse: (text, use) => parseWith(parser, text, use) };
}

function parseWith<T>(parser: Parser, text: string, use: (root: Node) => T): T {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('the Python grammar gave no tree');
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
}
