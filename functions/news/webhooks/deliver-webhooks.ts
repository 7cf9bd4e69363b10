import { type AttemptOutcome, type AttemptParts, attemptDelivery } from './attempt-delivery.ts';

/** How long a run begins attempts; the last ones end within their time-out after that. */
const beginsForMs = 35_000;

/** Attempts at one receiver side by side. */
const lanes = 4;

/** Failures of a receiver in a row after which a run leaves it in peace. */
const patience = 3;

/**
 * Makes the attempts that are due. Each receiver has lanes of its own, so that a slow or dead one with a long queue
 * keeps nobody else waiting; what a run does not come to is still due for the next.
 * @returns how many attempts ended how.
 */
export async function deliverWebhooks(parts: AttemptParts): Promise<Record<AttemptOutcome, number>> {
  const startedAt = parts.clock().getTime();
  const counts = { delivered: 0, failed: 0, dead: 0, cancelled: 0, taken: 0 };
  // All of them, since the oldest may all belong to the one receiver that is down; a key has a hundred bytes.
  const queues = new Map<string, string[]>();
  for await (const { subscriptionId, deliveryId } of parts.deliveries.due(parts.clock())) {
    const queue = queues.get(subscriptionId);
    if (queue) queue.push(deliveryId);
    else queues.set(subscriptionId, [deliveryId]);
  }

  async function serve(subscriptionId: string, queue: readonly string[]): Promise<void> {
    const waiting = queue.values();
    let failures = 0;
    async function lane(): Promise<void> {
      for (const deliveryId of waiting) {
        if (failures >= patience || parts.clock().getTime() - startedAt > beginsForMs) return;
        const outcome = await attemptDelivery(parts, { subscriptionId, deliveryId });
        counts[outcome] += 1;
        if (outcome === 'delivered') failures = 0;
        if (outcome === 'failed' || outcome === 'dead') failures += 1;
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  // One receiver's fault in our tables is not another's: all run to their end before the run fails.
  const ends = await Promise.allSettled([...queues].map(([id, queue]) => serve(id, queue)));
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
  return counts;
}
