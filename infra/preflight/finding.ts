/** Something that would stop a deployment or hurt soon after it, and what mends it, in both languages. */
export interface Finding {
  /** Stable name of the rule, e.g. `resource-count`. */
  readonly rule: string;
  /** What it is about: a stack, a resource, a setting. */
  readonly subject: string;
  readonly problem: Text;
  readonly mend: Text;
}

export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** A finding as people read it: four lines, the first of them begins with the rule. */
export function tellFinding({ rule, subject, problem, mend }: Finding): string {
  return [`${rule}: ${subject}`, `  ${problem.zh}${mend.zh}`, `  ${problem.en}`, `  Mend: ${mend.en}`].join(
    '\n',
  );
}
