import { readFileSync } from 'node:fs';
import { WorkCalendar } from '../calendar/work-calendar.ts';
import type { Calendar, Guide, GuideItem, Notice, NoticePart, PoolDefinition } from './schema.ts';

/** What the notice says of an item. */
export interface LawOfItem {
  readonly item: Notice['items'][number];
  readonly part: NoticePart;
}

/** A guide without its items. */
export type GuideHeader = Omit<Guide, 'items'>;

/** An item as its guide opens it, with what the notice says of it. */
export interface OpenedItem {
  readonly guide: GuideHeader;
  readonly item: GuideItem;
  readonly law: LawOfItem;
  /** Codes of the districts that the notice is in force in. */
  readonly districts: readonly string[];
}

/** The law that comes with the code: the notice's catalogue and the official calendar. */
export interface Law {
  readonly notice: Notice;
  readonly calendars: readonly Calendar[];
}

/** Where published guides are kept. A version never changes once it is there. */
export interface GuideSource {
  /** Every published guide without its items, oldest version first, with the windows of its items. */
  headers(): Promise<
    readonly (GuideHeader & { readonly windows: Readonly<Record<string, GuideItem['window']>> })[]
  >;
  /** A guide without its items, or undefined. */
  header(version: string): Promise<GuideHeader | undefined>;
  /** An item of a guide version, or undefined. */
  item(version: string, itemId: string): Promise<GuideItem | undefined>;
}

/** Answers questions about the policy in force. */
export class PolicyBook {
  readonly notice: Notice;
  readonly calendar: WorkCalendar;
  readonly #guides: GuideSource;

  constructor(law: Law, guides: GuideSource) {
    this.notice = law.notice;
    this.calendar = new WorkCalendar(law.calendars);
    this.#guides = guides;
  }

  /** An item under a guide version, or undefined. */
  async item(version: string, itemId: string): Promise<OpenedItem | undefined> {
    const [guide, item] = await Promise.all([
      this.#guides.header(version),
      this.#guides.item(version, itemId),
    ]);
    const law = lawOf(this.notice, itemId);
    return guide && item && law && { guide, item, law, districts: Object.keys(this.notice.districts) };
  }

  /**
   * An item of an application's own guide version.
   * @throws Error when the version is gone: a guide that applications were filed under is never removed.
   */
  async requireItem(version: string, itemId: string): Promise<OpenedItem> {
    const opened = await this.item(version, itemId);
    if (!opened) throw new Error(`guide ${version} has no item ${itemId}`);
    return opened;
  }

  /**
   * Items that take applications at an instant: the window is open (its closing second is outside) and the notice is in
   * force. Where several guides open one item, the latest version counts.
   */
  async openItems(at: Date): Promise<OpenedItem[]> {
    const { from, to } = this.notice.inForce;
    if (at < startOfDay(from) || at.getTime() >= startOfDay(to).getTime() + 86_400_000) return [];
    const latest = new Map<string, string>();
    for (const { version, windows } of await this.#guides.headers()) {
      for (const [id, window] of Object.entries(windows)) {
        if (at >= new Date(window.opensAt) && at < new Date(window.closesAt)) latest.set(id, version);
      }
    }
    const opened = await Promise.all([...latest].map(([id, version]) => this.item(version, id)));
    return opened.filter((item) => item !== undefined);
  }

  /** An item that takes applications at an instant, or undefined. */
  async openItem(itemId: string, at: Date): Promise<OpenedItem | undefined> {
    return (await this.openItems(at)).find((opened) => opened.item.id === itemId);
  }

  /** A pool as the latest guide that names it defines it, or undefined. */
  async pool(poolId: string): Promise<PoolDefinition | undefined> {
    return (await this.pools()).findLast((pool) => pool.id === poolId);
  }

  /** Every pool of every guide. */
  async pools(): Promise<PoolDefinition[]> {
    return (await this.#guides.headers()).flatMap((guide) => guide.pools);
  }
}

/** Id of a guide's item: the notice's, with the part behind it where the item has several. */
export function itemIdOf(item: string, part: NoticePart['id']): string {
  return part === 'all' ? item : `${item}-${part}`;
}

/** What the notice says of a guide's item, or undefined. */
export function lawOf(notice: Notice, itemId: string): LawOfItem | undefined {
  for (const item of notice.items) {
    for (const part of item.parts) {
      if (itemIdOf(item.id, part.id) === itemId) return { item, part };
    }
  }
  return undefined;
}

/** Guides held in memory. */
export function guidesInMemory(guides: readonly Guide[]): GuideSource {
  const find = (version: string) => guides.find((guide) => guide.version === version);
  return {
    headers: async () =>
      guides.map(({ items, ...header }) => ({
        ...header,
        windows: Object.fromEntries(items.map((item) => [item.id, item.window])),
      })),
    header: async (version) => {
      const guide = find(version);
      if (!guide) return undefined;
      const { items: _, ...header } = guide;
      return header;
    },
    item: async (version, itemId) => find(version)?.items.find((item) => item.id === itemId),
  };
}

/** Midnight in Shanghai, which has no daylight saving time. */
function startOfDay(date: string): Date {
  return new Date(`${date}T00:00:00+08:00`);
}

/** Reads the compiled law that stands beside the bundle; it was validated when it was compiled. */
export function readLaw(bundleUrl: string): Law & { readonly guides: readonly Guide[] } {
  return JSON.parse(readFileSync(new URL('./policy.json', bundleUrl), 'utf8'));
}

/** The policy of a bundle, with the guides that were compiled with it. */
export function readPolicyBook(bundleUrl: string): PolicyBook {
  const law = readLaw(bundleUrl);
  return new PolicyBook(law, guidesInMemory(law.guides));
}
