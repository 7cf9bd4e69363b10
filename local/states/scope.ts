/** Unwinds a part of an execution that was stopped from outside; no Retry or Catch sees it. */
export class Aborted extends Error {
  constructor() {
    super('aborted');
    this.name = 'Aborted';
  }
}

/** What one part of an execution holds (timers, tokens, inner parts), so that it can be let go at once. */
export class Scope {
  #release = new Set<() => void>();
  #aborted = false;

  /** Registers what to do when this scope is aborted and gives the function that takes it back. */
  onAbort(release: () => void): () => void {
    if (this.#aborted) release();
    else this.#release.add(release);
    return () => this.#release.delete(release);
  }

  /** A scope that ends with this one, or before. */
  child(): { readonly scope: Scope; readonly leave: () => void } {
    const scope = new Scope();
    return { scope, leave: this.onAbort(() => scope.abort()) };
  }

  /** Throws when this scope was aborted. */
  check(): void {
    if (this.#aborted) throw new Aborted();
  }

  abort(): void {
    this.#aborted = true;
    const releases = [...this.#release];
    this.#release.clear();
    for (const release of releases) release();
  }
}
