/** Shanghai has had no daylight saving time since 1991, and loading the time zones costs a cold start 20 ms. */
const shanghaiOffsetMs = 8 * 3_600_000;

/** The calendar date of an instant in China (Asia/Shanghai, the zone of every business date), `YYYY-MM-DD`. */
export function shanghaiDate(instant: Date): string {
  return new Date(instant.getTime() + shanghaiOffsetMs).toISOString().slice(0, 10);
}

/** An instant for people in sentences: date and time in China, `YYYY-MM-DD HH:mm`. */
export function shanghaiTime(instant: string): string {
  return new Date(Date.parse(instant) + shanghaiOffsetMs).toISOString().slice(0, 16).replace('T', ' ');
}
