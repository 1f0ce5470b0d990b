/**
 * How long a text is without the blanks at its end. What a blank is depends on the reader: to most of them U+FEFF and its
 * like are text, so `trimEnd` would put what follows between them and their word.
 * @param blank what one of them is, anchored at both ends
 */
export function lengthWithout(blank: RegExp, text: string): number {
  let end = text.length;
  while (end > 0 && blank.test(text.charAt(end - 1))) end -= 1;
  return end;
}
