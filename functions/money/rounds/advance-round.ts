import type { ApplicationStore } from '../../filing/applications/application-store.ts';
import { systemActor } from '../../shared/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { settleContention } from '../pools/contention.ts';
import type { Round } from './round.ts';
import type { RoundStore } from './round-store.ts';

/** Applications that are read at once. */
const chunkSize = 50;

/**
 * Moves a round on as far as its awards have come: ordered when none of them waits for its order any more, closed when
 * every order is paid. What was withdrawn, found a duplicate or cancelled waits for nothing. Again, it changes nothing.
 */
export async function advanceRound(
  parts: { readonly applications: ApplicationStore; readonly rounds: RoundStore; readonly clock: Clock },
  roundId: string,
): Promise<Round['status']> {
  return settleContention(async () => {
    let round = await parts.rounds.require(roundId);
    if (round.status !== 'noticed' && round.status !== 'ordered') return round.status;
    const statuses = await awardStatuses(parts, roundId);
    const at = parts.clock().toISOString();
    const move = async (to: Round) => {
      const note = { at, actor: systemActor, event: to.status };
      await parts.rounds.write(parts.rounds.transition(round, to, note));
      round = to;
    };
    if (round.status === 'noticed') {
      if (statuses.has('allocated') || statuses.has('noticed')) return round.status;
      await move({ ...round, status: 'ordered', version: round.version + 1, orderedAt: at });
    }
    if (round.status === 'ordered' && !statuses.has('ordered')) {
      await move({ ...round, status: 'closed', version: round.version + 1, settledAt: at });
    }
    return round.status;
  });
}

async function awardStatuses(
  { applications, rounds }: { readonly applications: ApplicationStore; readonly rounds: RoundStore },
  roundId: string,
): Promise<Set<string>> {
  const committed = (await rounds.lines(roundId)).filter((line) => line.status === 'committed');
  const statuses = new Set<string>();
  for (let start = 0; start < committed.length; start += chunkSize) {
    const chunk = committed.slice(start, start + chunkSize);
    const found = await Promise.all(chunk.map(({ applicationId }) => applications.get(applicationId)));
    for (const application of found) if (application) statuses.add(application.status);
  }
  return statuses;
}
