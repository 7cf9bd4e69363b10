import { createRelay } from '../news/relay/create-relay.ts';

const relay = createRelay('events/sweep-outbox');

/** Delivers outbox messages that the stream left behind. */
export async function handler(): Promise<{ delivered: number; failed: number }> {
  return relay.sweep();
}
