/** How many processors a list names, as the kernel, systemd and compose write it: `0-3,5` or `0 1`. Null: none, or no such list. */
export function cpusInList(text: string): number | null {
  const found = new Set<number>();
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (from === undefined) return null;
    for (let cpu = Number(from); cpu <= Number(to); cpu += 1) found.add(cpu);
  }
  return found.size === 0 ? null : found.size;
}

/** The least of those that are known. */
export function fewest(...counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : Math.min(...known);
}
