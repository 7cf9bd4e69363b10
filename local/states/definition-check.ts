import { instantOf, ruleFaults } from './choice.ts';
import {
  type Definition,
  type DefinitionFault,
  type Flow,
  parseDefinition,
  type State,
} from './definition.ts';
import { isObject } from './json.ts';
import { compilePath, isReferencePath } from './paths.ts';
import { checkTemplate } from './templates.ts';

/** How a Task state reaches its function. */
export type TaskPattern = 'invoke' | 'invoke.waitForTaskToken' | 'function';

/** The pattern of a Task's resource, undefined for a resource that we do not run. */
export function taskPatternOf(resource: string, partition: string): TaskPattern | undefined {
  const integration = `arn:${partition}:states:::lambda:`;
  if (resource === `${integration}invoke`) return 'invoke';
  if (resource === `${integration}invoke.waitForTaskToken`) return 'invoke.waitForTaskToken';
  return resource.startsWith(`arn:${partition}:lambda:`) && /:function:[\w-]+(:[\w$-]+)?$/.test(resource)
    ? 'function'
    : undefined;
}

/** Every state a state can lead to, with the field that says so. */
export function targetsOf(state: State): readonly { readonly field: string; readonly target: string }[] {
  const targets: { field: string; target: string }[] = [];
  if ('Next' in state && state.Next !== undefined) targets.push({ field: 'Next', target: state.Next });
  if ('Catch' in state) {
    state.Catch?.forEach((one, i) => {
      targets.push({ field: `Catch.${i}.Next`, target: one.Next });
    });
  }
  if (state.Type === 'Choice') {
    state.Choices.forEach((rule, i) => {
      targets.push({ field: `Choices.${i}.Next`, target: String(rule['Next']) });
    });
    if (state.Default !== undefined) targets.push({ field: 'Default', target: state.Default });
  }
  return targets;
}

/** The flows inside a state: a Parallel's branches, a Map's processor. */
export function flowsOf(state: State): readonly Flow[] {
  if (state.Type === 'Parallel') return state.Branches;
  return state.Type === 'Map' ? [state.ItemProcessor] : [];
}

type Report = (field: string, fault: string) => void;

function checkPaths(state: State, report: Report): void {
  for (const [field, value] of Object.entries(state)) {
    if (!field.endsWith('Path') || typeof value !== 'string') continue;
    try {
      const path = compilePath(value);
      if (field === 'ResultPath' && !isReferencePath(path))
        report(field, `"${value}" must lead to one place`);
    } catch (error) {
      report(field, String(error instanceof Error ? error.message : error));
    }
  }
}

function checkTask(state: Extract<State, { Type: 'Task' }>, partition: string, report: Report): void {
  const pattern = taskPatternOf(state.Resource, partition);
  if (pattern === undefined) report('Resource', `${state.Resource} is not supported`);
  if (pattern === undefined || pattern === 'function') return;
  const parameters = isObject(state.Parameters) ? state.Parameters : {};
  if (!('FunctionName' in parameters) && !('FunctionName.$' in parameters)) {
    report('Parameters.FunctionName', 'is missing');
  }
  for (const key of Object.keys(parameters)) {
    if (!/^(FunctionName|Payload)(\.\$)?$/.test(key)) report(`Parameters.${key}`, 'is not supported');
  }
}

/** States.ALL stands alone and last: what stood beside or behind it would never be looked at. */
function checkRecovery(state: State, report: Report): void {
  for (const field of ['Retry', 'Catch'] as const) {
    const list =
      field in state ? ((state as { [key in typeof field]?: { ErrorEquals: string[] }[] })[field] ?? []) : [];
    for (const [index, { ErrorEquals }] of list.entries()) {
      const isAlone = ErrorEquals.length === 1 && index === list.length - 1;
      if (ErrorEquals.includes('States.ALL') && !isAlone) {
        report(`${field}.${index}.ErrorEquals`, 'States.ALL stands alone, and in the last one');
      }
    }
  }
}

function checkState(state: State, partition: string, report: Report): void {
  checkPaths(state, report);
  checkRecovery(state, report);
  for (const field of ['Parameters', 'ResultSelector', 'ItemSelector'] as const) {
    if (field in state) {
      const template = (state as { [key in typeof field]?: Parameters<typeof checkTemplate>[0] })[field];
      checkTemplate(template, (key, fault) => report(`${field}.${key}`, fault));
    }
  }
  if (state.Type === 'Task') checkTask(state, partition, report);
  if (state.Type === 'Choice') {
    state.Choices.forEach((rule, i) => {
      for (const fault of ruleFaults(rule)) report(`Choices.${i}`, fault);
    });
  } else if (state.Type === 'Wait') {
    const kinds = [state.Seconds, state.SecondsPath, state.Timestamp, state.TimestampPath];
    if (kinds.filter((one) => one !== undefined).length !== 1) report('Seconds', 'one way to wait is needed');
    if (state.Timestamp !== undefined && instantOf(state.Timestamp) === undefined) {
      report('Timestamp', `${state.Timestamp} is no RFC 3339 timestamp`);
    }
  }
  if (state.Type !== 'Choice' && state.Type !== 'Succeed' && state.Type !== 'Fail') {
    if ((state.Next === undefined) === (state.End === undefined))
      report('Next', 'either Next or End is needed');
  }
}

function checkFlow(flow: Flow, partition: string, faults: DefinitionFault[], owner?: string): void {
  if (!Object.hasOwn(flow.States, flow.StartAt)) {
    faults.push({
      ...(owner ? { state: owner } : {}),
      field: 'StartAt',
      fault: `there is no state ${flow.StartAt}`,
    });
  }
  for (const [name, state] of Object.entries(flow.States)) {
    const report: Report = (field, fault) => faults.push({ state: name, field, fault });
    checkState(state, partition, report);
    for (const { field, target } of targetsOf(state)) {
      if (!Object.hasOwn(flow.States, target)) report(field, `there is no state ${target}`);
    }
    for (const inner of flowsOf(state)) checkFlow(inner, partition, faults, name);
  }
}

/** Parses a definition and throws one error naming machine, state and field of everything we cannot run. */
export function readDefinition(machineName: string, text: string, partition: string): Definition {
  const faults: DefinitionFault[] = [];
  const parsed = parseDefinition(text);
  if ('faults' in parsed) faults.push(...parsed.faults);
  else checkFlow(parsed.definition, partition, faults);
  const unfilled = /\$\{[A-Za-z0-9_]+\}/.exec(text);
  if (unfilled !== null)
    faults.push({ field: 'definition', fault: `the substitution ${unfilled[0]} is not given` });
  if ('definition' in parsed && faults.length === 0) return parsed.definition;
  const lines = faults.map(({ state, field, fault }) => {
    const where = state === undefined ? '' : `, state "${state}"`;
    return `state machine "${machineName}"${where}: ${field}: ${fault}`;
  });
  throw new Error(lines.join('\n'));
}
