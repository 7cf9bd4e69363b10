import { contentHash } from '../../shared/hash.ts';
import type { Item } from '../../shared/table.ts';
import { policy } from '../../shared/tables.ts';
import type { Guide, GuideItem } from './guide-schema.ts';
import { type DynamoGuideSource, genesis } from './guide-store.ts';
import { listedGuide } from './policy-book.ts';

/** A fault of a published guide. */
export interface GuideFault {
  readonly version: string;
  readonly fault: string;
}

const { guideHeader, guideItem } = policy.entities;

/**
 * What of the published guides is not as it was published: each has to be what its hashes say, in the list too, and all of
 * them are one chain that ends with the newest. Rows are looked at as they are stored, so that nothing stands beside.
 */
export async function verifyGuides(guides: DynamoGuideSource): Promise<GuideFault[]> {
  const listed = await guides.storedList();
  const faults: GuideFault[] = [];
  for (const row of listed) {
    const version = String(row['sk']);
    const found = faultsOf(version, row, await guides.storedRows(version));
    faults.push(...found.map((fault) => ({ version, fault })));
  }
  const following = new Map(listed.map((row) => [row['previous'], row['hash']]));
  let newest: unknown = genesis;
  let count = 0;
  while (following.has(newest) && count < listed.length) {
    newest = following.get(newest);
    count += 1;
  }
  if (count !== listed.length || contentHash(await guides.storedNewest()) !== contentHash({ hash: newest })) {
    const fault = `the chain of publications ends after ${count} of ${listed.length}`;
    faults.push({ version: 'all', fault });
  }
  return faults;
}

function faultsOf(version: string, listing: Item, rows: readonly Item[]): string[] {
  const header = rows.find(({ sk }) => sk === guideHeader.sk({}));
  if (!header) return ['the guide itself is missing'];
  const { pk: _, sk: __, guide: head, itemIds, ...publication } = header;
  const { pk: ___, sk: ____, guide: shown, ...listedPublication } = listing;
  const ids = Array.isArray(itemIds) ? itemIds.map(String) : [];
  const items = ids.map((id) => rows.find(({ sk }) => sk === guideItem.sk({ item: id })));
  // It was checked when it was published; whatever else it is now has another hash.
  const whole = { ...Object(head), items: items.map((row) => row?.['item'] as GuideItem) } as Guide;
  const { hash, ...published } = publication;
  const isAlone =
    rows.length === items.length + 1 && items.every((row) => Object.keys(row ?? {}).length === 3);
  return [
    ...(isAlone ? [] : ['something else stands beside the guide']),
    ...(contentHash(whole) === publication['contentHash'] ? [] : ['the guide was altered']),
    ...(whole.version === version ? [] : ['it is the guide of another version']),
    ...(contentHash({ version, ...published }) === hash ? [] : ['its publication was altered']),
    ...(contentHash(publication) === contentHash(listedPublication)
      ? []
      : ['the list says something else of its publication']),
    ...(contentHash(listedGuide(whole)) === contentHash(shown) ? [] : ['the list shows another guide']),
  ];
}
