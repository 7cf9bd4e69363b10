import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  FunctionInvoker,
  InvocationResult,
  ResolvedProperties,
  ServiceOptions,
} from '../../local/contracts.ts';

export interface TestOptions extends ServiceOptions {
  /** What was logged. */
  readonly lines: string[];
  removeData(): void;
}

/** Options of an embedded service with a data dir of its own. */
export function testOptions(dataDir = mkdtempSync(join(tmpdir(), 'embedded-cloud-'))): TestOptions {
  const lines: string[] = [];
  return {
    dataDir,
    account: '000000000000',
    region: 'cn-north-1',
    partition: 'aws-cn',
    log: (line) => lines.push(line),
    lines,
    removeData: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Waits for a condition; the test's own time-out ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}

export interface Invocation {
  readonly functionName: string;
  readonly payload: ResolvedProperties;
}

/** An invoker that notes every call and answers with what the given function gives or throws. */
export function recordingInvoker(
  answer: (payload: ResolvedProperties, call: number) => unknown = () => null,
): FunctionInvoker & { readonly calls: Invocation[] } {
  const calls: Invocation[] = [];
  return {
    calls,
    async invoke(functionName, payload): Promise<InvocationResult> {
      // Every payload in these tests is an object.
      const object = payload as ResolvedProperties;
      calls.push({ functionName, payload: object });
      try {
        return { payload: await answer(object, calls.length) };
      } catch (fault) {
        return { payload: { errorType: 'Error', errorMessage: String(fault) }, functionError: 'Unhandled' };
      }
    },
  };
}
