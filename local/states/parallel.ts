import type { Flow, MapState, ParallelState } from './definition.ts';
import type { Json, JsonObject } from './json.ts';
import { readAt } from './paths.ts';
import { runtimeError, StateError } from './state-error.ts';
import { fillTemplate } from './templates.ts';
import { type Branch, contextOf, limitedText, type Visit } from './visit.ts';

/** Runs the flow of a branch or an iteration. */
type RunFlow = (branch: Branch, flow: Flow, input: Json) => Promise<Json>;

/** Step Functions' own bound for inline maps without MaxConcurrency. */
const defaultConcurrency = 40;

/**
 * Runs several flows at once inside one state; the first failure ends the others and fails the state.
 * A failure that the journal has is raised again without running anything.
 */
async function runTogether(
  visit: Visit,
  key: string,
  type: 'Map' | 'Parallel',
  run: (scope: Branch['scope']) => Promise<Json>,
): Promise<Json> {
  const { execution, chain } = visit;
  const failed = execution.event(key, 'ended');
  if (failed?.type === `${type}StateFailed`) {
    chain.last = failed.id;
    const { error, cause, terminal } = failed.extra ?? {};
    throw new StateError(
      typeof error === 'string' ? error : undefined,
      typeof cause === 'string' ? cause : undefined,
      { terminal: terminal === true },
    );
  }
  const { scope, leave } = visit.scope.child();
  try {
    const result = await run(scope);
    limitedText(result, visit.name);
    execution.emit(chain, key, 'ended', `${type}StateSucceeded`);
    return result;
  } catch (error) {
    if (error instanceof StateError) {
      const { terminal } = error;
      const extra = {
        error: error.error ?? null,
        cause: error.reason ?? null,
        ...(terminal && { terminal }),
      };
      execution.emit(chain, key, 'ended', `${type}StateFailed`, undefined, extra);
    }
    scope.abort();
    throw error;
  } finally {
    leave();
  }
}

function branchOf(visit: Visit, scope: Branch['scope'], path: string, map = visit.map): Branch {
  const { runtime, execution } = visit;
  const chain = { last: visit.chain.last };
  return { runtime, execution, scope, path, chain, ...(map === undefined ? {} : { map }) };
}

/** One attempt of a Parallel state: the outputs of its branches in their order. */
export function runParallel(
  visit: Visit,
  state: ParallelState,
  key: string,
  retryCount: number,
  input: Json,
  runFlow: RunFlow,
): Promise<Json> {
  return runTogether(visit, key, 'Parallel', (scope) => {
    const given = fillTemplate(state.Parameters ?? input, input, contextOf(visit, retryCount));
    visit.execution.emit(visit.chain, key, 'started', 'ParallelStateStarted');
    return Promise.all(
      state.Branches.map((branch, i) => runFlow(branchOf(visit, scope, `${key}{${i}}/`), branch, given)),
    );
  });
}

async function iterate(
  iteration: Branch,
  name: string,
  index: number,
  run: () => Promise<Json>,
): Promise<Json> {
  const { execution, chain, path } = iteration;
  execution.emit(chain, path, 'started', 'MapIterationStarted', { name, index });
  try {
    const output = await run();
    execution.emit(chain, path, 'ended', 'MapIterationSucceeded', { name, index });
    return output;
  } catch (error) {
    if (error instanceof StateError) {
      execution.emit(chain, path, 'ended', 'MapIterationFailed', { name, index });
    }
    throw error;
  }
}

function concurrencyOf(state: MapState, input: Json, context: JsonObject): number {
  if (state.MaxConcurrencyPath === undefined) return state.MaxConcurrency || defaultConcurrency;
  const given = readAt(state.MaxConcurrencyPath, 'MaxConcurrencyPath', input, context);
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0) return given || defaultConcurrency;
  throw runtimeError(
    `The MaxConcurrencyPath field refers to value "${typeof given === 'string' ? given : JSON.stringify(given)}" which is not a valid integer: ${state.MaxConcurrencyPath}`,
  );
}

/** One attempt of a Map state: the outputs of its iterations in the order of the items. */
export function runMap(
  visit: Visit,
  state: MapState,
  key: string,
  retryCount: number,
  input: Json,
  runFlow: RunFlow,
): Promise<Json> {
  return runTogether(visit, key, 'Map', async (scope) => {
    const context = contextOf(visit, retryCount);
    const items = readAt(state.ItemsPath ?? '$', 'ItemsPath', input, context);
    if (!Array.isArray(items)) {
      throw runtimeError(`Reference path "${state.ItemsPath ?? '$'}" must point to array.`);
    }
    const concurrency = Math.min(concurrencyOf(state, input, context), items.length);
    visit.execution.emit(visit.chain, key, 'started', 'MapStateStarted', { length: items.length });
    const outputs: Json[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < items.length) {
        const index = next++;
        const map: JsonObject = { Item: { Index: index, Value: items[index] ?? null } };
        const given =
          state.ItemSelector === undefined
            ? (items[index] ?? null)
            : fillTemplate(state.ItemSelector, input, { ...context, Map: map });
        const iteration = branchOf(visit, scope, `${key}[${index}]/`, map);
        outputs[index] = await iterate(iteration, visit.name, index, () =>
          runFlow(iteration, state.ItemProcessor, given),
        );
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return outputs;
  });
}
