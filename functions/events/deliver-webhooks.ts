import { createAttemptParts } from '../news/webhooks/create-attempt-parts.ts';
import { deliverWebhooks } from '../news/webhooks/deliver-webhooks.ts';
import { readEnvironment } from '../shared/environment.ts';

const parts = createAttemptParts(readEnvironment('events/deliver-webhooks'));

/** Makes the attempts at webhooks that are due. */
export async function handler(): Promise<Awaited<ReturnType<typeof deliverWebhooks>>> {
  return deliverWebhooks(parts);
}
