import type { EventRecord } from './journal.ts';
import type { Json, JsonObject } from './json.ts';

/** The member of an event that holds its details, e.g. stateEnteredEventDetails for TaskStateEntered. */
function detailsMember(type: string): string {
  const state = /State(Entered|Exited)$/.exec(type);
  if (state !== null) return `state${state[1]}EventDetails`;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** Seconds since the epoch, as AWS JSON writes times. */
export function secondsOf(ms: number): number {
  return ms / 1000;
}

/** An event as GetExecutionHistory gives it. */
export function historyEvent(event: EventRecord): JsonObject {
  const details: Json | undefined = event.details;
  return {
    id: event.id,
    previousEventId: event.previous,
    timestamp: secondsOf(event.at),
    type: event.type,
    ...(details === undefined ? {} : { [detailsMember(event.type)]: details }),
  };
}
