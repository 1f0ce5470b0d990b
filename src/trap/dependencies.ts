import type { Node } from 'web-tree-sitter';
import type { Source } from '../edit/python/source.js';
import { symbolOfExpression } from '../edit/python/symbols.js';
import { calledName, givenTo } from './code.js';
import { type FoundFunction, functionOf, givesSession } from './sessions.js';

/** The parameters of a function that FastAPI gives a synchronous session. */
export function sessionParameters(source: Source, definition: Node): readonly string[] {
  const parameters = definition.childForFieldName('parameters')?.namedChildren ?? [];
  return parameters.flatMap((parameter) => {
    const name = parameter.childForFieldName('name') ?? parameter.firstNamedChild;
    const providers = dependenciesOf(source, parameter);
    return name !== null && providers.some(givesSession) ? [name.text] : [];
  });
}

/** `= Depends(f)`, `: Annotated[T, Depends(f)]`, and a name for the latter. */
function dependenciesOf(source: Source, parameter: Node): readonly FoundFunction[] {
  const value = parameter.childForFieldName('value');
  const written = parameter.childForFieldName('type');
  return [
    ...(value === null ? [] : providersIn(source, value)),
    ...(written === null ? [] : [...providersIn(source, written), ...behindAlias(source, written)]),
  ];
}

function behindAlias(source: Source, written: Node): readonly FoundFunction[] {
  const name = written.firstNamedChild;
  if (name?.type !== 'identifier' && name?.type !== 'attribute') return [];
  const meaning = symbolOfExpression(source, name);
  return meaning.kind === 'value' ? providersIn(meaning.source, meaning.node) : [];
}

function providersIn(source: Source, node: Node): readonly FoundFunction[] {
  return node.descendantsOfType('call').flatMap((call) => {
    if (call === null || calledName(call) !== 'Depends') return [];
    const { positional, named } = givenTo(call);
    const provider = named.get('dependency') ?? positional[0];
    return provider === undefined ? [] : (functionOf(source, provider) ?? []);
  });
}
