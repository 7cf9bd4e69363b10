import { isRecord } from '../../shared/records.ts';

/**
 * What a change does to what the guide guards: `weaker` lets more in, pays more, checks less or gives people less time;
 * of `unclear` a person has to judge.
 */
export const changeEffects = ['weaker', 'unclear', 'not-weaker'] as const;
export type ChangeEffect = (typeof changeEffects)[number];

type Rule = (before: unknown, after: unknown) => ChangeEffect;

const weakerIf =
  (test: (before: unknown, after: unknown) => boolean, otherwise: ChangeEffect = 'not-weaker'): Rule =>
  (before, after) =>
    test(before, after) ? 'weaker' : otherwise;

const goes: Rule = weakerIf((_, after) => after === undefined);
const comes: Rule = weakerIf((before) => before === undefined);
const rises: Rule = weakerIf((before, after) => Number(after) > Number(before));
const falls: Rule = weakerIf((before, after) => Number(after) < Number(before));
const laterEnd: Rule = weakerIf((before, after) => Date.parse(String(after)) > Date.parse(String(before)));
const earlierBeginning: Rule = weakerIf(
  (before, after) => Date.parse(String(after)) < Date.parse(String(before)),
);
const becomes = (value: unknown): Rule => weakerIf((_, after) => after === value);
const isNoMore = (value: unknown): Rule => weakerIf((before, after) => before === value && after !== value);
const shorter: Rule = weakerIf((before, after) => seconds(after) < seconds(before));
const longer: Rule = weakerIf((before, after) => seconds(after) > seconds(before));
const goesOrIsAnother: Rule = weakerIf((before) => before !== undefined);
const harmless: Rule = () => 'not-weaker';

/** By the names on the way, `*` for the key of an entry; what is not here is `unclear`, what ends in words harmless. */
const rules: Readonly<Record<string, Rule>> = {
  version: harmless,
  year: harmless,
  creditFact: goesOrIsAnother,
  competitionFact: goesOrIsAnother,
  // Without it there are the days beside the notice, which may be more or fewer.
  accountCoolingOff: (before, after) =>
    before === undefined || after === undefined ? 'unclear' : shorter(before, after),
  'pools.*': harmless,
  'pools.*.allocation.minimumPayableFen': falls,
  'pools.*.objectionsDue': shorter,
  'pools.*.objectionsScreened': shorter,
  'pools.*.clawbackDue': longer,
  'items.*.competition': becomes('inclusive'),
  'items.*.window.opensAt': earlierBeginning,
  'items.*.window.closesAt': laterEnd,
  'items.*.amount.fen': rises,
  'items.*.amount.percent': rises,
  'items.*.amount.tiers.*.fen': rises,
  'items.*.amount.parts.*': comes,
  'items.*.amount.parts.*.fen': rises,
  'items.*.amount.parts.*.perMillion': rises,
  'items.*.amount.parts.*.eachFen': rises,
  'items.*.amount.parts.*.everyFen': falls,
  'items.*.amount.parts.*.above.fen': falls,
  'items.*.amount.parts.*.above': weakerIf((_, after) => after === undefined, 'unclear'),
  'items.*.amount.parts.*.when': weakerIf((_, after) => after === undefined, 'unclear'),
  'items.*.amount.skipped': weakerIf((_, after) => after === 'sum', 'unclear'),
  'items.*.without': comes,
  'items.*.without.*': comes,
  'items.*.materials.*': goes,
  'items.*.materials.*.maxBytes': harmless,
  'items.*.conditions.*': weakerIf((_, after) => after === undefined || isEmpty(after)),
  'items.*.conditions.*.expression': weakerIf((_, after) => isConstant(after), 'unclear'),
  'items.*.conditions.*.citation': harmless,
  'items.*.conditions.*.inputs.*': harmless,
  'items.*.conditions.*.unmetNeedsReview': becomes(true),
  // More facts tell more matters apart, so that fewer are one.
  'items.*.matter.facts.*': comes,
  'items.*.evidence.*': goes,
  'items.*.deduplication.levels.*': goes,
  'items.*.deduplication.mode': becomes('top-up'),
  'items.*.deduplication.similarNames': becomes(false),
  'items.*.signOff.steps.*': goes,
  'items.*.signOff.steps.*.restsOn': comes,
  'items.*.signOff.steps.*.restsOn.*': goes,
  'items.*.signOff.due': shorter,
  'items.*.signOff.remindBefore': harmless,
  'items.*.signOff.expiresAfterSeconds': harmless,
  'items.*.reconsideration.within': shorter,
  'items.*.reconsideration.due': shorter,
  'items.*.correction.rounds': falls,
  'items.*.correction.due': shorter,
  'items.*.correction.grace': shorter,
  'items.*.correction.warnBefore': harmless,
  'items.*.duties': weakerIf((before) => isStrictDuty(before)),
  'items.*.duties.submitterDiffersFromPreparer': isNoMore(true),
  'items.*.experts': goes,
  'items.*.experts.required': falls,
  'items.*.experts.blind': isNoMore(true),
  'items.*.experts.criteria.*': goes,
  'items.*.notice': shorter,
};

const words = /\.(title|met|unmet|reason)(\.|$)|^title(\.|$)/;

/** What a change does. @param pattern the names on the way, with `*` for the key of an entry */
export function effectOf(pattern: string, before: unknown, after: unknown): ChangeEffect {
  const rule = rules[pattern];
  if (rule) return rule(before, after);
  return words.test(pattern) ? 'not-weaker' : 'unclear';
}

/** Whether a condition's expression, or a part of it, asks nothing: `true`, `1 == 1`, `facts.a || true`. */
export function isConstant(expression: unknown): boolean {
  const text = String(expression).replace(/"[^"]*"|'[^']*'/g, '""');
  return (
    !/\b(facts|enterprise|submittedOn|districts|tiers|year)\b/.test(text) ||
    /(^|\|\||&&|\(|\?|:)\s*true\s*($|\|\||&&|\)|:)/.test(text)
  );
}

function isEmpty(condition: unknown): boolean {
  return isRecord(condition) && isConstant(condition['expression']);
}

function isStrictDuty(duties: unknown): boolean {
  return isRecord(duties) && duties['submitterDiffersFromPreparer'] === true;
}

/** A duration in seconds, to be compared; of seven days five are working days. None is none. */
function seconds(duration: unknown): number {
  if (!isRecord(duration)) return 0;
  const { days, unit, seconds: given } = duration;
  if (given !== undefined) return Number(given);
  return Number(days) * 86_400 * (unit === 'working' ? 7 / 5 : 1);
}
