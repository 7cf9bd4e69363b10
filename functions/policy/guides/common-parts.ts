import * as z from 'zod';
import { isRecord } from '../../shared/records.ts';
import type { PolicyFault } from '../notice/policy-fault.ts';
import { GuideItemSchema } from './guide-schema.ts';

const lists = ['facts', 'materials', 'conditions'] as const;
const terms = [
  'window',
  'deduplication',
  'signOff',
  'correction',
  'reconsideration',
  'duties',
  'notice',
] as const;

const { shape } = GuideItemSchema;
const GroupSchema = z.strictObject({
  facts: shape.facts.optional(),
  materials: shape.materials.optional(),
  conditions: shape.conditions.optional(),
});

/** What a guide writes once for many items: of every item, of those with money, of those that compete. */
export const CommonSchema = z.strictObject({
  every: GroupSchema.optional(),
  paid: GroupSchema.optional(),
  competitive: GroupSchema.optional(),
  /** What holds of an item that does not say otherwise. */
  terms: GuideItemSchema.pick({
    window: true,
    deduplication: true,
    signOff: true,
    correction: true,
    reconsideration: true,
    duties: true,
    notice: true,
  })
    .partial()
    .strict()
    .optional(),
});

/** Values that spreading may add to a guide: many times what a year needs, and few enough to be checked in a request. */
const mostValues = 32_000;

type Path = readonly (string | number)[];
type Entry = { readonly value: unknown; readonly place: Path };

/** A guide with what is common to its items written into each, and the way back. */
interface Spread {
  /** The document as if everything had been written at each item. */
  readonly document: unknown;
  /** Items that leave out what is not common to them. */
  readonly faults: readonly PolicyFault[];
  /** Faults of the document that was spread, at the places where they were written, each once. */
  readonly atTheirPlaces: (faults: readonly PolicyFault[]) => PolicyFault[];
}

/**
 * Writes what a guide has under `common` into its items: facts, materials and conditions before the item's own, except
 * for what the item leaves out (`without`, with a reason), and terms that the item does not state itself.
 */
export function spreadCommon(written: unknown): Spread {
  const asWritten = { faults: [], atTheirPlaces: (found: readonly PolicyFault[]) => [...found] };
  if (!isRecord(written)) return { document: written, ...asWritten };
  const { common, ...rest } = written;
  const { items } = rest;
  if (!isRecord(common) || !Array.isArray(items)) return { document: rest, ...asWritten };
  const faults: PolicyFault[] = [];
  let values = 0;
  /** Where each part of each item was written, if not at the item. */
  const places: Map<string, Path>[] = [];
  const spread = items.map((item: unknown, index) => {
    const place = new Map<string, Path>();
    places.push(place);
    if (!isRecord(item) || values > mostValues) return item;
    const shared = lists.map((list) => [list, entriesOf(common, item, list)] as const);
    const left = leftOut(item);
    faults.push(...unknownFaults(left, shared, ['items', index, 'without']));
    const made: Record<string, unknown> = { ...item };
    for (const [list, entries] of shared) {
      const own = item[list] ?? [];
      const taken = entries.filter(({ value }) => !left.includes(idOf(value)));
      values += taken.reduce((sum, { value }) => sum + valuesIn(value), 0);
      if (!Array.isArray(own) || taken.length === 0) continue;
      made[list] = [...taken.map(({ value }) => value), ...own];
      for (const [position, entry] of taken.entries()) place.set(`${list} ${position}`, entry.place);
      for (const position of own.keys()) {
        place.set(`${list} ${taken.length + position}`, ['items', index, list, position]);
      }
    }
    const given = isRecord(common['terms']) ? common['terms'] : {};
    for (const term of terms) {
      if (item[term] !== undefined || given[term] === undefined) continue;
      made[term] = given[term];
      place.set(term, ['common', 'terms', term]);
    }
    return made;
  });
  if (values > mostValues) {
    const message = `what is common comes to more than ${mostValues} values in all items together`;
    const zh = `通用内容展开到各事项后超过 ${mostValues} 个值`;
    faults.push({ path: ['common'], message, zh });
  }
  return {
    document: { ...rest, items: spread },
    faults,
    atTheirPlaces: (found) => atTheirPlaces(found, places),
  };
}

function entriesOf(common: Record<string, unknown>, item: Record<string, unknown>, list: string): Entry[] {
  const { amount } = item;
  const groups = {
    every: true,
    paid: isRecord(amount) && amount['kind'] !== 'none',
    competitive: item['competition'] === 'competitive',
  };
  return Object.entries(groups).flatMap(([group, applies]) => {
    const shared = common[group];
    const entries = isRecord(shared) ? shared[list] : undefined;
    if (!applies || !Array.isArray(entries)) return [];
    return entries.map((value, position) => ({ value, place: ['common', group, list, position] }));
  });
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, part) => sum + valuesIn(part), 1);
}

function idOf(entry: unknown): unknown {
  return isRecord(entry) ? entry['id'] : undefined;
}

function leftOut({ without }: Record<string, unknown>): unknown[] {
  return Array.isArray(without) ? without.map(idOf) : [];
}

function unknownFaults(
  left: readonly unknown[],
  shared: readonly (readonly [string, readonly Entry[]])[],
  path: Path,
): PolicyFault[] {
  const known = new Set(shared.flatMap(([, entries]) => entries.map(({ value }) => idOf(value))));
  return left.flatMap((id, position) => {
    if (typeof id !== 'string' || known.has(id)) return [];
    const message = `leaves out what is not common to this item: "${id}"`;
    return [{ path: [...path, position, 'id'], message, zh: `“${id}”不是该事项的通用内容，无从略去` }];
  });
}

/** A fault of what is common stands there once, if all items that have it show it; else at the item that it does not suit. */
function atTheirPlaces(
  faults: readonly PolicyFault[],
  places: readonly ReadonlyMap<string, Path>[],
): PolicyFault[] {
  const holders = new Map<string, number>();
  for (const of of places) {
    for (const place of of.values()) holders.set(place.join(' '), (holders.get(place.join(' ')) ?? 0) + 1);
  }
  const placed = faults.map((fault) => ({ fault, ...written(fault.path, places) }));
  const showing = Map.groupBy(placed, ({ path, fault }) => JSON.stringify([path, fault.message]));
  return [...showing.values()].flatMap((alike) =>
    alike.every(({ whole }) => whole === undefined) || holders.get(alike[0]?.whole ?? '') === alike.length
      ? alike.slice(0, 1).map(({ fault, path }) => ({ ...fault, path }))
      : alike.map(({ fault, path }) => ({
          path: ['items', fault.path[1] ?? 0],
          message: `${path.join('.')} does not suit this item: ${fault.message}`,
          zh: `“${path.join('.')}”不适合该事项：${fault.zh}`,
        })),
  );
}

/** Where a path of the spread document was written, and what whole entry of `common` it is in, if it is in one. */
function written(
  path: Path,
  places: readonly ReadonlyMap<string, Path>[],
): { readonly path: Path; readonly whole?: string } {
  const [top, index, name = '', position, ...further] = path;
  if (top !== 'items' || typeof index !== 'number') return { path };
  const entry = places[index]?.get(`${name} ${position}`);
  const term = places[index]?.get(String(name));
  const place = entry ?? term;
  if (!place) return { path };
  const rest = entry || position === undefined ? further : [position, ...further];
  return { path: [...place, ...rest], ...(place[0] === 'common' && { whole: place.join(' ') }) };
}
