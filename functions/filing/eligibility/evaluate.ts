import type { Environment } from '@marcbachmann/cel-js';
import { factCheck } from '../../policy/guides/check-facts.ts';
import {
  conditionEnvironment,
  enterpriseFields,
  StatedEnterprise,
  StatedFacts,
} from '../../policy/guides/condition-environment.ts';
import type { GuideItem } from '../../policy/guides/guide-schema.ts';
import type { LawOfItem, OpenedItem } from '../../policy/guides/policy-book.ts';
import { contentHash } from '../../shared/hash.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Bilingual } from '../../shared/text.ts';
import type { Content } from '../applications/content.ts';
import type { EligibilityResult } from '../applications/eligibility-result.ts';
import { type Statement, statementsOf } from './condition-inputs.ts';

type ConditionResult = EligibilityResult['conditions'][number];
type Inputs = ConditionResult['inputs'];
type Values = Readonly<Record<string, unknown>>;

/** What conditions are evaluated over, by the names they use. */
interface Variables {
  readonly facts: Values;
  readonly enterprise: Values;
  readonly districts: readonly string[];
  readonly tiers: Readonly<Record<string, bigint>>;
  readonly submittedOn: string;
  readonly year: bigint;
}

/** A statement of the applicant that a condition cannot be decided without. */
interface Needed extends Statement {
  readonly title: Bilingual;
}

/** A value that a condition's sentence is about: a member of a scope, or a variable of its own. */
interface Input {
  readonly name: string;
  readonly scope: string;
  readonly key: string;
}

interface CompiledCondition {
  readonly condition: GuideItem['conditions'][number];
  readonly inputs: readonly Input[];
  readonly needs: readonly Needed[];
  readonly holds: (variables: Variables) => unknown;
}

interface CompiledItem {
  readonly facts: readonly { readonly id: string; readonly isUsable: (value: unknown) => boolean }[];
  readonly conditions: readonly CompiledCondition[];
}

/** A published item never changes, so its object stands for its guide version. */
const compiledItems = new WeakMap<GuideItem, CompiledItem>();
const tiersOfParts = new WeakMap<LawOfItem['part'], Variables['tiers']>();

/**
 * Evaluates every condition of an item, not only the first that fails (glossary, "condition"). Pure: the result depends
 * on the content, the guide and the day of submission alone. Total: a condition that cannot be evaluated, or whose
 * inputs are missing or not what the guide asks for, needs a reviewer; it never throws and is never taken as met.
 * @param at the instant of submission; dates count in Asia/Shanghai.
 */
export function evaluate(opened: OpenedItem, content: Content, at: Date): EligibilityResult {
  const submittedOn = shanghaiDate(at);
  const conditions = evaluateConditions(opened, content, submittedOn);
  return {
    outcome: outcomeOf(conditions),
    conditions,
    guide: opened.guide.version,
    inputHash: contentHash({ content, guide: opened.guide.version, submittedOn }),
    at: at.toISOString(),
  };
}

/** Every condition's outcome on a day (`YYYY-MM-DD` in Shanghai), in the order of the guide. */
export function evaluateConditions(
  opened: OpenedItem,
  content: Content,
  submittedOn: string,
): ConditionResult[] {
  const { facts, conditions } = compiledOf(opened.item);
  const variables: Variables = {
    facts: statedFacts(facts, content),
    enterprise: new StatedEnterprise(filledOf(content.enterprise)),
    districts: opened.districts,
    tiers: tiersOf(opened.law),
    submittedOn,
    year: BigInt(opened.guide.year),
  };
  return conditions.map((compiled) => decide(compiled, content, variables));
}

/** What a draft has not filled in yet is missing, and not an empty text that a condition could compare. */
function filledOf(enterprise: Content['enterprise']): Values {
  return Object.fromEntries(Object.entries(enterprise).filter(([, value]) => value !== ''));
}

function decide(
  { condition, inputs, needs, holds }: CompiledCondition,
  content: Content,
  variables: Variables,
): ConditionResult {
  const { id, citation } = condition;
  const values = inputsOf(inputs, content, variables);
  const missing = needs.filter(({ scope, key }) => variables[scope][key] === undefined);
  if (missing.length > 0) {
    const sentence = {
      zh: `未填写或填写不符合要求，无法判断：${missing.map(({ title }) => title.zh).join('、')}`,
      en: `Not decided, for what is missing or not as asked: ${missing.map(({ title }) => title.en).join(', ')}`,
    };
    return { id, citation, inputs: values, outcome: 'needs-review', sentence };
  }
  try {
    const result = holds(variables);
    if (result === true) return { id, citation, inputs: values, outcome: 'met', sentence: condition.met };
    if (result !== false) throw new TypeError(`it gives ${typeof result}, not true or false`);
    const outcome = condition.unmetNeedsReview ? 'needs-review' : 'unmet';
    return { id, citation, inputs: values, outcome, sentence: condition.unmet };
  } catch (error) {
    const cause = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const sentence = {
      zh: `无法自动判断，需人工核实`,
      en: `Could not be decided, a person must check it: ${cause}`,
    };
    return { id, citation, inputs: values, outcome: 'needs-review', sentence };
  }
}

function outcomeOf(conditions: readonly ConditionResult[]): EligibilityResult['outcome'] {
  if (conditions.some(({ outcome }) => outcome === 'unmet')) return 'unmet';
  return conditions.some(({ outcome }) => outcome === 'needs-review') ? 'needs-review' : 'met';
}

function compiledOf(item: GuideItem): CompiledItem {
  const known = compiledItems.get(item);
  if (known) return known;
  const environment = conditionEnvironment(item);
  const compiled = {
    facts: item.facts.map((definition) => ({ id: definition.id, isUsable: factCheck(definition) })),
    conditions: item.conditions.map((condition) => compileCondition(item, condition, environment)),
  };
  compiledItems.set(item, compiled);
  return compiled;
}

function compileCondition(
  item: GuideItem,
  condition: GuideItem['conditions'][number],
  environment: Environment,
): CompiledCondition {
  const needs = needsOf(item, condition);
  // What an expression reads is an input of it, whether the guide lists it or not.
  const inputs = new Set([...condition.inputs, ...needs.map(({ name }) => name)]);
  return {
    condition,
    inputs: [...inputs].map(inputNamed),
    needs,
    holds: compileExpression(environment, condition.expression),
  };
}

/** An expression that is none fails where it is used, so that the other conditions are still reported. */
function compileExpression(environment: Environment, expression: string): CompiledCondition['holds'] {
  try {
    return environment.parse(expression);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * The statements that a condition names, in its expression or as its inputs. All of them have to be there: what CEL
 * could tell from one side of an `||` alone would be met by what the applicant left out.
 */
function needsOf(item: GuideItem, condition: GuideItem['conditions'][number]): Needed[] {
  const titles = new Map<string, Bilingual>([
    ...Object.entries(enterpriseFields).map(([key, { title }]) => [`enterprise.${key}`, title] as const),
    ...item.facts.map(({ id, title }) => [`facts.${id}`, title] as const),
  ]);
  return statementsOf(condition).map((statement) => ({
    ...statement,
    title: titles.get(statement.name) ?? { zh: statement.name, en: statement.name },
  }));
}

/** CEL's integers are 64 bits wide: whole numbers are handed over as BigInt, so that money is compared exactly. */
function statedFacts(definitions: CompiledItem['facts'], content: Content): Values {
  const values: Record<string, unknown> = {};
  for (const { id, isUsable } of definitions) {
    const value = Object.hasOwn(content.facts, id) ? content.facts[id] : undefined;
    if (isUsable(value)) values[id] = typeof value === 'number' ? BigInt(value) : value;
  }
  return new StatedFacts(values);
}

/** Fen at which each tier of the notice is reached. */
function tiersOf({ part }: LawOfItem): Variables['tiers'] {
  let tiers = tiersOfParts.get(part);
  if (!tiers) {
    const steps = part.ceiling?.kind === 'tiers' ? part.ceiling.tiers : [];
    tiers = Object.fromEntries(steps.map((tier) => [tier.id, BigInt(tier.reachedAtFen)]));
    tiersOfParts.set(part, tiers);
  }
  return tiers;
}

function inputNamed(name: string): Input {
  const dot = name.indexOf('.');
  return dot < 0
    ? { name, scope: name, key: '' }
    : { name, scope: name.slice(0, dot), key: name.slice(dot + 1) };
}

/** The values that a condition's sentence is about, as they were stated. */
function inputsOf(names: readonly Input[], content: Content, variables: Variables): Inputs {
  const inputs: Inputs = {};
  for (const input of names) {
    const value = inputOf(input, content, variables);
    if (value !== undefined) inputs[input.name] = value;
  }
  return inputs;
}

function inputOf({ scope, key }: Input, content: Content, variables: Variables): Inputs[string] | undefined {
  switch (scope) {
    case 'facts':
      return ownValue(content.facts, key);
    case 'enterprise':
      return ownValue(variables.enterprise as Readonly<Record<string, Inputs[string]>>, key);
    case 'year':
      return Number(variables.year);
    case 'submittedOn':
      return variables.submittedOn;
    default:
      return undefined;
  }
}

/** A record's own member: `constructor` and the like are no statements. */
function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
