import type { ActorReference } from './actor.ts';
import { contentHash } from './hash.ts';
import type { Key } from './keys.ts';
import type { Guard, Item, Table } from './table.ts';
import type { TableName } from './tables.ts';
import type { GuardedWrite } from './transaction.ts';
import type { ApplicationId } from './vocabulary.ts';

/** What an aggregate needs for a history: its version goes up by one with every row. */
export interface Versioned {
  readonly version: number;
  readonly status: string;
  /** Hash of the newest row, where the rows are linked. */
  readonly historyHash?: string | undefined;
}

/** What is noted of a step beside the states that it leads from and to. */
export interface StepNote<E extends string = string> {
  readonly at: string;
  readonly actor: ActorReference;
  readonly event: E;
}

/** What becomes of an aggregate in one write. */
interface Step<N extends TableName, T extends Versioned> {
  readonly key: Key<N>;
  /** Where the row goes. */
  readonly rowKey: Key<N>;
  /** Attributes beside the state, for indexes. */
  readonly attributes?: Item;
  /** As it was read; undefined for a new one. */
  readonly from: T | undefined;
  readonly to: T;
  readonly row: object;
  /** The error when it is not any more as it was read. Default: `concurrent-change`. */
  readonly conflict?: (() => Error) | undefined;
}

/** @throws Error when a transition is none that the lifecycle has, or does not raise the version by one. */
export function assertStep(allowed: readonly string[], from: Versioned | undefined, to: Versioned): void {
  if (!allowed.includes(to.status)) throw new Error(`no way from ${from?.status} to ${to.status}`);
  if (to.version !== (from?.version ?? 0) + 1) throw new Error('a transition raises the version by one');
}

/** The row of a step whose rows are not linked to one another. */
export function rowOf(from: Versioned | undefined, to: Versioned, note: StepNote): object {
  return { version: to.version, ...(from && { from: from.status }), to: to.status, ...note };
}

/** The writes of a transition: the aggregate, on condition that it is as it was read, and its history row. */
export function stepWrites<N extends TableName, T extends Versioned>(
  table: Table<N>,
  { key, rowKey, attributes, from, to, row, conflict }: Step<N, T>,
): GuardedWrite[] {
  const item = { ...attributes, state: to };
  return [
    from
      ? table.put(key, item, { ...unchanged(from), otherwise: conflict })
      : table.putNew(key, item, conflict),
    table.putNew(rowKey, { row }, conflict),
  ];
}

/** The guard that an aggregate is as it was read. With the hash in it, no row can follow another than the newest. */
export function unchanged({ version, status, historyHash }: Versioned): Guard {
  const newest = historyHash === undefined ? 'attribute_not_exists(#state.#hash)' : '#state.#hash = :hash';
  return {
    when: `#state.#version = :version AND #state.#status = :status AND ${newest}`,
    names: { '#state': 'state', '#version': 'version', '#status': 'status', '#hash': 'historyHash' },
    values: {
      ':version': version,
      ':status': status,
      ...(historyHash !== undefined && { ':hash': historyHash }),
    },
  };
}

/** What links the rows of a history. */
export interface Link {
  /** Hash of the row before; of the first one the genesis of its application. */
  readonly previous: string;
  /** SHA-256 of the canonical JSON of everything else in the row. */
  readonly hash: string;
}

/** What the first row of an application follows: no other application has a row that fits in its place. */
export function genesisHash(applicationId: ApplicationId): string {
  return contentHash({ genesis: applicationId });
}

/** Links a row behind another. */
export function linked<R extends object>(row: R, previous: string): R & Link {
  const linkedRow = { ...row, previous };
  return { ...linkedRow, hash: contentHash(linkedRow) };
}
