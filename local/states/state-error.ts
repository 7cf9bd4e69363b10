/** An error of the Amazon States Language: what Retry and Catch match by name. */
export class StateError extends Error {
  readonly error: string;
  readonly reason: string;

  constructor(error: string, reason = '') {
    super(`${error}: ${reason}`);
    this.name = 'StateError';
    this.error = error;
    this.reason = reason;
  }
}

/** A mistake in data flow (a path that leads nowhere, a wrong type): it ends the execution, nothing catches it. */
export function runtimeError(reason: string): StateError {
  return new StateError('States.Runtime', reason);
}

const uncatchable = new Set(['States.Runtime', 'States.DataLimitExceeded']);
const timeouts = new Set(['States.Timeout', 'States.HeartbeatTimeout']);

/** Whether a Retry's or Catch's ErrorEquals list covers an error raised by a state of the given type. */
export function coversError(errorEquals: readonly string[], error: string, stateType: string): boolean {
  // Named or not, States.Runtime always fails the execution.
  if (error === 'States.Runtime') return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return !uncatchable.has(error);
    if (name === 'States.TaskFailed') {
      return stateType === 'Task' && !timeouts.has(error) && !uncatchable.has(error);
    }
    return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
  });
}
