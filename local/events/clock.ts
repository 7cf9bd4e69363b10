/** Time and timers, so that schedules and retries can be tested without waiting. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after some milliseconds; gives what cancels the call. */
  after(ms: number, call: () => void): () => void;
}

/** The longest time that setTimeout takes. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    let timer: NodeJS.Timeout;
    const wait = (left: number) => {
      const step = Math.min(left, longestTimerMs);
      timer = setTimeout(() => (left > step ? wait(left - step) : call()), Math.max(0, step));
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};
