import type { Content } from '../../filing/applications/content.ts';
import { places } from './trace.ts';
import type { TraceStore } from './trace-store.ts';

/** Credit codes that are followed: each may become a claim, and a transaction takes a hundred writes. */
const followedAtMost = 20;

/**
 * Adds the predecessors of predecessors, as far as those enterprises have named them in applications of their own. What
 * was paid before two mergers was paid for the same matter too. Circles end where they began.
 */
export async function withEarlierPredecessors(
  traces: Pick<TraceStore, 'find'>,
  content: Content,
): Promise<Content> {
  const { enterprise } = content;
  const followed = new Set([enterprise.uscc, ...enterprise.predecessors]);
  // A set is walked to its end, what is added on the way included.
  for (const code of followed) {
    if (code === enterprise.uscc) continue;
    for (const { organisation, predecessors } of await traces.find(places.enterprise(code), '')) {
      // Of others' statements about it, nobody has to be held to them.
      if (organisation !== code) continue;
      for (const earlier of predecessors) if (followed.size <= followedAtMost) followed.add(earlier);
    }
  }
  const [, ...predecessors] = followed;
  return { ...content, enterprise: { ...enterprise, predecessors } };
}
