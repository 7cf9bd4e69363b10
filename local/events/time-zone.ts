/** A wall-clock time; months count from 1. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Converts between instants and the wall clock of one place. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** @param name of the IANA database, such as Asia/Shanghai. Throws when there is no such zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** @param ms since 1970 */
  localTime(ms: number): LocalTime {
    const parts = new Map(this.#format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    return {
      year: part('year'),
      month: part('month'),
      day: part('day'),
      hour: part('hour'),
      minute: part('minute'),
      second: part('second'),
    };
  }

  /** Milliseconds since 1970; a time that the clock skips in spring is moved by the skipped hour. */
  instant(time: LocalTime): number {
    const asUtc = utc(time);
    const guess = asUtc - this.#offset(asUtc);
    return asUtc - this.#offset(guess);
  }

  #offset(ms: number): number {
    return utc(this.localTime(ms)) - Math.floor(ms / 1_000) * 1_000;
  }
}

function utc({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
