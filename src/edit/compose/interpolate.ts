import { asOpaque, type Char, type Chars, fused, textOf } from '../command/chars.js';
import { refuse } from '../command/refused.js';

/**
 * What compose makes of a text before it splits it: `$$` is a dollar sign for the container, variables become opaque.
 * @throws {Refused} where compose would stop at a `$`
 */
export function interpolate(chars: Chars): Chars {
  const text = textOf(chars);
  const result: Char[] = [];
  let index = 0;
  while (index < chars.length) {
    const end = text.charAt(index) === '$' ? variableEnd(text, index, chars) : index + 1;
    const taken = chars.slice(index, end);
    if (text.charAt(index) !== '$') result.push(...taken);
    else if (text.charAt(index + 1) === '$') result.push(fused('$', taken));
    else result.push(...asOpaque(taken));
    index = end;
  }
  return result;
}

function variableEnd(text: string, index: number, chars: Chars): number {
  if (text.charAt(index + 1) === '$') return index + 2;
  if (text.charAt(index + 1) === '{') return braceEnd(text, index, chars);
  const name = /^[A-Za-z_]\w*/.exec(text.slice(index + 1, index + 256))?.[0];
  return name === undefined ? refuseDollar(chars[index]) : index + 1 + name.length;
}

function braceEnd(text: string, index: number, chars: Chars): number {
  let depth = 0;
  for (let end = index + 1; end < text.length; end += 1) {
    if (text.charAt(end) === '{') depth += 1;
    if (text.charAt(end) === '}') depth -= 1;
    if (depth === 0) return end + 1;
  }
  return refuseDollar(chars[index]);
}

function refuseDollar(char: Char | undefined): never {
  return refuse({
    kind: 'unsupported',
    message: 'Compose takes this for a variable that it can not read',
    at: char?.start ?? 0,
    found: '$',
    fix: 'Write `$$` for a dollar sign that the container should see',
  });
}
