import { Environment } from '@marcbachmann/cel-js';
import type { Bilingual } from '../../shared/text.ts';
import { celFaultWords } from './condition-words.ts';
import type { FactDefinition, GuideItem } from './guide-schema.ts';

const celTypes: Readonly<Record<FactDefinition['type'], string>> = {
  money: 'int',
  integer: 'int',
  date: 'string',
  text: 'string',
  enum: 'string',
  boolean: 'bool',
  list: 'list<string>',
};

/** What conditions can see of the enterprise. */
export const enterpriseFields = {
  uscc: { type: 'string', title: { zh: '统一社会信用代码', en: 'credit code' } },
  name: { type: 'string', title: { zh: '单位名称', en: 'name' } },
  district: { type: 'string', title: { zh: '登记所在区', en: 'district of registration' } },
  registeredOn: { type: 'string', title: { zh: '注册日期', en: 'date of registration' } },
  kind: { type: 'string', title: { zh: '单位类型', en: 'kind of unit' } },
  industryClass: { type: 'string', title: { zh: '行业分类', en: 'industry class' } },
  predecessors: { type: 'list<string>', title: { zh: '前身单位', en: 'predecessors' } },
} as const satisfies Record<string, { type: string; title: Bilingual }>;

/** The facts of one evaluation: whole numbers as BigInt, and only such as have the type that the guide asks. */
export class StatedFacts {
  readonly [id: string]: unknown;

  constructor(values: Readonly<Record<string, unknown>>) {
    Object.assign(this, values);
  }
}

/** The enterprise in one evaluation. */
export class StatedEnterprise {
  readonly [field: string]: unknown;

  constructor(values: Readonly<Record<string, unknown>>) {
    Object.assign(this, values);
  }
}

/**
 * What an item's conditions are written in: CEL over its own facts by their types, the enterprise, and what the law and
 * the day give. A fact that the item does not ask for, or one taken for another type, is an error of `check`.
 * Building one costs more than a thousand evaluations: keep it.
 */
export function conditionEnvironment(item: Pick<GuideItem, 'facts'>): Environment {
  const fields = Object.fromEntries(item.facts.map(({ id, type }) => [id, celTypes[type]]));
  return new Environment()
    .registerType('Facts', { ctor: StatedFacts, fields })
    .registerType('Enterprise', { ctor: StatedEnterprise, fields: fieldTypes(enterpriseFields) })
    .registerVariable('facts', 'Facts')
    .registerVariable('enterprise', 'Enterprise')
    .registerVariable('districts', 'list<string>')
    .registerVariable('tiers', 'map<string, int>')
    .registerVariable('submittedOn', 'string')
    .registerVariable('year', 'int');
}

/**
 * What is wrong with an expression as a condition: its syntax, a name or type that does not fit, or that it is no
 * statement that holds or does not. Undefined: nothing.
 */
export function conditionFault(environment: Environment, expression: string): Bilingual | undefined {
  const { valid, type = 'null', error } = environment.check(expression);
  if (!valid) return celFaultWords(error ?? {}, expression);
  if (type === 'bool') return undefined;
  return { zh: `结果为“${type}”，而非是或否（“bool”）`, en: `it gives "${type}", not "bool"` };
}

function fieldTypes(fields: Readonly<Record<string, { type: string }>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([id, { type }]) => [id, type]));
}
