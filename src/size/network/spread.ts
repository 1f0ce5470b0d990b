/** So many workers have anybody; each so many people; so many of them on one instance. */
export interface Split {
  readonly active: number;
  readonly users: number;
  readonly beside: number;
}

/** How people are spread: as evenly as may be, which leaves some workers with one more. */
export function spread(
  { workers, instances }: { readonly workers: number; readonly instances: number },
  users: number,
): readonly (Split & { readonly count: number })[] {
  const all = workers * instances;
  const places = users < all ? instances : all;
  const each = Math.floor(users / places);
  const more = users - each * places;
  const active = Math.min(users, all);
  // Fewer people than workers: one each, on some instances one worker more than on others.
  const splits =
    users < all
      ? [
          { count: more * (each + 1), users: 1, beside: each + 1 },
          { count: (instances - more) * each, users: 1, beside: each },
        ]
      : [
          { count: more, users: each + 1, beside: workers },
          { count: all - more, users: each, beside: workers },
        ];
  return splits.filter(({ count }) => count > 0).map((split) => ({ ...split, active }));
}
