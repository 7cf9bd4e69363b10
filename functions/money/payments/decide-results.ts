import type { BankAccountStore } from '../../filing/bank-accounts/bank-account-store.ts';
import type { PeopleStore } from '../../people/people-store.ts';
import { type Actor, systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { DomainError } from '../../shared/errors.ts';
import { tellSecurity } from '../../shared/log.ts';
import { decideAgainOnConflict } from '../../shared/retry.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import { requireNoInterestIn } from '../pools/duties.ts';
import { advanceRound } from '../rounds/advance-round.ts';
import type { RoundStore } from '../rounds/round-store.ts';
import { book } from './booking-decision.ts';
import { type BookingParts, bookingWrites, holdWrites, returnWrites } from './booking-writes.ts';
import { concerned } from './propose-results.ts';
import { readRows } from './read-rows.ts';
import { type ResultRow, readResults } from './result-rows.ts';
import {
  decidedResults,
  listed,
  type ResultsDecision,
  type ResultsFile,
  type ResultsFileIn,
  type RowFault,
  requireResultsDecidable,
} from './results-file.ts';
import type { ResultsStore } from './results-store.ts';

export interface DecideResultsParts extends BookingParts {
  readonly results: ResultsStore;
  readonly rounds: RoundStore;
  readonly people: PeopleStore;
  readonly accounts: BankAccountStore;
  readonly clock: Clock;
}

/** Rows that one transaction books: at most thirteen items each, within 100. */
const rowsPerTransaction = 7;

/**
 * Takes the second person's decision on the bank's answers, which they name by the hash of the bytes and of what they
 * change; confirmed, they are booked as they were shown. Bad rows, and those about a payment that has changed since, are
 * left out and reported: the file can be brought again, since a row that is known by its payment and the bank's reference
 * changes nothing. Each batch is one transaction, so what broke off is ended by confirming it again.
 * @throws DomainError not-found; same-person for whoever brought them; version-mismatch for other bytes or changes;
 * not-in-this-state when somebody decided otherwise; conflict-of-interest; concurrent-change when others keep coming
 * between.
 */
export async function decideResults(
  parts: DecideResultsParts,
  actor: Actor,
  importId: ImportId,
  decision: ResultsDecision,
): Promise<ResultsFile> {
  if (!actor.roles.includes('budget-approver')) throw new DomainError('forbidden');
  const decided = await decideAgainOnConflict(async () => {
    const file = requireResultsDecidable(await parts.results.require(importId), decision, actor.id);
    if (file.status !== 'proposed') return file;
    const impartial = await requireNoInterestIn(parts.people, actor, concerned(file.changes));
    const by = { by: actor.id, at: parts.clock().toISOString() };
    const { to, note } = decidedResults(file, decision, by);
    await parts.results.write([impartial, ...parts.results.transition(file, to, note)]);
    return to;
  });
  return decided.status === 'confirmed' ? bookResults(parts, decided) : decided;
}

/** Books what was confirmed to its end. */
async function bookResults(
  parts: DecideResultsParts,
  file: ResultsFileIn<'confirmed'>,
): Promise<ResultsFile> {
  const { rows, faults } = readResults(await parts.results.text(file.importId));
  const found: RowFault[] = [...faults];
  const counts = { imported: 0, held: 0, unchanged: 0 };
  const rounds = new Set<string>();
  for (let next = 0; next < rows.length; ) {
    const batch = rows.slice(next, next + rowsPerTransaction);
    const done = await decideAgainOnConflict(() => bookBatch(parts, file, batch));
    next += done.taken;
    const unchanged = done.changes.filter(({ kind }) => kind === 'unchanged').length;
    counts.imported += done.bookings.length + done.own;
    counts.held += done.changes.filter(({ kind }) => kind === 'held').length;
    counts.unchanged += unchanged - done.own;
    found.push(...done.faults);
    for (const roundId of done.rounds) rounds.add(roundId);
  }
  // Also for rows that were known: the run that booked them may have stopped before it came here.
  for (const roundId of rounds) await advanceRound(parts, roundId);
  const report = { ...counts, ...listed(found) };
  return decideAgainOnConflict(() => ended(parts, file.importId, report));
}

/** Answers that are booked to their end, unless somebody else who confirmed them again has come to it before. */
async function ended(
  { results, clock }: DecideResultsParts,
  importId: ImportId,
  report: ResultsFileIn<'booked'>['report'],
): Promise<ResultsFile> {
  const file = await results.require(importId);
  if (file.status !== 'confirmed') return file;
  const to: ResultsFile = { ...file, status: 'booked', version: file.version + 1, report };
  const note = { at: clock().toISOString(), actor: systemActor, event: 'booked' } as const;
  await results.write(results.transition(file, to, note));
  return to;
}

/** Books the first rows of a batch in one transaction, as long as they are confirmed. */
async function bookBatch(
  parts: DecideResultsParts,
  file: ResultsFileIn<'confirmed'>,
  batch: readonly ResultRow[],
) {
  const { importId, proposedBy, decision } = file;
  const shown = new Map(file.changes.map((change) => [change.row, change]));
  const read = (await readRows(parts, importId, batch)).map((one) => ({
    ...one,
    shown: shown.get(one.row.row),
  }));
  const at = parts.clock().toISOString();
  const booked = book(read, { proposedBy, by: decision.by, at });
  const { bookings, holds } = booked;
  if (bookings.length + holds.length === 0) return booked;
  await parts.payments.write([
    ...(await bookingWrites(parts, bookings)),
    ...bookings.map(({ result }) => parts.payments.keepResult({ ...result, importId }, decision.by, at)),
    ...holds.flatMap((hold) => holdWrites(parts, hold)),
    ...(await returnWrites(parts, bookings)),
  ]);
  const returned = bookings.filter(({ payment }) => payment.status === 'returned').length;
  if (returned > 0)
    tellSecurity('payment-returned', { import: importId, payments: returned, by: decision.by });
  return booked;
}
