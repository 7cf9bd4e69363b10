import type { HttpApi, Limit } from './definition.ts';

/** Limits of the routes as API Gateway has them: of each a bucket that fills up again, and no route takes of another's. */
export class RouteLimits {
  readonly #api: Pick<HttpApi, 'limit' | 'limits'>;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  /** @param now milliseconds of a clock that only goes forward. */
  constructor(api: Pick<HttpApi, 'limit' | 'limits'>, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  /** Whether a route takes one more request now. */
  takes(key: string): boolean {
    const limit: Limit | undefined = this.#api.limits[key] ?? this.#api.limit;
    if (!limit) return true;
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = limit;
    const now = this.#now();
    const before = this.#buckets.get(key) ?? { left: burst, at: now };
    const left = Math.min(burst, before.left + ((now - before.at) / 1000) * rate);
    const isTaken = left >= 1;
    this.#buckets.set(key, { left: isTaken ? left - 1 : left, at: now });
    return isTaken;
  }
}
