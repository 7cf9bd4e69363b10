import { ActorReferenceSchema } from '../../shared/actor.ts';
import { HistoryRowSchema } from './history-row.ts';

/** What applicants see of a row: which role acted, not who; reasons given to them, not what departments note down. */
export const ShownHistoryRowSchema = HistoryRowSchema.omit({
  actor: true,
  basisHash: true,
  previous: true,
  hash: true,
}).extend({ role: ActorReferenceSchema.shape.role });
