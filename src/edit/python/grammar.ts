import { createRequire } from 'node:module';
import { Language, type Node, Parser, type Tree } from 'web-tree-sitter';

export interface PythonParser {
  /** Parses texts for `use`. The trees are freed afterwards: no node may outlive the call. */
  session<T>(use: (parse: (text: string) => Node) => T): T;
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
  return { session: (use) => sessionWith(parser, use) };
}

function sessionWith<T>(parser: Parser, use: (parse: (text: string) => Node) => T): T {
  const trees: Tree[] = [];
  const parse = (text: string): Node => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('the Python grammar gave no tree');
    trees.push(tree);
    return tree.rootNode;
  };
  try {
    return use(parse);
  } finally {
    for (const tree of trees) tree.delete();
  }
}
