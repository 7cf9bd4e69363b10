import { createHash } from 'node:crypto';
import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import type { Actor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { contentHash } from '../../shared/hash.ts';
import type { NewId } from '../../shared/ids.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { OrderStore } from '../orders/order-store.ts';
import { requireNoInterestIn } from '../pools/duties.ts';
import type { Concerned } from '../pools/duty-rules.ts';
import { authenticate } from './bank-signature.ts';
import { foresee } from './foresee-results.ts';
import type { PaymentStore } from './payment-store.ts';
import { readRows } from './read-rows.ts';
import { readResults } from './result-rows.ts';
import { listed, type ResultsFile, type RowChange } from './results-file.ts';
import type { ResultsStore } from './results-store.ts';

export interface ProposeResultsParts {
  readonly applications: ApplicationStore;
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly results: ResultsStore;
  readonly people: PeopleStore;
  /** See `authenticate`. */
  readonly bankKey: string;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** A file of the bank's answers: as text, as it was sent, and the bank's signature over that. */
export interface AnswersRequest {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly signature?: string | undefined;
}

/**
 * Brings the bank's answers, for a second person to confirm: they book nothing yet. The bank's signature is looked at
 * before anything is read. The same bytes are brought once, until they are decided on.
 * @throws DomainError invalid-request when the signature is not the bank's, or the file as a whole is not sound;
 * conflict-of-interest; concurrent-change.
 */
export async function proposeResults(
  parts: ProposeResultsParts,
  actor: Actor,
  { text, bytes, signature }: AnswersRequest,
): Promise<ResultsFile> {
  const authenticity = authenticate(parts.bankKey, bytes, signature);
  const { rows, faults, count } = readResults(text);
  const bytesHash = createHash('sha256').update(bytes).digest('hex');
  return decideAgainOnConflict(async () => {
    const before = await parts.results.lastOf(bytesHash);
    if (before?.status === 'proposed' || before?.status === 'confirmed') return before;
    const importId = parts.newId();
    const createdAt = parts.clock().toISOString();
    const read = await readRows(parts, importId, rows);
    const seen = foresee(read, { proposedBy: actor.id, by: actor.id, at: createdAt });
    const impartial = await requireNoInterestIn(parts.people, actor, concerned(seen.changes));
    const file: ResultsFile = {
      ...{ status: 'proposed', importId, version: 1, createdAt, proposedBy: actor.id },
      ...{ bytesHash, authenticity, rows: count, changes: [...seen.changes] },
      ...listed([...faults, ...seen.faults]),
      contentHash: contentHash({ bytesHash, changes: seen.changes }),
    };
    await parts.results.write([impartial, ...parts.results.creation(file, before, text)]);
    return file;
  });
}

/** The enterprises that rows are about. */
export function concerned(changes: readonly RowChange[]): Concerned[] {
  return changes.flatMap(({ applicationId, organisation, predecessors }) =>
    applicationId !== undefined && organisation !== undefined
      ? [{ applicationId, organisation, predecessors }]
      : [],
  );
}
