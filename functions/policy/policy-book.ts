import { readFileSync } from 'node:fs';
import type { Guide, GuideItem, Notice, Policy } from './schema.ts';

/** An item as its guide opens it, with what the notice says of it. */
export interface OpenedItem {
  readonly guide: Guide;
  readonly item: GuideItem;
  readonly notice: Notice['items'][number];
  /** Codes of the districts that the notice is in force in. */
  readonly districts: readonly string[];
}

/** Answers questions about the policy in force. */
export class PolicyBook {
  readonly notice: Notice;
  readonly guides: readonly Guide[];

  constructor(policy: Policy) {
    this.notice = policy.notice;
    this.guides = policy.guides;
  }

  /** An item under a guide version, or undefined. */
  item(guideVersion: string, itemId: string): OpenedItem | undefined {
    const guide = this.guides.find((candidate) => candidate.version === guideVersion);
    const item = guide?.items.find((candidate) => candidate.id === itemId);
    const notice = this.notice.items.find((candidate) => candidate.id === itemId);
    return guide && item && notice && { guide, item, notice, districts: Object.keys(this.notice.districts) };
  }

  /**
   * An item of an application's own guide version.
   * @throws Error when the version is gone: a guide that applications were filed under is never removed.
   */
  requireItem(guideVersion: string, itemId: string): OpenedItem {
    const opened = this.item(guideVersion, itemId);
    if (!opened) throw new Error(`guide ${guideVersion} has no item ${itemId}`);
    return opened;
  }

  /**
   * Items that take applications at an instant: the window is open (its closing second is outside) and the notice is in
   * force. Where several guides open one item, the latest version counts.
   */
  openItems(at: Date): OpenedItem[] {
    const { from, to } = this.notice.inForce;
    const inForce = at >= startOfDay(from) && at < new Date(startOfDay(to).getTime() + 86_400_000);
    if (!inForce) return [];
    const latest = new Map<string, OpenedItem>();
    for (const guide of this.guides) {
      for (const item of guide.items) {
        if (at < new Date(item.window.opensAt) || at >= new Date(item.window.closesAt)) continue;
        const opened = this.item(guide.version, item.id);
        if (opened) latest.set(item.id, opened);
      }
    }
    return [...latest.values()];
  }

  /** A pool as the guides define it, or undefined. */
  pool(poolId: string): Guide['pools'][number] | undefined {
    return this.guides.flatMap((guide) => guide.pools).find((pool) => pool.id === poolId);
  }

  department(id: string): Notice['departments'][number] | undefined {
    return this.notice.departments.find((department) => department.id === id);
  }
}

/** Midnight in Shanghai, which has no daylight saving time. */
function startOfDay(date: string): Date {
  return new Date(`${date}T00:00:00+08:00`);
}

/** Reads the compiled policy that stands beside the bundle; it was validated when it was compiled. */
export function readPolicyBook(bundleUrl: string): PolicyBook {
  return new PolicyBook(JSON.parse(readFileSync(new URL('./policy.json', bundleUrl), 'utf8')) as Policy);
}
