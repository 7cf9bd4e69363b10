import * as z from 'zod';

/** An event as EventBridge delivers it. */
export const busEventSchema = z.object({
  version: z.literal('0'),
  id: z.string(),
  'detail-type': z.string(),
  source: z.string(),
  account: z.string(),
  time: z.string(),
  region: z.string(),
  resources: z.array(z.string()).readonly(),
  detail: z.record(z.string(), z.unknown()).readonly(),
});
