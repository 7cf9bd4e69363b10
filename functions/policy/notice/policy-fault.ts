/** A fault of a policy file: where it is, as a path into its data, and what the matter is. */
export interface PolicyFault {
  readonly path: readonly (string | number)[];
  /** In English. */
  readonly message: string;
  /** In Chinese. */
  readonly zh: string;
}

/** Ids of a list that stand in it more than once, each at every place after its first. */
export function duplicates(
  list: string,
  entries: readonly ({ readonly id?: string | undefined } | undefined)[],
  path: readonly (string | number)[] = [],
): PolicyFault[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    if (entry?.id === undefined) return [];
    if (seen.has(entry.id)) {
      return [
        {
          path: [...path, list, index, 'id'],
          message: `${entry.id} stands twice in ${list}`,
          zh: `“${entry.id}”重复出现`,
        },
      ];
    }
    seen.add(entry.id);
    return [];
  });
}
