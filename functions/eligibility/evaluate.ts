import { Environment } from '@marcbachmann/cel-js';
import type { Content, EligibilityResult } from '../applications/application.ts';
import type { OpenedItem } from '../policy/policy-book.ts';
import { shanghaiDate } from '../shared/clock.ts';
import { contentHash } from '../shared/hash.ts';

type Inputs = EligibilityResult['conditions'][number]['inputs'];

// Conditions are guide data in CEL; the variables are all that they can see.
const cel = new Environment()
  .registerVariable('facts', 'map')
  .registerVariable('enterprise', 'map')
  .registerVariable('districts', 'list')
  .registerVariable('tiers', 'map')
  .registerVariable('year', 'int')
  .registerVariable('submittedOn', 'string');

/**
 * Evaluates every condition of an item, not only the first that fails (domain §5). Pure: the result depends on the
 * content, the guide and the day of submission alone. A condition that cannot be evaluated needs a reviewer; it is
 * never taken as met.
 * @param at the instant of submission; dates count in Asia/Shanghai.
 */
export function evaluate(opened: OpenedItem, content: Content, at: Date): EligibilityResult {
  const submittedOn = shanghaiDate(at);
  const variables = {
    facts: celValues(content.facts),
    enterprise: celValues(content.enterprise),
    districts: opened.districts,
    tiers: tiersOf(opened),
    year: BigInt(opened.guide.year),
    submittedOn,
  };
  const conditions = opened.item.conditions.map((condition) => {
    const shared = {
      id: condition.id,
      citation: condition.citation,
      inputs: inputsOf(condition.inputs, content, submittedOn),
    };
    try {
      const holds: unknown = cel.evaluate(condition.expression, variables);
      if (typeof holds !== 'boolean') throw new TypeError(`it gives ${typeof holds}, not true or false`);
      return {
        ...shared,
        outcome: holds ? 'met' : 'unmet',
        sentence: holds ? condition.met : condition.unmet,
      } as const;
    } catch (error) {
      const cause = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      return {
        ...shared,
        outcome: 'needs-review',
        sentence: {
          zh: `无法自动判断，需人工核实：${cause}`,
          en: `Could not be decided, a person must check it: ${cause}`,
        },
      } as const;
    }
  });
  const outcomes = new Set(conditions.map((condition) => condition.outcome));
  return {
    outcome: outcomes.has('unmet') ? 'unmet' : outcomes.has('needs-review') ? 'needs-review' : 'met',
    conditions,
    guide: opened.guide.version,
    inputHash: contentHash({ content, guide: opened.guide.version, submittedOn }),
    at: at.toISOString(),
  };
}

/** Fen at which each tier of the notice is reached. */
function tiersOf({ law }: OpenedItem): Record<string, bigint> {
  const { ceiling } = law.part;
  if (ceiling?.kind !== 'tiers') return {};
  return Object.fromEntries(ceiling.tiers.map((tier) => [tier.id, BigInt(tier.reachedAtFen)]));
}

/** CEL's integers are 64 bits wide: whole numbers are handed over as BigInt, so that money is compared exactly. */
function celValues(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, typeof value === 'number' ? BigInt(value) : value]),
  );
}

function inputsOf(names: readonly string[], content: Content, submittedOn: string): Inputs {
  const inputs: Inputs = {};
  for (const name of names) {
    const [scope, key = ''] = name.split('.');
    const enterprise: Readonly<Record<string, Inputs[string] | undefined>> = content.enterprise;
    const value =
      scope === 'facts' ? content.facts[key] : scope === 'enterprise' ? enterprise[key] : submittedOn;
    if (value !== undefined) inputs[name] = value;
  }
  return inputs;
}
