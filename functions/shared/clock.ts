import { shanghaiDate } from './shanghai-date.ts';

/** Gives the present instant. A port: domain code never reads the machine's clock by itself. */
export type Clock = () => Date;

/** The machine's clock. */
export const systemClock: Clock = () => new Date();

/** The year of the calendar in China. */
export function currentYear(clock: Clock): number {
  return Number(shanghaiDate(clock()).slice(0, 4));
}
