const key = (person: string) => `portal.seen#${person}`;

function all(person: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(sessionStorage.getItem(key(person)) ?? '{}');
  } catch {
    return {};
  }
}

/** Remembers, in this tab, which content of a task somebody has opened: nobody recommends in a batch what they never saw. */
export function remember(person: string, taskId: string, contentHash: string): void {
  try {
    sessionStorage.setItem(key(person), JSON.stringify({ ...all(person), [taskId]: contentHash }));
  } catch {
    // A browser that keeps nothing has nothing to recommend in a batch.
  }
}

/** Hash of the content that somebody has opened of a task; undefined where they have not. */
export function seen(person: string, taskId: string): string | undefined {
  return all(person)[taskId];
}
