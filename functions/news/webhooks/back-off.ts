const minuteMs = 60_000;

/** Pauses after the first attempt, the second and so on: three times as long each, six hours at most, a day in all. */
const pauses = [1, 3, 9, 27, 81, 243, 360, 360, 360].map((minutes) => minutes * minuteMs);

/** Attempts before a delivery is dead: the first and one after each pause. */
export const attemptLimit = pauses.length + 1;

/** The longest wait that a receiver may ask for by Retry-After. */
const longestPauseMs = Math.max(...pauses);

/** A number from 0 up to 1. A port, so that tests know the jitter. */
export type Random = () => number;

/**
 * Milliseconds until the next attempt, up to a tenth more or less than planned, so that what failed together does not
 * come back together; undefined when there is none.
 * @param attempts how many were made, from 1
 * @param askedForMs what the receiver asked for: it is waited for at least, as long as it is no more than six hours
 */
export function pauseAfter(attempts: number, random: Random, askedForMs = 0): number | undefined {
  const planned = pauses[attempts - 1];
  if (planned === undefined) return undefined;
  const jittered = Math.round(planned * (0.9 + 0.2 * random()));
  return Math.max(jittered, Math.min(askedForMs, longestPauseMs));
}
