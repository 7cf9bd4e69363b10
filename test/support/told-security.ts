import { onTestFinished, vi } from 'vitest';

/** From now on until the test ends, what is told of security, by its messages. */
export function toldSecurity(): () => string[] {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  onTestFinished(() => warned.mockRestore());
  return () =>
    warned.mock.calls
      .map(([line]) => String(Object(line).message))
      .filter((message) => message.startsWith('security.'));
}
