import { isDeepStrictEqual } from 'node:util';
import type { Guide, GuideItem } from '../../functions/policy/guides/guide-schema.ts';
import { fen } from '../../functions/shared/money.ts';
import { amountInWords, shanghaiTime, yuan } from './words.ts';

/** One difference between two guides. */
export interface Change {
  /** The item that it is about, or `guide`. */
  readonly item: string;
  /** What differs, e.g. `window` or `conditions`. */
  readonly field: string;
  readonly change: string;
}

/** What `after` has that `before` had not, item by item in the order of `after`. */
export function compareGuides(before: Guide, after: Guide): Change[] {
  const { items: itemsBefore, ...headBefore } = before;
  const { items: itemsAfter, ...headAfter } = after;
  const removed = itemsBefore.filter(({ id }) => !itemsAfter.some((item) => item.id === id));
  return [
    ...fieldChanges('guide', headBefore, headAfter),
    ...removed.map(({ id }) => ({ item: id, field: 'item', change: 'taken out' })),
    ...itemsAfter.flatMap((item) => {
      const earlier = itemsBefore.find(({ id }) => id === item.id);
      return earlier
        ? fieldChanges(item.id, earlier, item)
        : [{ item: item.id, field: 'item', change: `new: ${amountInWords(item.amount)}` }];
    }),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function fieldChanges(item: string, before: Fields, after: Fields): Change[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .flatMap((field) =>
      changesOf(field, before[field], after[field]).map((change) => ({ item, field, change })),
    );
}

function changesOf(field: string, before: unknown, after: unknown): string[] {
  const [listBefore, listAfter] = [identified(before), identified(after)];
  if (!listBefore || !listAfter) return [`${inWords(field, before)} → ${inWords(field, after)}`];
  const entries = [
    ...[...listBefore.keys()].filter((id) => !listAfter.has(id)).map((id) => `${id}: taken out`),
    ...[...listAfter].flatMap(([id, entry]) => {
      const earlier = listBefore.get(id);
      if (!earlier) return [`${id}: new`];
      return Object.keys({ ...earlier, ...entry })
        .filter((key) => !isDeepStrictEqual(earlier[key], entry[key]))
        .map((key) => `${id}: ${key}: ${inWords(key, earlier[key])} → ${inWords(key, entry[key])}`);
    }),
  ];
  return entries.length > 0 ? entries : ['in another order'];
}

/** A list whose entries have ids, by id. */
function identified(value: unknown): Map<string, Fields> | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.filter((entry): entry is Fields & { id: string } => typeof entry?.id === 'string');
  return entries.length === value.length ? new Map(entries.map((entry) => [entry.id, entry])) : undefined;
}

function inWords(field: string, value: unknown): string {
  if (value === undefined) return 'none';
  // Two guides of one schema are compared: a field of this name is of this type.
  if (field === 'amount') return amountInWords(value as GuideItem['amount']);
  if (field === 'window') {
    const { opensAt, closesAt } = value as GuideItem['window'];
    return `${shanghaiTime(opensAt)} to ${shanghaiTime(closesAt)}`;
  }
  if (field.endsWith('Fen') && typeof value === 'number') return yuan(fen(value));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
