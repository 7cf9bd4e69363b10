/** What an inbox is narrowed by, as it stands in its address. */
export interface TaskFilter {
  readonly q?: string | undefined;
  readonly item?: string | undefined;
  readonly kind?: string | undefined;
  readonly district?: string | undefined;
  readonly overdue?: string | undefined;
  readonly mine?: string | undefined;
}
export const filterNames = ['q', 'item', 'kind', 'district', 'overdue', 'mine'] as const;

/** The parts of an address that narrow an inbox. */
export function filterOf(search: TaskFilter): TaskFilter {
  return Object.fromEntries(filterNames.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
}
