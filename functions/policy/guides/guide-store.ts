import * as z from 'zod';
import { type Actor, ActorReferenceSchema } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Key } from '../../shared/keys.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import { shanghaiTime } from '../../shared/shanghai-date.ts';
import type { Item, Table } from '../../shared/table.ts';
import { policy } from '../../shared/tables.ts';
import type { Guide, GuideItem } from './guide-schema.ts';
import {
  compareVersions,
  type GuideHeader,
  type GuideSource,
  type ListedGuide,
  listedGuide,
} from './policy-book.ts';

/** Who published a guide, when, and what exactly. */
const PublicationSchema = z.object({
  publishedAt: InstantSchema,
  publishedBy: ActorReferenceSchema,
  /** SHA-256 of the guide's canonical JSON, amounts in fen. */
  contentHash: z.string(),
});
export type Publication = z.output<typeof PublicationSchema>;

export type PublishedGuide<G> = Publication & { readonly guide: G };

/*
 * Rows hold guides as the schema gives them, in fen. What surrounds the guide is parsed; the guide itself is taken as
 * it is: publishing is the only writer, it checks, and rows never change. A schema that became stricter since must not
 * shut out the applications filed under an older guide, so a field that guides gain later is optional to its readers.
 */
const HeaderRowSchema = PublicationSchema.extend({
  guide: z.custom<GuideHeader>(),
  itemIds: z.array(z.string()),
});
const ItemRowSchema = z.object({ item: z.custom<GuideItem>() });
const ListingRowSchema = PublicationSchema.extend({ guide: z.custom<ListedGuide>() });

const { guideHeader, guideItem, listedGuide: listing } = policy.entities;

/** How long the list of guides is taken as known. */
const listingLifeMs = 5_000;

/** Published guides in DynamoDB. What is published never changes, so versions and items are read once. */
export class DynamoGuideSource implements GuideSource {
  readonly #table: Table<'policy'>;
  readonly #clock: Clock;
  readonly #headers = new Map<string, GuideHeader>();
  readonly #items = new Map<string, GuideItem>();
  #listing: { readonly readAt: number; readonly guides: Promise<PublishedGuide<ListedGuide>[]> } | undefined;

  constructor(table: Table<'policy'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** As the port says; a new guide is seen after five seconds at most. */
  async headers(): Promise<readonly ListedGuide[]> {
    const now = this.#clock().getTime();
    const known = this.#listing;
    if (known && now >= known.readAt && now < known.readAt + listingLifeMs) return listed(await known.guides);
    // The promise is kept, not its outcome: requests that come meanwhile wait for the same answer.
    const reading = { readAt: now, guides: this.list() };
    this.#listing = reading;
    try {
      return listed(await reading.guides);
    } catch (error) {
      if (this.#listing === reading) this.#listing = undefined;
      throw error;
    }
  }

  async header(version: string): Promise<GuideHeader | undefined> {
    const known = this.#headers.get(version);
    if (known) return known;
    const row = await this.#headerRow(version);
    if (row) this.#headers.set(version, row.guide);
    return row?.guide;
  }

  async item(version: string, itemId: string): Promise<GuideItem | undefined> {
    const key = guideItem.key({ version, item: itemId });
    const place = `${key.pk}/${key.sk}`;
    const known = this.#items.get(place);
    if (known) return known;
    const row = await this.#table.get(key);
    const item = row && ItemRowSchema.parse(row).item;
    if (item) this.#items.set(place, item);
    return item;
  }

  /** Every published guide without its items, lowest version first, as the table has it now. */
  async list(): Promise<PublishedGuide<ListedGuide>[]> {
    const rows = await this.#table.all(listing.of({}));
    return rows
      .map((row) => ListingRowSchema.parse(row))
      .sort((a, b) => compareVersions(a.guide.version, b.guide.version));
  }

  /** A whole published guide. @throws DomainError not-found */
  async require(version: string): Promise<PublishedGuide<Guide>> {
    const rows = await this.#table.all(guideHeader.partition({ version }));
    const header = rows.find((row) => row['sk'] === guideHeader.sk({}));
    if (!header) throw new DomainError('not-found');
    const { guide, itemIds, ...publication } = HeaderRowSchema.parse(header);
    const items = itemIds.map((id) => {
      const row = rows.find((candidate) => candidate['sk'] === guideItem.sk({ item: id }));
      return ItemRowSchema.parse(row).item;
    });
    return { ...publication, guide: { ...guide, items } };
  }

  /**
   * Publishes a checked guide: all of it or nothing, once. The same guide again gives the first publication.
   * @throws DomainError already-exists when the version holds another guide.
   */
  async publish(guide: Guide, actor: Actor, clock: Clock): Promise<Publication> {
    const publication: Publication = {
      publishedAt: clock().toISOString(),
      publishedBy: { id: actor.id, role: 'operator' },
      contentHash: contentHash(guide),
    };
    const { items, ...header } = guide;
    const { version } = guide;
    const exists = new DomainError('already-exists');
    const put = (key: Key<'policy'>, row: Item) => this.#table.putNew(key, row, () => exists);
    try {
      await this.#table.transact([
        put(guideHeader.key({ version }), {
          ...publication,
          guide: header,
          itemIds: items.map(({ id }) => id),
        }),
        put(listing.key({ version }), { ...publication, guide: listedGuide(guide) }),
        ...items.map((item) => put(guideItem.key({ version, item: item.id }), { item })),
      ]);
      this.#listing = undefined;
      return publication;
    } catch (error) {
      if (error !== exists) throw error;
      return this.#samePublication(version, publication.contentHash);
    }
  }

  async #samePublication(version: string, hash: string): Promise<Publication> {
    const { publishedAt, publishedBy, contentHash: published } = await this.require(version);
    if (published === hash) return { publishedAt, publishedBy, contentHash: published };
    throw new DomainError('already-exists', {
      detail: {
        zh: `指南 ${version} 已于 ${shanghaiTime(publishedAt)} 由“${publishedBy.id}”发布，内容不同；已发布的版本不可更改，请使用新版本号`,
        en:
          `guide ${version} was published with other content at ${shanghaiTime(publishedAt)} by ${publishedBy.id}; ` +
          'a published version never changes: give yours a new one',
      },
    });
  }

  async #headerRow(version: string) {
    const row = await this.#table.get(guideHeader.key({ version }));
    return row && HeaderRowSchema.parse(row);
  }
}

function listed(guides: readonly PublishedGuide<ListedGuide>[]): ListedGuide[] {
  return guides.map(({ guide }) => guide);
}
