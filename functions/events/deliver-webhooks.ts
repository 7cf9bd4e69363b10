import { readEnvironment } from '../shared/environment.ts';
import { createAttemptParts } from '../webhooks/create-attempt-parts.ts';
import { deliverDue } from '../webhooks/deliver-due.ts';

const parts = createAttemptParts(readEnvironment('events/deliver-webhooks'));

/** Makes the attempts at webhooks that are due. */
export async function handler(): Promise<Awaited<ReturnType<typeof deliverDue>>> {
  return deliverDue(parts);
}
