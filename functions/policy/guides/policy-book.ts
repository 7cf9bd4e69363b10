import { DomainError } from '../../shared/errors.ts';
import { quoted } from '../../shared/text.ts';
import type { PoolId } from '../../shared/vocabulary.ts';
import type { Calendar } from '../calendar/calendar-schema.ts';
import { WorkCalendar } from '../calendar/work-calendar.ts';
import { itemIdOf } from '../notice/item-id.ts';
import type { Notice, NoticePart } from '../notice/notice-schema.ts';
import type { Retention } from '../retention/retention-schema.ts';
import type { Guide, GuideItem, PoolDefinition } from './guide-schema.ts';
import type { Matching } from './schema.ts';

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

/** When an item takes applications, and under which guide version. */
export interface GuideWindow {
  readonly guide: string;
  readonly window: GuideItem['window'];
}

/** A published guide without its items, with the windows of its items by their ids. */
export type ListedGuide = GuideHeader & { readonly windows: Readonly<Record<string, GuideItem['window']>> };

/** A published guide and from when it counts. */
export type EffectiveGuide = Pick<Guide, 'version' | 'year'> & { readonly effectiveFrom: string };

/** The law that comes with the code: the notice's catalogue, the calendar, when names are alike, and how long data are kept. */
export interface Law {
  readonly notice: Notice;
  readonly matching: Matching;
  readonly retention: Retention;
  readonly calendars: readonly Calendar[];
}

/** Where published guides are kept. A version never changes once it is there. */
export interface GuideSource {
  /** Every guide that counts by now, without its items, lowest version first (`compareVersions`). */
  headers(): Promise<readonly ListedGuide[]>;
  /** A guide without its items, or undefined. */
  header(version: string): Promise<GuideHeader | undefined>;
  /** An item of a guide version, or undefined. */
  item(version: string, itemId: string): Promise<GuideItem | undefined>;
}

/** Answers questions about the policy in force. */
export class PolicyBook {
  readonly notice: Notice;
  readonly calendar: WorkCalendar;
  readonly retention: Retention;
  readonly #guides: GuideSource;

  constructor(law: Law, guides: GuideSource) {
    this.notice = law.notice;
    this.calendar = new WorkCalendar(law.calendars);
    this.retention = law.retention;
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
   * Items that take applications at an instant: each by the latest version of a year's guide that has it, which may close
   * what an earlier one has opened; where guides of several years open one item, the latest year counts.
   */
  async openItems(at: Date): Promise<OpenedItem[]> {
    const windows = await this.openWindows(at);
    const opened = await Promise.all([...windows].map(([id, { guide }]) => this.item(guide, id)));
    // A table keeps no order of its items: people find them where the notice has them.
    const order = this.notice.items.flatMap(({ id, parts }) => parts.map((part) => itemIdOf(id, part.id)));
    return opened
      .filter((item) => item !== undefined)
      .sort((a, b) => order.indexOf(a.item.id) - order.indexOf(b.item.id));
  }

  /** An item that takes applications at an instant, or undefined. */
  async openItem(itemId: string, at: Date): Promise<OpenedItem | undefined> {
    const open = (await this.openWindows(at)).get(itemId);
    return open && this.item(open.guide, itemId);
  }

  /** An item that takes applications at an instant. @throws DomainError item-not-open, with the items that do. */
  async requireOpenItem(itemId: string, at: Date): Promise<OpenedItem> {
    const open = await this.openItems(at);
    const opened = open.find(({ item }) => item.id === itemId);
    if (opened) return opened;
    const known = quoted(open.length > 0 ? open.map(({ item }) => item.id) : ['–']);
    throw new DomainError('item-not-open', {
      detail: {
        zh: `事项“${itemId}”目前不受理申报；可申报：${known.zh}`,
        en: `"${itemId}" takes no applications now; open: ${known.en}`,
      },
      faults: [
        {
          path: 'item',
          rule: 'open-item',
          message: { zh: '不在受理期内', en: 'outside its window' },
          citation: '三(三)',
        },
      ],
    });
  }

  /**
   * Windows that are open at an instant, by item: its closing second is outside, and the notice has to be in force.
   */
  async openWindows(at: Date): Promise<ReadonlyMap<string, GuideWindow>> {
    if (!this.isInForce(at)) return new Map();
    return this.#windows(({ opensAt, closesAt }) => at >= new Date(opensAt) && at < new Date(closesAt));
  }

  /** Whether the notice is in force at an instant: on its last day, it is. */
  isInForce(at: Date): boolean {
    const { from, to } = this.notice.inForce;
    return at >= startOfDay(from) && at.getTime() < startOfDay(to).getTime() + 86_400_000;
  }

  /** The window of each item in the latest year's guide that has it, in its latest version, open or not. */
  async latestWindows(): Promise<ReadonlyMap<string, GuideWindow>> {
    return this.#windows(() => true);
  }

  async #windows(counts: (window: GuideItem['window']) => boolean): Promise<Map<string, GuideWindow>> {
    const ofYears = new Map<number, Map<string, GuideWindow>>();
    // They are listed in the order of versions: the last of a year that has an item is what the item goes by.
    for (const { year, version, windows } of await this.#guides.headers()) {
      const ofYear = ofYears.get(year) ?? new Map<string, GuideWindow>();
      for (const [id, window] of Object.entries(windows)) ofYear.set(id, { guide: version, window });
      ofYears.set(year, ofYear);
    }
    const latest = new Map<string, GuideWindow>();
    const counting = [...ofYears.values()]
      .flatMap((ofYear) => [...ofYear])
      .filter(([, opened]) => counts(opened.window));
    for (const [id, opened] of counting.sort(([, a], [, b]) => compareVersions(a.guide, b.guide))) {
      latest.set(id, opened);
    }
    return latest;
  }

  /** When an account that is confirmed now takes effect, by the latest guide or the days beside the notice. @throws CalendarMissingError */
  async accountCooledOff(now: Date): Promise<Date> {
    const latest = (await this.#guides.headers()).at(-1);
    const period = latest?.accountCoolingOff ?? this.notice.accounts.coolingOff;
    return 'seconds' in period
      ? new Date(now.getTime() + period.seconds * 1000)
      : this.calendar.endOf(now, period);
  }

  /** A pool as the latest guide that names it defines it, or undefined. */
  async pool(poolId: PoolId): Promise<PoolDefinition | undefined> {
    return (await this.pools()).findLast((pool) => pool.id === poolId);
  }

  /** A pool as one guide version defines it, or undefined. */
  async poolIn(version: string, poolId: PoolId): Promise<PoolDefinition | undefined> {
    return (await this.#guides.header(version))?.pools.find((pool) => pool.id === poolId);
  }

  /** Every pool of every guide. */
  async pools(): Promise<PoolDefinition[]> {
    return (await this.#guides.headers()).flatMap((guide) => guide.pools);
  }
}

/** What the notice says of a guide's item, or undefined. */
export function lawOf(notice: Pick<Notice, 'items'>, itemId: string): LawOfItem | undefined {
  for (const item of notice.items) {
    for (const part of item.parts) {
      if (itemIdOf(item.id, part.id) === itemId) return { item, part };
    }
  }
  return undefined;
}

/** Orders guide versions as people count: 2026.2 before 2026.10, 2026.10 before 2027.1. */
export function compareVersions(a: string, b: string): number {
  const sortable = (version: string) => version.replace(/\d+/g, (digits) => digits.padStart(12, '0'));
  const [left, right] = [sortable(a), sortable(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** A guide without its items, with the windows of its items. */
export function listedGuide({ items, ...header }: Guide): ListedGuide {
  return { ...header, windows: Object.fromEntries(items.map((item) => [item.id, item.window])) };
}

/** Guides held in memory. */
export function guidesInMemory(guides: readonly Guide[]): GuideSource {
  const find = (version: string) => guides.find((guide) => guide.version === version);
  const listed = guides.map(listedGuide).sort((a, b) => compareVersions(a.version, b.version));
  return {
    headers: async () => listed,
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
