import { isObject, type Json, type JsonObject } from './json.ts';
import { compilePath, findAt } from './paths.ts';
import { runtimeError } from './state-error.ts';

const comparison =
  /^(?:(String|Numeric|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)|(Boolean)(Equals))(Path)?$/;
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** The instant (ms since the epoch) of an RFC 3339 timestamp, undefined for anything else. */
export function instantOf(value: Json | undefined): number | undefined {
  if (typeof value !== 'string' || !timestamp.test(value)) return undefined;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? undefined : instant;
}

const typeTests: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  IsPresent: (value) => value !== undefined,
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => instantOf(value) !== undefined,
};

function isOperator(name: string): boolean {
  return name === 'StringMatches' || name in typeTests || comparison.test(name);
}

type Comparable = string | number | boolean;

function comparable(kind: string, value: Json | undefined): Comparable | undefined {
  if (kind === 'Timestamp') return instantOf(value);
  if (kind === 'String' && typeof value === 'string') return value;
  if (kind === 'Numeric' && typeof value === 'number') return value;
  return kind === 'Boolean' && typeof value === 'boolean' ? value : undefined;
}

function compare(relation: string, a: Comparable, b: Comparable): boolean {
  if (relation === 'Equals') return a === b;
  if (relation === 'LessThan') return a < b;
  if (relation === 'GreaterThan') return a > b;
  return relation === 'LessThanEquals' ? a <= b : a >= b;
}

function matchesPattern(pattern: string, value: string): boolean {
  const source = pattern.replaceAll(/\\([\\*])|\*|[^*\\]+|\\/g, (part, escaped: string | undefined) =>
    part === '*' ? '.*' : (escaped ?? part).replaceAll(/[.+?^${}()|[\]\\*/]/g, '\\$&'),
  );
  return new RegExp(`^${source}$`, 'su').test(value);
}

/** Whether a choice rule holds; a variable that is not there fails the execution, except for IsPresent. */
export function holds(rule: JsonObject, input: Json, context: JsonObject): boolean {
  if (Array.isArray(rule['And']))
    return rule['And'].every((one) => isObject(one) && holds(one, input, context));
  if (Array.isArray(rule['Or'])) return rule['Or'].some((one) => isObject(one) && holds(one, input, context));
  if (isObject(rule['Not'])) return !holds(rule['Not'], input, context);
  const operator = Object.keys(rule).find(isOperator) ?? '';
  const variable = String(rule['Variable']);
  const operand = rule[operator] ?? null;
  const value = findAt(compilePath(variable), input, context);
  const typeTest = typeTests[operator];
  if (value === undefined && operator !== 'IsPresent') {
    throw runtimeError(
      `Invalid path '${variable}': The choice state's condition path references an invalid value.`,
    );
  }
  if (typeTest !== undefined) return typeTest(value) === operand;
  if (operator === 'StringMatches')
    return typeof value === 'string' && matchesPattern(String(operand), value);
  const parts = comparison.exec(operator);
  const kind = parts?.[1] ?? parts?.[3] ?? '';
  const other = parts?.[5] === undefined ? operand : findAt(compilePath(String(operand)), input, context);
  if (other === undefined) throw runtimeError(`Invalid path '${operand}': it references an invalid value.`);
  const [a, b] = [comparable(kind, value), comparable(kind, other)];
  return a !== undefined && b !== undefined && compare(parts?.[2] ?? parts?.[4] ?? '', a, b);
}

/** The faults of a choice rule. */
export function ruleFaults(rule: Json, top = true): string[] {
  if (!isObject(rule)) return ['a choice rule must be an object'];
  const misplaced =
    top === 'Next' in rule ? [] : [top ? 'a choice rule needs Next' : 'a nested choice rule has no Next'];
  const { Next: _next, Comment: _comment, Variable: variable, ...rest } = rule;
  const [operator, ...others] = Object.keys(rest);
  if (operator === undefined || others.length > 0)
    return [...misplaced, 'a choice rule needs exactly one operator'];
  return [...misplaced, ...operatorFaults(operator, rest[operator] ?? null, variable ?? null)];
}

function operatorFaults(operator: string, operand: Json, variable: Json): string[] {
  if (operator === 'Not') return ruleFaults(operand, false);
  if (operator === 'And' || operator === 'Or') {
    if (!Array.isArray(operand) || operand.length === 0) return [`${operator} needs a list of rules`];
    return operand.flatMap((one) => ruleFaults(one, false));
  }
  if (!isOperator(operator)) return [`the operator ${operator} is not supported`];
  return (operator.endsWith('Path') ? [variable, operand] : [variable]).flatMap((path) => {
    try {
      compilePath(typeof path === 'string' ? path : '');
      return [];
    } catch (error) {
      return [String(error instanceof Error ? error.message : error)];
    }
  });
}
