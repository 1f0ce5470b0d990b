import type { Node } from 'web-tree-sitter';
import { nodeAt } from '../edit/python/occurrences.js';
import type { Source } from '../edit/python/source.js';
import { stringOf } from '../edit/python/strings.js';
import { amountOf } from './amount.js';
import { around, type Code, calledName, lineOf } from './code.js';

/** Where a setting is given its value. */
export interface Given {
  readonly name: string;
  readonly source: Source;
  readonly value: Node;
}

/** A number of seconds, or of anything else; `null` where it is only known when the code runs. */
export interface Figure {
  readonly amount: number | null;
  readonly path: string;
  readonly line: number;
}

/** What is given celery's settings by name: `conf.update`, a dict, the app itself. */
const TAKES_SETTINGS = /^(?:update|add_defaults|setdefault|dict|Celery|config_from_object)$/;
/** What is given the options of one task, or of one call of it. */
const TAKES_OPTIONS = /^(?:task|shared_task|periodic_task|apply_async|send_task|signature|subtask|set|retry)$/;

/** Where celery's settings of these names are set, also under their names in capitals. */
export function settingsIn(code: Code, names: readonly string[]): readonly Given[] {
  const written = new Map(names.flatMap((name) => namesOf(name).map((each) => [each, name])));
  const words = new RegExp(`\\b(?:${[...written.keys()].join('|')})\\b`);
  return code.inFiles(words, (source) =>
    wordsIn(source, words).flatMap(({ word, node }) => {
      const value = settingAt(node, word);
      return value === null ? [] : [{ name: written.get(word) ?? word, source, value }];
    }),
  );
}

/** Where options of these names are given to tasks: in decorators, in calls, and in classes of tasks. */
export function optionsIn(code: Code, names: readonly string[]): readonly Given[] {
  const words = new RegExp(`\\b(?:${names.join('|')})\\b`);
  return code.inFiles(words, (source) =>
    wordsIn(source, words).flatMap(({ word, node }) => {
      const value = namedAt(node, TAKES_OPTIONS) ?? ofTaskClass(node);
      return value === null ? [] : [{ name: word, source, value }];
    }),
  );
}

export function figureOf({ source, value }: Given): Figure {
  return { amount: amountOf(source, value), path: source.path, line: lineOf(value) };
}

/** As it is called, as a Django project or the old settings call it. */
function namesOf(name: string): readonly string[] {
  const capital = name.toUpperCase();
  return [name, `CELERY_${capital}`, `CELERYD_${capital}`, `CELERYD_${capital.replace(/^WORKER_/, '')}`];
}

/** Every place of the words in code or in quotes, with the identifier or string there. */
function wordsIn(source: Source, words: RegExp): readonly { readonly word: string; readonly node: Node }[] {
  return [...source.text.matchAll(new RegExp(words, 'g'))].flatMap(({ 0: word, index }) => {
    const found = nodeAt(source, index, index + word.length);
    const node = found?.type === 'string_content' ? found.parent : found;
    const isWord = node?.type === 'identifier' ? node.text === word : node !== null && stringOf(node) === word;
    return isWord && node !== null ? [{ word, node }] : [];
  });
}

function settingAt(node: Node, word: string): Node | null {
  const { parent } = node;
  if (node.type === 'string') return ofKey(node);
  if (parent?.type === 'keyword_argument') return namedAt(node, TAKES_SETTINGS);
  const target = parent?.type === 'attribute' && isField(node, 'attribute') ? parent : node;
  return word === node.text ? assignedTo(target) : null;
}

/** `{'name': value}` and `conf['name'] = value`. */
function ofKey(node: Node): Node | null {
  const { parent } = node;
  if (parent?.type === 'pair' && isField(node, 'key')) return parent.childForFieldName('value');
  return parent?.type === 'subscript' ? assignedTo(parent) : null;
}

function namedAt(node: Node, takers: RegExp): Node | null {
  const { parent } = node;
  if (parent?.type !== 'keyword_argument' || !isField(node, 'name')) return null;
  const call = parent.parent?.parent;
  if (call?.type !== 'call' || !takers.test(calledName(call))) return null;
  return parent.childForFieldName('value');
}

/** `time_limit = 60` in the body of a class that is made from a task. */
function ofTaskClass(node: Node): Node | null {
  const owner = around(node, ({ type }) => type === 'class_definition' || type === 'function_definition');
  const bases = owner?.type === 'class_definition' ? (owner.childForFieldName('superclasses')?.text ?? '') : '';
  return /Task\b/.test(bases) ? assignedTo(node) : null;
}

function assignedTo(target: Node): Node | null {
  const { parent } = target;
  return parent?.type === 'assignment' && isField(target, 'left') ? parent.childForFieldName('right') : null;
}

function isField(node: Node, field: string): boolean {
  return node.parent?.childForFieldName(field)?.id === node.id;
}
