import { GuideEntrySchema } from '../../functions/contracts/operator.ts';
import { sendToApi, type Target } from './api-call.ts';

/**
 * Publishes a guide in the form of its file, as an operator.
 * @throws OpsError with everything the API has against it, or when nothing answers.
 */
export async function publish(document: unknown, target: Target) {
  return GuideEntrySchema.parse(await sendToApi(target, '/v1/guides', document));
}
