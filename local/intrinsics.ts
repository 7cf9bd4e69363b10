/** Resolves the intrinsic functions of a CloudFormation template against what is provisioned so far. */
import type { AssemblyStack } from './assembly.ts';
import type { ProvisionedResource } from './contracts.ts';

/** What the templates of one instance are resolved against; filled while resources are provisioned. */
export interface Scope {
  readonly stack: AssemblyStack;
  readonly partition: string;
  /** Parameter overrides by parameter name, for every stack that has such a parameter. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Provisioned resources of this stack by logical id. */
  readonly resources: Map<string, ProvisionedResource>;
  /** Exports of every stack provisioned before. */
  readonly exports: ReadonlyMap<string, unknown>;
}

/** `AWS::NoValue`: the key that holds it is left out. */
const noValue = Symbol('AWS::NoValue');

/**
 * Resolves every intrinsic in a value. `path` says where the value stands (`LogicalId.Properties`).
 * Throws an error naming stack, resource and path for an unknown intrinsic or a dangling reference.
 */
export function resolveValue(value: unknown, scope: Scope, path: string): unknown {
  const resolved = evaluate(value, scope, path);
  return resolved === noValue ? undefined : resolved;
}

/** Whether a condition of the stack's template holds. */
export function conditionHolds(name: string, scope: Scope, path: string): boolean {
  const conditions = scope.stack.template.Conditions;
  if (!Object.hasOwn(conditions, name)) throw fault(scope, path, `there is no condition ${name}`);
  return test(conditions[name], scope, `Conditions.${name}`);
}

/** Logical ids of resources that a resource needs before it: references and DependsOn. */
export function dependenciesOf(logicalId: string, stack: AssemblyStack): Set<string> {
  const resources = stack.template.Resources;
  const found = new Set<string>();
  const add = (name: unknown): void => {
    if (typeof name === 'string' && Object.hasOwn(resources, name) && name !== logicalId) found.add(name);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    if (Array.isArray(node) || typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      if (key === 'Ref') add(child);
      else if (key === 'Fn::GetAtt') add(attributeReference(child)[0]);
      else if (key === 'Fn::Sub') {
        const [text] = Array.isArray(child) ? child : [child];
        for (const [, name] of String(text).matchAll(substitutions)) add(name?.split('.')[0]);
      }
      walk(child);
    }
  };
  const resource = resources[logicalId];
  walk(resource?.Properties);
  for (const id of resource?.DependsOn ?? []) add(id);
  return found;
}

/** The stack's resources whose condition holds, each after those that it depends on. Throws on a cycle. */
export function provisioningOrder(scope: Scope): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, trail: readonly string[]): void => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      throw fault(scope, id, `circular dependency ${[...trail.slice(trail.indexOf(id)), id].join(' → ')}`);
    }
    const condition = scope.stack.template.Resources[id]?.Condition;
    if (condition !== undefined && !conditionHolds(condition, scope, `${id}.Condition`)) return;
    state.set(id, 'open');
    for (const dependency of dependenciesOf(id, scope.stack)) visit(dependency, [...trail, id]);
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of Object.keys(scope.stack.template.Resources)) visit(id, []);
  return order;
}

const substitutions = /\$\{([^!}][^}]*)\}/g;

type Intrinsic = (argument: unknown, scope: Scope, path: string) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope, path) => reference(text(name, scope, path), scope, path),
  'Fn::GetAtt': (argument, scope, path) => {
    const [id, name] = attributeReference(argument);
    return attribute(id, text(evaluate(name, scope, path), scope, path), scope, path);
  },
  'Fn::Sub': (argument, scope, path) => {
    const [template, own] = Array.isArray(argument) ? argument : [argument, {}];
    const variables = record(own ?? {}, scope, path);
    return text(template, scope, path)
      .replace(substitutions, (_, name: string) => {
        if (Object.hasOwn(variables, name))
          return scalar(evaluate(variables[name], scope, path), scope, path);
        const dot = name.indexOf('.');
        const value =
          dot < 0
            ? reference(name, scope, path)
            : attribute(name.slice(0, dot), name.slice(dot + 1), scope, path);
        return scalar(value, scope, path);
      })
      .replaceAll('${!', '${');
  },
  'Fn::Join': (argument, scope, path) => {
    const [separator, parts] = list(argument, scope, path);
    const values = list(evaluate(parts, scope, path), scope, path);
    return values.map((value) => scalar(value, scope, path)).join(text(separator, scope, path));
  },
  'Fn::Select': (argument, scope, path) => {
    const [index, items] = list(evaluate(argument, scope, path), scope, path);
    const chosen = list(items, scope, path)[Number(index)];
    if (chosen === undefined) throw fault(scope, path, `Fn::Select finds nothing at index ${String(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, scope, path) => {
    const [separator, source] = list(evaluate(argument, scope, path), scope, path);
    return text(source, scope, path).split(text(separator, scope, path));
  },
  'Fn::ImportValue': (argument, scope, path) => {
    const name = text(evaluate(argument, scope, path), scope, path);
    if (!scope.exports.has(name)) throw fault(scope, path, `no stack exports ${name}`);
    return scope.exports.get(name);
  },
  'Fn::If': (argument, scope, path) => {
    const [condition, whenTrue, whenFalse] = list(argument, scope, path);
    const holds = conditionHolds(text(condition, scope, path), scope, path);
    return evaluate(holds ? whenTrue : whenFalse, scope, path);
  },
  'Fn::FindInMap': (argument, scope, path) => {
    const keys = list(evaluate(argument, scope, path), scope, path).map((key) => text(key, scope, path));
    const [map = '', first = '', second = ''] = keys;
    const found = scope.stack.template.Mappings[map]?.[first]?.[second];
    if (found === undefined) throw fault(scope, path, `Mappings have no ${keys.join('.')}`);
    return found;
  },
  'Fn::Base64': (argument, scope, path) =>
    Buffer.from(text(evaluate(argument, scope, path), scope, path)).toString('base64'),
  'Fn::Equals': (argument, scope, path) => test({ 'Fn::Equals': argument }, scope, path),
  'Fn::And': (argument, scope, path) => test({ 'Fn::And': argument }, scope, path),
  'Fn::Or': (argument, scope, path) => test({ 'Fn::Or': argument }, scope, path),
  'Fn::Not': (argument, scope, path) => test({ 'Fn::Not': argument }, scope, path),
};

function evaluate(value: unknown, scope: Scope, path: string): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => evaluate(item, scope, `${path}[${index}]`))
      .filter((item) => item !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only && entries.length === 1 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    const intrinsic = Object.hasOwn(intrinsics, only[0]) ? intrinsics[only[0]] : undefined;
    if (!intrinsic) throw fault(scope, path, `the embedded cloud does not know the intrinsic ${only[0]}`);
    return intrinsic(only[1], scope, path);
  }
  const result: Record<string, unknown> = {};
  for (const [key, child] of entries) {
    const resolved = evaluate(child, scope, `${path}.${key}`);
    if (resolved !== noValue) result[key] = resolved;
  }
  return result;
}

function test(condition: unknown, scope: Scope, path: string): boolean {
  const [entry] = Object.entries(record(condition, scope, path));
  const [name, argument] = entry ?? [];
  if (name === 'Condition') return conditionHolds(text(argument, scope, path), scope, path);
  const operands = list(argument, scope, path);
  switch (name) {
    case 'Fn::Equals': {
      const [left, right] = operands.map((operand) => JSON.stringify(evaluate(operand, scope, path)));
      return left === right;
    }
    case 'Fn::And':
      return operands.every((operand) => test(operand, scope, path));
    case 'Fn::Or':
      return operands.some((operand) => test(operand, scope, path));
    case 'Fn::Not':
      return !test(operands[0], scope, path);
    default:
      throw fault(scope, path, `${name ?? 'an empty object'} is no condition`);
  }
}

function reference(name: string, scope: Scope, path: string): unknown {
  const { stack } = scope;
  if (name.startsWith('AWS::')) {
    const pseudo = pseudoParameters(scope);
    if (!Object.hasOwn(pseudo, name)) throw fault(scope, path, `there is no pseudo parameter ${name}`);
    return pseudo[name];
  }
  const parameter = Object.hasOwn(stack.template.Parameters, name)
    ? stack.template.Parameters[name]
    : undefined;
  if (parameter) {
    if (parameter.Type.startsWith('AWS::SSM::')) {
      throw fault(scope, path, `parameter ${name} would be read from Parameter Store, which is not here`);
    }
    const value = scope.parameters[name] ?? parameter.Default;
    if (value === undefined) throw fault(scope, path, `parameter ${name} has neither a value nor a default`);
    const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
    return isList && typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  }
  return provisioned(name, scope, path).ref;
}

function attribute(id: string, name: string, scope: Scope, path: string): string {
  const { attributes } = provisioned(id, scope, path);
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (value === undefined) throw fault(scope, path, `${id} has no attribute ${name} in the embedded cloud`);
  return value;
}

function provisioned(id: string, scope: Scope, path: string): ProvisionedResource {
  const found = scope.resources.get(id);
  if (!found) throw fault(scope, path, `refers to ${id}, which the stack does not have`);
  return found;
}

function pseudoParameters({ stack, partition }: Scope): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': stack.account,
    'AWS::Region': stack.region,
    'AWS::Partition': partition,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:${partition}:cloudformation:${stack.region}:${stack.account}:stack/${stack.name}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': noValue,
  };
}

function attributeReference(argument: unknown): [string, unknown] {
  if (Array.isArray(argument)) return [String(argument[0]), argument[1]];
  const whole = String(argument);
  const dot = whole.indexOf('.');
  return dot < 0 ? [whole, ''] : [whole.slice(0, dot), whole.slice(dot + 1)];
}

function text(value: unknown, scope: Scope, path: string): string {
  if (typeof value === 'string') return value;
  throw fault(scope, path, `expected a string, found ${JSON.stringify(value) ?? String(value)}`);
}

function scalar(value: unknown, scope: Scope, path: string): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return text(value, scope, path);
}

function list(value: unknown, scope: Scope, path: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw fault(scope, path, `expected a list, found ${JSON.stringify(value) ?? String(value)}`);
}

function record(value: unknown, scope: Scope, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw fault(scope, path, `expected an object, found ${JSON.stringify(value) ?? String(value)}`);
}

function fault(scope: Scope, path: string, problem: string): Error {
  return new Error(`stack ${scope.stack.name}, ${path}: ${problem}`);
}
