import * as z from 'zod';
import { DomainError, type FieldFault, isTransient, problems } from './errors.ts';
import { fieldTitle, issueWords } from './fault-words.ts';
import type { Bilingual } from './text.ts';

/** How many faults an answer lists: whoever has mended these sends it again and sees the next. */
const listedFaults = 100;

/** Characters of a fault: its path and its words can repeat what was sent. */
const longest = { path: 200, words: 500 };

/** The body of every answer that is not a success (RFC 9457, `application/problem+json`). */
export const ProblemSchema = z
  .object({
    type: z.string().meta({ description: 'URN that names the kind of problem' }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'Stable code for programs', enum: Object.keys(problems) }),
    messages: z.object({ zh: z.string(), en: z.string() }),
    detail: z.string().optional(),
    requestId: z.string(),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: 'Where the fault is, e.g. facts.revenueFen' }),
          rule: z.string(),
          messages: z.object({ zh: z.string(), en: z.string() }),
          citation: z.string().optional(),
        }),
      )
      .optional()
      .meta({ description: `The first ${listedFaults} faults at most; long texts are cut` }),
    errorsLeftOut: z.int().optional().meta({ description: 'How many faults there are beside `errors`' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof ProblemSchema>;

/** Translates any error into a problem. Causes that the domain does not know are not shown to the caller. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known =
    error instanceof DomainError ? error : new DomainError(isTransient(error) ? 'unavailable' : 'internal');
  const { status, zh, en } = problems[known.code];
  const { detail } = known;
  const messages: Bilingual = detail ? cutWords(detail) : { zh, en };
  const { listed, leftOut } = listFaults(known.faults);
  return {
    type: `urn:problem:${known.code}`,
    title: en,
    status,
    code: known.code,
    messages,
    ...(detail && { detail: messages.en }),
    requestId,
    ...(listed.length > 0 && { errors: listed }),
    ...(leftOut > 0 && { errorsLeftOut: leftOut }),
  };
}

/** The faults that an answer lists, as it words them, and how many it leaves out: no request makes an answer of megabytes. */
export function listFaults(faults: readonly FieldFault[]): {
  readonly listed: NonNullable<Problem['errors']>;
  readonly leftOut: number;
} {
  const listed = faults.slice(0, listedFaults).map(({ path, message, ...fault }) => ({
    path: cut(path, longest.path),
    ...fault,
    messages: cutWords(message),
  }));
  return { listed, leftOut: faults.length - listed.length };
}

const cutWords = ({ zh, en }: Bilingual): Bilingual => ({
  zh: cut(zh, longest.words),
  en: cut(en, longest.words),
});

/** A text of so many characters at most, without half of one at its end. */
export function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** What a check of our own says beside its message, which is English. */
const NamedFaultSchema = z.object({ rule: z.string(), zh: z.string() });

/**
 * The faults of a failed parse, with their paths below `prefix`, in both languages. What is missing is told from what is
 * wrong where the parse was made with `reportInput`.
 */
export function faultsOf(error: z.ZodError, prefix: string): FieldFault[] {
  return error.issues.flatMap((issue) => {
    const steps = [prefix, ...issue.path.map(String)].filter((part) => part !== '');
    const path = steps.join('.');
    const title = fieldTitle(steps);
    const about = title === undefined ? '' : `${title}：`;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...steps, key].join('.'),
        rule: 'unknown-field',
        message: { zh: `未知字段“${key}”`, en: `unknown field: "${key}"` },
      }));
    }
    if ('input' in issue && issue.input === undefined) {
      const zh = title === undefined ? '缺少必填内容' : `缺少${title}`;
      return [{ path, rule: 'missing', message: { zh, en: `${path} is missing` } }];
    }
    if (issue.code === 'custom' && issue.params) {
      const { rule, zh } = NamedFaultSchema.parse(issue.params);
      return [{ path, rule, message: { zh: `${about}${zh}`, en: issue.message } }];
    }
    const { zh, en } = issueWords(issue);
    return [{ path, rule: issue.code, message: { zh: `${about}${zh}`, en } }];
  });
}
