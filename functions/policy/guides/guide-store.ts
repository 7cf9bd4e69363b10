import * as z from 'zod';
import { ActorReferenceSchema } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { contentHash } from '../../shared/hash.ts';
import type { Key } from '../../shared/keys.ts';
import { InstantSchema } from '../../shared/schemas.ts';
import type { Item, Table } from '../../shared/table.ts';
import { policy } from '../../shared/tables.ts';
import type { GuardedWrite } from '../../shared/transaction.ts';
import type { GuideProposalIn, WholeProposal } from './guide-proposal.ts';
import type { Standing } from './guide-proposal-decision.ts';
import type { Guide, GuideItem } from './guide-schema.ts';
import {
  compareVersions,
  type GuideHeader,
  type GuideSource,
  type ListedGuide,
  listedGuide,
} from './policy-book.ts';

/** Who published a guide, when, and what exactly; each is linked to the one before. */
const PublicationSchema = z.object({
  publishedAt: InstantSchema,
  /** From when it counts. */
  effectiveFrom: InstantSchema,
  /** Who proposed it. */
  publishedBy: ActorReferenceSchema,
  confirmedBy: ActorReferenceSchema,
  proposalId: z.string(),
  /** SHA-256 of the guide's canonical JSON, amounts in fen. */
  contentHash: z.string(),
  /** Hash of the publication before; of the first one the genesis of all. */
  previous: z.string(),
  /** SHA-256 of the canonical JSON of all of the above and the version. */
  hash: z.string(),
});
type Publication = z.output<typeof PublicationSchema>;

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

const { guideHeader, guideItem, listedGuide: listing, newestGuide } = policy.entities;

/** What the first publication follows. */
export const genesis = contentHash({ genesis: 'guides' });

/** How long the list of guides is taken as known. */
const listingLifeMs = 5_000;

/**
 * Published guides in DynamoDB. What is published never changes, so versions and items are read once; what counts from a
 * later instant is not listed before it.
 */
export class DynamoGuideSource implements GuideSource {
  readonly #table: Table<'policy'>;
  readonly #clock: Clock;
  readonly #headers = new Map<string, GuideHeader>();
  readonly #items = new Map<string, GuideItem>();
  /** The publication that the list was read after, where somebody wanted to know. */
  #listedAfter: string | undefined;
  #listing: { readonly readAt: number; readonly guides: Promise<PublishedGuide<ListedGuide>[]> } | undefined;

  constructor(table: Table<'policy'>, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** As the port says; a new guide is seen after five seconds at most. */
  async headers(): Promise<readonly ListedGuide[]> {
    const now = this.#clock().getTime();
    const known = this.#listing;
    if (known && now >= known.readAt && now < known.readAt + listingLifeMs)
      return inForce(await known.guides, now);
    // The promise is kept, not its outcome: requests that come meanwhile wait for the same answer.
    const reading = { readAt: now, guides: this.list() };
    this.#listing = reading;
    try {
      return inForce(await reading.guides, now);
    } catch (error) {
      if (this.#listing === reading) this.#listing = undefined;
      throw error;
    }
  }

  /**
   * Has what is listed from now on be of the newest publication, and gives the check for a transaction that none came
   * since: what was decided by the list holds when it is written.
   */
  async asPublished(): Promise<GuardedWrite[]> {
    const newest = await this.newest();
    if (this.#listedAfter !== newest) this.forgetListing();
    this.#listedAfter = newest;
    const guard =
      newest === genesis
        ? { when: 'attribute_not_exists(pk)' }
        : { when: '#hash = :newest', names: { '#hash': 'hash' }, values: { ':newest': newest } };
    return [this.#table.check(newestGuide.key({}), guard)];
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

  /** Hash of the newest publication, read consistently. */
  async newest(): Promise<string> {
    const row = await this.#table.get(newestGuide.key({}));
    return row ? z.string().parse(row['hash']) : genesis;
  }

  /** Rows of the list as they are stored: for an audit. */
  async storedList(): Promise<Item[]> {
    return this.#table.all(listing.of({}));
  }

  /** Rows of a version as they are stored: for an audit. */
  async storedRows(version: string): Promise<Item[]> {
    return this.#table.all(guideHeader.partition({ version }));
  }

  /** What is stored of the newest publication, without its keys: for an audit. */
  async storedNewest(): Promise<Item> {
    const { pk: _, sk: __, ...stored } = (await this.#table.get(newestGuide.key({}))) ?? { hash: genesis };
    return stored;
  }

  /** What is published, lowest version first, and the newest publication: no guide came between the two. */
  async standing(): Promise<Standing> {
    for (;;) {
      const newest = await this.newest();
      const published = (await this.list()).map(({ guide, effectiveFrom }) => ({ ...guide, effectiveFrom }));
      if (newest === (await this.newest())) return { newest, published };
    }
  }

  /**
   * The writes that publish a confirmed guide, behind the newest publication. When another one came meanwhile, they throw
   * concurrent-change.
   */
  publication(
    { proposal, guide }: WholeProposal<GuideProposalIn<'confirmed'>>,
    effectiveFrom: string,
    previous: string,
  ): GuardedWrite[] {
    const { version } = guide;
    const published = {
      publishedAt: proposal.decision.at,
      effectiveFrom,
      publishedBy: { id: proposal.proposedBy, role: 'operator' as const },
      confirmedBy: { id: proposal.decision.by, role: 'budget-approver' as const },
      proposalId: proposal.proposalId,
      contentHash: proposal.guideHash,
      previous,
    };
    const publication: Publication = { ...published, hash: contentHash({ version, ...published }) };
    const { items, ...header } = guide;
    const isNewest = {
      when: '#hash = :previous',
      names: { '#hash': 'hash' },
      values: { ':previous': previous },
    };
    const { hash } = publication;
    return [
      previous === genesis
        ? this.#table.putNew(newestGuide.key({}), { hash })
        : this.#table.put(newestGuide.key({}), { hash }, isNewest),
      this.#put(guideHeader.key({ version }), {
        ...publication,
        guide: header,
        itemIds: items.map(({ id }) => id),
      }),
      this.#put(listing.key({ version }), { ...publication, guide: listedGuide(guide) }),
      ...items.map((item) => this.#put(guideItem.key({ version, item: item.id }), { item })),
    ];
  }

  /** Has the list read again: something was published. */
  forgetListing(): void {
    this.#listing = undefined;
  }

  #put(key: Key<'policy'>, row: Item): GuardedWrite {
    return this.#table.putNew(key, row, () => new DomainError('already-exists'));
  }

  async #headerRow(version: string) {
    const row = await this.#table.get(guideHeader.key({ version }));
    return row && HeaderRowSchema.parse(row);
  }
}

function inForce(guides: readonly PublishedGuide<ListedGuide>[], now: number): ListedGuide[] {
  return guides.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) <= now).map(({ guide }) => guide);
}
