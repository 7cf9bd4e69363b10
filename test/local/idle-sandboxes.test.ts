import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleSandboxes, mostIdle } from '../../local/functions/idle-sandboxes.ts';

/** A sandbox that only notes its end. */
class FakeSandbox {
  static #count = 0;
  readonly number = ++FakeSandbox.#count;
  usable = true;
  isStopped = false;
  async stop(): Promise<void> {
    this.isStopped = true;
  }
}

const ownerOf = (ended: FakeSandbox[]) => ({ onEnd: (sandbox: FakeSandbox) => void ended.push(sandbox) });
const sandboxes = (count: number) => Array.from({ length: count }, () => new FakeSandbox());

let idle: IdleSandboxes<FakeSandbox>;
beforeEach(() => {
  vi.useFakeTimers();
  idle = new IdleSandboxes();
});
afterEach(() => {
  idle.stop();
  vi.useRealTimers();
});

test('a function gets its own sandbox back, the one that was used last', () => {
  const [mine, others] = [ownerOf([]), ownerOf([])];
  const [first, second, foreign] = [new FakeSandbox(), new FakeSandbox(), new FakeSandbox()];
  idle.put(mine, first);
  idle.put(mine, second);
  idle.put(others, foreign);
  expect([idle.take(mine), idle.take(mine), idle.take(mine)]).toEqual([second, first, undefined]);
  expect(idle.take(others)).toBe(foreign);
});

test('one that died while it waited is not given, and its owner learns of it', () => {
  const ended: FakeSandbox[] = [];
  const owner = ownerOf(ended);
  const [good, dead] = [new FakeSandbox(), new FakeSandbox()];
  idle.put(owner, good);
  idle.put(owner, dead);
  dead.usable = false;
  expect(idle.take(owner)).toBe(good);
  expect(ended).toEqual([dead]);
});

test('when too many wait, of whatever functions, those that wait longest are ended', () => {
  const ended: FakeSandbox[] = [];
  const all = sandboxes(mostIdle + 2);
  for (const sandbox of all) idle.put(ownerOf(ended), sandbox);
  expect(ended).toEqual(all.slice(0, 2));
  expect(all.map(({ isStopped }) => isStopped)).toEqual(all.map((_, index) => index < 2));
});

test('after half a minute eight are left, after ten minutes none', () => {
  const ended: FakeSandbox[] = [];
  const all = sandboxes(12);
  for (const sandbox of all) idle.put(ownerOf(ended), sandbox);
  vi.advanceTimersByTime(29_000);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(11_000);
  expect(ended).toEqual(all.slice(0, 4));
  vi.advanceTimersByTime(600_000);
  expect(ended).toHaveLength(12);
});
