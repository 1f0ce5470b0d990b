/** Whether a version is another one or later: the numbers count, from the left, and what is not there is 0. */
export function isAtLeast(version: string | undefined, wanted: string): boolean {
  if (version === undefined) return false;
  const found = numbersOf(version);
  const needed = numbersOf(wanted);
  const differs = needed.findIndex((number, index) => number !== (found[index] ?? 0));
  return differs === -1 || (found[differs] ?? 0) > (needed[differs] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0);
}
