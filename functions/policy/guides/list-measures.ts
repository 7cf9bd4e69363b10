import type * as z from 'zod';
import { itemIdOf } from '../notice/item-id.ts';
import type { Notice } from '../notice/notice-schema.ts';
import type { CatalogueSchema } from './measure-view.ts';
import type { GuideWindow, LawOfItem, PolicyBook } from './policy-book.ts';

type Catalogue = z.input<typeof CatalogueSchema>;
type Part = Catalogue['measures'][number]['items'][number]['parts'][number];

/** The guides' windows at an instant: the open ones, and the latest of every item. */
export interface Windows {
  readonly open: ReadonlyMap<string, GuideWindow>;
  readonly latest: ReadonlyMap<string, GuideWindow>;
}

/** @returns the windows of all items at an instant. */
export async function windowsAt(policy: PolicyBook, at: Date): Promise<Windows> {
  const [open, latest] = await Promise.all([policy.openWindows(at), policy.latestWindows()]);
  return { open, latest };
}

/** Every measure of the notice with its items and their parts, and whether they take applications at an instant. */
export async function listMeasures(policy: PolicyBook, at: Date): Promise<Catalogue> {
  const { notice } = policy;
  const windows = await windowsAt(policy, at);
  return {
    documentNumber: notice.documentNumber,
    title: notice.title,
    dated: notice.dated,
    printed: notice.printed,
    inForce: notice.inForce,
    replaces: { documentNumber: notice.replaces, endedOn: notice.inForce.from, citation: '三(六)' },
    districts: Object.entries(notice.districts).map(([code, name]) => ({ code, name })),
    directions: notice.directions.map((direction) => ({
      ...direction,
      lead: departments(notice, direction.lead),
      support: departments(notice, direction.support),
    })),
    measures: notice.measures.map((measure) => ({
      ...measure,
      items: notice.items
        .filter((item) => item.clause === measure.clause)
        .map((item) => ({
          item: item.id,
          title: item.title,
          summary: item.summary,
          parts: item.parts.map((part) => measurePart(notice, { item, part }, windows)),
        })),
    })),
  };
}

/** What the notice says of a part of an item, with its window. */
export function measurePart(notice: Notice, { item, part }: LawOfItem, { open, latest }: Windows): Part {
  const id = itemIdOf(item.id, part.id);
  const under = open.get(id) ?? latest.get(id);
  return {
    id,
    item: item.id,
    part: part.id,
    clause: item.clause,
    kind: part.kind,
    title: part.title,
    lead: departments(notice, part.lead),
    support: departments(notice, part.support),
    ...(part.ceiling && { ceiling: part.ceiling }),
    open: open.has(id),
    ...(under && { guide: under.guide, window: under.window }),
  };
}

function departments(notice: Notice, ids: readonly string[]) {
  return ids.flatMap((id) => notice.departments.filter((department) => department.id === id));
}
