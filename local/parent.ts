/** Between looks at the parent: nobody waits for a process to be gone more closely than that. */
const lookMs = 250;

/**
 * Calls back once when the process that started this one is gone. npm hands a signal to the shell that it runs a script
 * in, and many shells end by it without handing it on. Only under npm: elsewhere a program may be meant to outlive its
 * starter.
 */
export function onceParentIsGone(act: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, lookMs).unref();
}
