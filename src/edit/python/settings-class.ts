import type { Node } from 'web-tree-sitter';
import type { VariableNames } from '../environment/dotenv.js';
import { importsOf } from './imports.js';
import { basesOf, type Field, fieldIn, type Instance } from './instances.js';
import type { Source } from './source.js';
import { stringOf, stringsIn } from './strings.js';
import { symbolOfExpression } from './symbols.js';

const SETTINGS: ReadonlySet<string> = new Set([
  'pydantic_settings.BaseSettings',
  'pydantic_settings.main.BaseSettings',
  'pydantic.BaseSettings',
  'pydantic.v1.BaseSettings',
]);
const DEEPEST = 8;

/** Whether a class reads its fields from the environment, as pydantic's settings do. */
export function isSettings(source: Source, owner: Node, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  const imports = importsOf(source);
  return basesOf(owner).some((base) => {
    if (imports.originsOf(base).some((origin) => SETTINGS.has(origin))) return true;
    const symbol = symbolOfExpression(source, base);
    return symbol.kind === 'class' && isSettings(symbol.source, symbol.node, depth + 1);
  });
}

/** How a settings class reads its environment. A value that is not written out is `null`. */
export interface SettingsConfig {
  readonly prefix: string | null;
  readonly exact: boolean;
  /** The environment files as they are written, the strongest last; `null` where they are not written out. */
  readonly files: readonly string[] | null;
  readonly delimiter: boolean;
}

export function settingsConfigOf(instance: Instance): SettingsConfig {
  const options = new Map([...classOptions(instance), ...callOptions(instance)]);
  const prefix = options.get('env_prefix');
  const file = options.get('env_file');
  const files = file === undefined || file.type === 'none' ? [] : stringsIn(file);
  return {
    prefix: prefix === undefined ? '' : stringOf(prefix),
    exact: options.get('case_sensitive')?.type === 'true',
    files: files === null ? null : files.filter((name) => name !== ''),
    delimiter: options.has('env_nested_delimiter'),
  };
}

/** `model_config = SettingsConfigDict(...)`, `= {...}`, or the older `class Config:`. */
function classOptions(instance: Instance): readonly [string, Node][] {
  const config = fieldIn(instance, 'model_config')?.value;
  if (config?.type === 'call') return keywordsOf(config.childForFieldName('arguments'));
  if (config?.type === 'dictionary') return pairsOf(config);
  const body = instance.node.childForFieldName('body');
  const inner = body?.namedChildren.find(
    (child) => child.type === 'class_definition' && child.childForFieldName('name')?.text === 'Config',
  );
  const assigned = inner?.childForFieldName('body')?.namedChildren ?? [];
  return assigned.flatMap((statement) => {
    const assignment = statement.firstNamedChild;
    const [left, right] = [assignment?.childForFieldName('left'), assignment?.childForFieldName('right')];
    return assignment?.type === 'assignment' && left && right ? [[left.text, right]] : [];
  });
}

/** `Settings(_env_file=".env.prod")` has the last word. */
function callOptions({ made }: Instance): readonly [string, Node][] {
  const given = made === undefined ? [] : keywordsOf(made.call.childForFieldName('arguments'));
  return given.flatMap(([name, value]): [string, Node][] => (name.startsWith('_env') ? [[name.slice(1), value]] : []));
}

export function keywordsOf(list: Node | null): [string, Node][] {
  return (list?.namedChildren ?? []).flatMap((item): [string, Node][] => {
    const value = item.type === 'keyword_argument' ? item.childForFieldName('value') : null;
    return value === null ? [] : [[item.childForFieldName('name')?.text ?? '', value]];
  });
}

function pairsOf(dictionary: Node): [string, Node][] {
  return dictionary.namedChildren.flatMap((pair): [string, Node][] => {
    const [key, value] = [pair.childForFieldName('key'), pair.childForFieldName('value')];
    return pair.type === 'pair' && key && value ? [[stringOf(key) ?? '', value]] : [];
  });
}

/** The names of the variables that a field is read from; `null` where they are not written out. */
export function variableOf(field: Field, config: SettingsConfig): VariableNames | null {
  const options = new Map(field.value?.type === 'call' ? keywordsOf(field.value.childForFieldName('arguments')) : []);
  const alias = options.get('validation_alias') ?? options.get('alias') ?? options.get('env');
  if (alias === undefined) {
    return config.prefix === null ? null : { names: [`${config.prefix}${field.name.text}`], exact: config.exact };
  }
  const names = stringsIn(alias.type === 'call' ? (alias.childForFieldName('arguments') ?? alias) : alias);
  return names === null || names.length === 0 ? null : { names, exact: config.exact };
}
