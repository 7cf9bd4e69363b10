import type { GuideItem } from '../../policy/guides/guide-schema.ts';

/** A statement of the applicant that a condition reads, e.g. `facts.level`. */
export interface Statement {
  readonly name: string;
  readonly scope: 'facts' | 'enterprise';
  readonly key: string;
}

const statementPattern = /\b(facts|enterprise)\.([A-Za-z][A-Za-z0-9]*)/g;

/** The statements that a condition names, in its expression or as its inputs, each once. */
export function statementsOf({
  expression,
  inputs,
}: Pick<GuideItem['conditions'][number], 'expression' | 'inputs'>): Statement[] {
  const found = [expression, ...inputs].join(' ').matchAll(statementPattern);
  const statements = Array.from(found, ([name, scope, key = '']): [string, Statement] => [
    name,
    { name, scope: scope === 'facts' ? 'facts' : 'enterprise', key },
  ]);
  return [...new Map(statements).values()];
}
