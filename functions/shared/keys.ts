/*
 * Keys of items by pattern. `APPLICATION#{applicationId}` has one part; `HISTORY#{version:9}` has a number as its part,
 * written with nine digits, so that texts stand in the order of numbers.
 */

/** A secondary index, by its attributes. */
export interface IndexShape {
  readonly partition: string;
  readonly sort: string;
  /** Attributes beside the keys; none for an empty list. Default: all. */
  readonly shows?: readonly string[];
}

/** One kind of item. */
export interface EntityShape<P extends string = string, I extends string = string> {
  /** Partition that it stands in, or several that it may stand in. */
  readonly in: P | readonly P[];
  /** Pattern of its sort key. */
  readonly sk: string;
  /** Indexes that it enters, each with the patterns of the index's partition and order. */
  readonly indexes?: { readonly [N in I]?: readonly [partition: string, sort: string] };
  /** Whether items of it end by themselves, at `expiresAt`. */
  readonly expires?: true;
  /** Whether every write of one leaves a witness of it, see `witness.ts`. */
  readonly witnessed?: true;
}

type Slots<P extends string> = P extends `${string}{${infer Slot}}${infer Rest}` ? Slot | Slots<Rest> : never;

/** What fills a pattern, by the names in it. */
type Parts<P extends string> = {
  readonly [S in Slots<P> as S extends `${infer Name}:${string}` ? Name : S]: S extends `${string}:${string}`
    ? number
    : string;
};

/** A partition that stands among several. */
interface Place {
  /** As `TableShape.place` makes it. */
  readonly place: string;
}

declare const owner: unique symbol;

/** Key of an item; that of another table is a type error. */
export interface Key<N extends string = string> {
  readonly pk: string;
  readonly sk: string;
  readonly witnessed?: true;
  readonly [owner]?: N;
}

/** What sort keys of witnesses begin with: they stand behind everything else in a partition. */
export const witnessPrefix = '~WITNESS#';

/** A key whose row has a witness; that does not show where keys are compared or sent. */
export function withWitness<N extends string>(key: Key<N>): Key<N> {
  return Object.defineProperty(key, 'witnessed', { value: true });
}

/** Key of the witness of a row. */
export function witnessKey({ pk, sk }: Key): { readonly pk: string; readonly sk: string } {
  return { pk, sk: `${witnessPrefix}${sk}` };
}

/** Which items of a partition are meant, by their sort keys. */
export type Bounds =
  | { readonly prefix: string }
  | { readonly from: string; readonly to: string }
  | { readonly before: string }
  | { readonly upTo: string };

/** Items of one partition of a table or of an index of it. */
export interface Range<N extends string = string> {
  readonly index?: string;
  /** Name and value of the attribute that the partition goes by. */
  readonly partition: readonly [attribute: string, value: string];
  readonly sort: string;
  /** Default: the whole partition. */
  readonly bounds?: Bounds | undefined;
  readonly [owner]?: N;
}

type Values = Readonly<Record<string, string | number>>;

/** What fills the patterns of an entity in an index: those of the partition, and all. */
interface Listing {
  readonly partition: unknown;
  readonly all: unknown;
}

/** One kind of item, as `tables.ts` describes it: makes its keys, and reads them. */
export class Entity<
  N extends string,
  PkParts,
  SkParts,
  Listings extends Readonly<Record<keyof Listings, Listing>>,
> {
  readonly shape: EntityShape;
  readonly #partitions: Readonly<Record<string, string>>;
  readonly #indexes: Readonly<Record<string, IndexShape>>;

  constructor(
    shape: EntityShape,
    partitions: Readonly<Record<string, string>>,
    indexes: Readonly<Record<string, IndexShape>>,
  ) {
    this.shape = shape;
    this.#partitions = partitions;
    this.#indexes = indexes;
  }

  /** Key of one item. */
  key(parts: PkParts & SkParts): Key<N> {
    const key = { pk: this.pk(parts), sk: this.sk(parts) };
    return this.shape.witnessed ? withWitness(key) : key;
  }

  /** Its partition key. */
  pk(parts: PkParts): string {
    const values = parts as Values;
    return typeof this.shape.in === 'string'
      ? fill(this.#partitions[this.shape.in] ?? '', values)
      : String(values['place']);
  }

  /** Its sort key. */
  sk(parts: SkParts): string {
    return fill(this.shape.sk, parts as Values);
  }

  /** What sort keys of it begin with, up to their first part. */
  get prefix(): string {
    return beginningOf(this.shape.sk);
  }

  /** Items of it in a partition. Default of the bounds: all of them. */
  of(parts: PkParts, bounds?: Bounds): Range<N> {
    const all = this.prefix === '' ? { before: witnessPrefix } : { prefix: this.prefix };
    return { partition: ['pk', this.pk(parts)], sort: 'sk', bounds: bounds ?? all };
  }

  /** A whole partition that it stands in: whatever else is there too, but witnesses. */
  partition(parts: PkParts): Range<N> {
    return { partition: ['pk', this.pk(parts)], sort: 'sk', bounds: { before: witnessPrefix } };
  }

  /** Attributes by which an item of it stands in an index. */
  entry<I extends keyof Listings>(index: I, parts: Listings[I]['all']): Record<string, string> {
    const { partition, sort, patterns } = this.#index(String(index));
    const values = parts as Values;
    return { [partition]: fill(patterns[0], values), [sort]: fill(patterns[1], values) };
  }

  /** Items of it in an index. Default of the bounds: all of a partition. */
  listed<I extends keyof Listings>(index: I, parts: Listings[I]['partition'], bounds?: Bounds): Range<N> {
    const { partition, sort, patterns } = this.#index(String(index));
    const value = fill(patterns[0], parts as Values);
    return { index: String(index), partition: [partition, value], sort, bounds };
  }

  /** The parts that a key of it was made of; undefined for the key of another kind of item. */
  partsOf(key: Key<N>): (PkParts & SkParts) | undefined {
    const { in: partition, sk } = this.shape;
    const patternOf = (name: string) => this.#partitions[name] ?? '';
    const places =
      typeof partition === 'string'
        ? parse(patternOf(partition), key.pk)
        : partition.some((name) => parse(patternOf(name), key.pk)) && { place: key.pk };
    const parts = places && parse(sk, key.sk);
    // The patterns are those that the types were made of.
    return parts ? ({ ...places, ...parts } as PkParts & SkParts) : undefined;
  }

  #index(name: string): IndexShape & { readonly patterns: readonly [string, string] } {
    const index = this.#indexes[name];
    const patterns = this.shape.indexes?.[name];
    if (!index || !patterns) throw new Error(`it is not in the index ${name}`);
    return { ...index, patterns };
  }
}

type EntityOf<N extends string, P extends Readonly<Record<string, string>>, E extends EntityShape> = Entity<
  N,
  E['in'] extends keyof P ? Parts<P[E['in']]> : Place,
  Parts<E['sk']>,
  {
    readonly [I in keyof NonNullable<E['indexes']>]: NonNullable<E['indexes']>[I] extends readonly [
      infer A extends string,
      infer B extends string,
    ]
      ? { readonly partition: Parts<A>; readonly all: Parts<A | B> }
      : never;
  }
>;

/** A table of the catalogue: every item has string keys `pk` and `sk`, and may end by itself at `expiresAt`. */
export interface TableShape<
  N extends string = string,
  P extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
  I extends Readonly<Record<string, IndexShape>> = Readonly<Record<string, IndexShape>>,
  E extends Readonly<Record<string, EntityShape>> = Readonly<Record<string, EntityShape>>,
> {
  readonly name: N;
  /** Patterns of its partition keys. */
  readonly partitions: P;
  readonly indexes: I;
  /** Whether changes go to a stream. */
  readonly stream: boolean;
  readonly entities: { readonly [K in keyof E]: EntityOf<N, P, E[K]> };
}

/** Describes a table. Of each kind of item a comment says in a sentence what it is, which docs/tables.md shows too. */
export function table<
  const N extends string,
  const P extends Readonly<Record<string, string>>,
  const E extends Readonly<Record<string, EntityShape<keyof P & string, keyof I & string>>>,
  const I extends Readonly<Record<string, IndexShape>> = Record<never, never>,
>(
  name: N,
  shape: {
    readonly partitions: P;
    readonly indexes?: I;
    readonly stream?: boolean;
    readonly entities: E;
  },
): TableShape<N, P, I, E> {
  const { partitions, indexes = {}, stream = false } = shape;
  const entities = Object.entries(shape.entities).map(([kind, one]) => [
    kind,
    new Entity(one, partitions, indexes),
  ]);
  // The types say of each entity what its patterns say.
  return { name, partitions, indexes, stream, entities: Object.fromEntries(entities) } as TableShape<
    N,
    P,
    I,
    E
  >;
}

/** A partition by its name, for items that may stand in several. */
export function placeOf<P extends Readonly<Record<string, string>>, K extends keyof P>(
  { partitions }: { readonly partitions: P },
  name: K,
  parts: Parts<P[K]>,
): string {
  return fill(partitions[name] ?? '', parts);
}

/** Pattern as IAM takes it: the constant beginning, and `*` for all that follows. */
export function leading(pattern: string): string {
  const beginning = beginningOf(pattern);
  return beginning === pattern ? pattern : `${beginning}*`;
}

const slot = /\{(\w+)(?::(\d+))?\}/g;

/** What every text of a pattern begins with. */
export function beginningOf(pattern: string): string {
  const first = pattern.indexOf('{');
  return first === -1 ? pattern : pattern.slice(0, first);
}

/** Constants, names and widths of patterns in turn: keys are made by the thousand, of a few dozen patterns. */
const piecesOf = new Map<string, readonly (string | undefined)[]>();

function fill(pattern: string, values: Values): string {
  const pieces = piecesOf.get(pattern) ?? pattern.split(slot);
  piecesOf.set(pattern, pieces);
  const [beginning = '', ...rest] = pieces;
  let text = beginning;
  for (let at = 0; at < rest.length; at += 3) {
    const value = values[rest[at] ?? ''];
    if (value === undefined) throw new Error(`${pattern} without ${rest[at]}`);
    text += String(value).padStart(Number(rest[at + 1] ?? 0), '0') + (rest[at + 2] ?? '');
  }
  return text;
}

/** The parts of a text that has a pattern; only the first of several texts may hold what stands between them. */
function parse(pattern: string, text: string): Values | undefined {
  const slots = [...pattern.matchAll(slot)];
  const constants = pattern.split(slot).filter((_, index) => index % 3 === 0);
  const escaped = constants.map((constant) => constant.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const found = new RegExp(`^${escaped.join('(.*)')}$`, 's').exec(text);
  if (!found) return undefined;
  return Object.fromEntries(
    slots.map(([, name = '', width], index) => {
      const part = found[index + 1] ?? '';
      return [name, width === undefined ? part : Number(part)];
    }),
  );
}
