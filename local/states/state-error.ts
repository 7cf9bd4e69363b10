interface Nature {
  /** Whether nothing but its own name covers it: the output of a state, not of a task, is too large. */
  readonly terminal?: boolean;
  /** Whether it is a time-out for want of a heartbeat. */
  readonly heartbeat?: boolean;
}

/** An error of the Amazon States Language: what Retry and Catch match by name. */
export class StateError extends Error {
  /** Undefined where nobody named it: a bare Fail state, a failure sent without an error. */
  readonly error: string | undefined;
  readonly reason: string | undefined;
  readonly terminal: boolean;
  readonly heartbeat: boolean;

  constructor(error: string | undefined, reason?: string, { terminal, heartbeat }: Nature = {}) {
    super(`${error ?? ''}: ${reason ?? ''}`);
    this.name = 'StateError';
    this.error = error;
    this.reason = reason;
    this.terminal = terminal ?? false;
    this.heartbeat = heartbeat ?? false;
  }

  /** Error and cause as the history has them: what is not there, or says nothing, is left out. */
  get details(): { error?: string; cause?: string } {
    return {
      ...(this.error === undefined ? {} : { error: this.error }),
      ...(this.reason ? { cause: this.reason } : {}),
    };
  }
}

/** A mistake in data flow (a path that leads nowhere, a wrong type): it ends the execution, nothing catches it. */
export function runtimeError(reason: string): StateError {
  return new StateError('States.Runtime', reason);
}

const timeouts = new Set<string | undefined>(['States.Timeout', 'States.HeartbeatTimeout']);

/** Whether a Retry's or Catch's ErrorEquals list covers an error raised by a state of the given type. */
export function coversError(errorEquals: readonly string[], fault: StateError, stateType: string): boolean {
  const { error, terminal, heartbeat } = fault;
  // Named or not, States.Runtime always fails the execution.
  if (error === 'States.Runtime') return false;
  return errorEquals.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return !terminal;
    if (name === 'States.TaskFailed') return stateType === 'Task' && !timeouts.has(error) && !terminal;
    // The history calls both a time-out; only Retry and Catch tell them apart.
    if (name === 'States.HeartbeatTimeout') return heartbeat;
    return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
  });
}
