import type { ActorReference } from './actor.ts';
import { canonicalJson, contentHash } from './hash.ts';
import type { Key } from './keys.ts';
import type { Guard, Item, Table } from './table.ts';
import type { TableName } from './tables.ts';
import type { GuardedWrite } from './transaction.ts';

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
  /** What the first row follows: the aggregate's id. */
  readonly id: string;
  /** Attributes beside the state, for indexes. */
  readonly attributes: (state: T) => Item;
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

/** The row of a step, without what links it to others. */
export function rowOf(from: Versioned | undefined, to: Versioned, note: StepNote): object {
  return { version: to.version, ...(from && { from: from.status }), to: to.status, ...note };
}

/**
 * A step as it is written: its row, linked to the one before, with the hash of the item that it leads to, and the state
 * with the hash of that row.
 */
function linkedStep<N extends TableName, T extends Versioned>({
  id,
  attributes,
  from,
  to,
  row,
}: Pick<Step<N, T>, 'id' | 'attributes' | 'from' | 'to' | 'row'>) {
  const item = { ...attributes(to), state: to };
  const led = { ...row, ...ledTo(from && { ...attributes(from), state: from }, item) };
  const linkedRow = linked(led, from?.historyHash ?? genesisHash(id));
  return { row: linkedRow, item: { ...item, state: { ...to, historyHash: linkedRow.hash } } };
}

/** Hash of the row that a step writes: for whoever goes on from it without reading the state again. */
export function stepHash<N extends TableName, T extends Versioned>(
  step: Pick<Step<N, T>, 'id' | 'attributes' | 'from' | 'to' | 'row'>,
): string {
  return linkedStep(step).row.hash;
}

/** The writes of a transition: the aggregate, on condition that it is as it was read, and its history row. */
export function stepWrites<N extends TableName, T extends Versioned>(
  table: Table<N>,
  step: Step<N, T>,
): GuardedWrite[] {
  const { key, rowKey, from, conflict } = step;
  const { item, row } = linkedStep(step);
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

/** What a row says of the item that it led to. */
export interface LedTo {
  /** SHA-256 of the item's canonical JSON, without its keys and `state.historyHash`. */
  readonly stateHash: string;
  /** Beginnings of the hashes of its parts that the step changed, by their names; null of one that it took away. */
  readonly parts: Readonly<Record<string, string | null>>;
}

/** Hexadecimal digits of a part's hash: it names what was altered, and the hash of all says that something was. */
const partDigits = 16;

/** What a step makes of an item, to be kept in its row: hashes and no copy. */
export function ledTo(before: Item | undefined, after: Item): LedTo {
  const [earlier, later] = [membersOf(before ?? {}), membersOf(after)];
  // A step hands on as it is what it does not touch: that need not be written out to be found the same.
  const isChanged = (name: string) =>
    earlier[name] !== later[name] && canonicalJson(earlier[name]) !== canonicalJson(later[name]);
  const changed = Object.keys({ ...earlier, ...later }).filter(isChanged);
  return {
    stateHash: stateHash(after),
    parts: Object.fromEntries(
      changed.map((name) => [name, later[name] === undefined ? null : partHash(later[name])]),
    ),
  };
}

/** Hash of an item without its keys and the hash of its newest row. */
export function stateHash(item: Item): string {
  return contentHash(hashedPart(item));
}

/** Beginnings of the hashes of an item's attributes, and of the fields of its state as `state.<name>`. */
export function partsOf(item: Item): Record<string, string> {
  const members = Object.entries(membersOf(item)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, partHash(value)]));
}

const partHash = (value: unknown) => contentHash(value).slice(0, partDigits);

function membersOf(item: Item): Item {
  const { state, ...attributes } = hashedPart(item);
  const fields = Object.entries(Object(state)).map(([name, value]) => [`state.${name}`, value] as const);
  return { ...attributes, ...Object.fromEntries(fields) };
}

function hashedPart({ pk: _, sk: __, state, ...attributes }: Item): Item {
  const { historyHash: ___, ...fields } = Object(state);
  return { ...attributes, state: fields };
}

/** What links the rows of a history. */
export interface Link {
  /** Hash of the row before; of the first one the genesis of its aggregate. */
  readonly previous: string;
  /** SHA-256 of the canonical JSON of everything else in the row. */
  readonly hash: string;
}

/** What the first row of an aggregate follows: no other one has a row that fits in its place. */
export function genesisHash(id: string): string {
  return contentHash({ genesis: id });
}

/** Links a row behind another. */
export function linked<R extends object>(row: R, previous: string): R & Link {
  const linkedRow = { ...row, previous };
  return { ...linkedRow, hash: contentHash(linkedRow) };
}
