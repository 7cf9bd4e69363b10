import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import type { Status } from '../../filing/applications/lifecycle.ts';
import type { Clock } from '../../shared/clock.ts';
import type { RoundId } from '../../shared/vocabulary.ts';
import { settleContention } from '../pools/contention.ts';
import type { Round } from './round.ts';
import { advanced } from './round-lifecycle.ts';
import type { RoundStore } from './round-store.ts';

/** Applications that are read at once. */
const chunkSize = 50;

/**
 * Moves a round on as far as its awards have come: ordered when none of them waits for its order any more, closed when
 * every order is paid. What was withdrawn, found a duplicate or cancelled waits for nothing. Again, it changes nothing.
 */
export async function advanceRound(
  parts: { readonly applications: ApplicationStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: RoundId,
): Promise<Round['status']> {
  return settleContention(async () => {
    let round = await parts.rounds.require(roundId);
    if (round.status !== 'noticed' && round.status !== 'ordered') return round.status;
    const statuses = await awardStatuses(parts, roundId);
    const at = parts.clock().toISOString();
    for (let step = advanced(round, statuses, at); step; step = advanced(round, statuses, at)) {
      await parts.rounds.write(parts.rounds.transition(round, step.to, step.note));
      round = parts.rounds.linked(round, step.to, step.note);
    }
    return round.status;
  });
}

async function awardStatuses(
  { applications, rounds }: { readonly applications: ApplicationStore; readonly rounds: RoundStore },
  roundId: RoundId,
): Promise<Set<Status>> {
  const committed = (await rounds.lines(roundId)).filter((line) => line.status === 'committed');
  const statuses = new Set<Status>();
  for (let start = 0; start < committed.length; start += chunkSize) {
    const chunk = committed.slice(start, start + chunkSize);
    const found = await Promise.all(chunk.map(({ applicationId }) => applications.get(applicationId)));
    for (const application of found) if (application) statuses.add(application.status);
  }
  return statuses;
}
