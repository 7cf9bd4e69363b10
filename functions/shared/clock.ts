/** Gives the present instant. A port: domain code never reads the machine's clock by itself. */
export type Clock = () => Date;

/** The machine's clock. */
export const systemClock: Clock = () => new Date();

/** The calendar date of an instant in China (Asia/Shanghai, the zone of every business date), `YYYY-MM-DD`. */
export function shanghaiDate(instant: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(instant);
}
