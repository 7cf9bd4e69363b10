import type * as z from 'zod';
import type { Notice } from '../notice/notice-schema.ts';
import type { PolicyFault } from '../notice/policy-fault.ts';
import { checkGuide } from './check-guide.ts';
import { CheckedGuideSchema } from './checked-guide.ts';
import { type Guide, GuideSchema } from './guide-schema.ts';

/**
 * Reads a guide as a file or a request holds it, with amounts in yuan.
 * @returns the guide with amounts in fen, if it has no fault; otherwise every fault of shape and of rules at once.
 */
export function readGuide(
  data: unknown,
  notice: Notice,
): { readonly guide: Guide | undefined; readonly faults: readonly PolicyFault[] } {
  const { data: guide, error } = GuideSchema.safeParse(data, { error: missing });
  const rules = guide
    ? checkGuide(guide, notice)
    : CheckedGuideSchema.transform((checked) => checkGuide(checked, notice)).safeParse(data).data;
  const faults = [...(error ? shapeFaults(error) : []), ...(rules ?? [])];
  return { guide: faults.length === 0 ? guide : undefined, faults };
}

/** Says of a field that is not there what it is, in place of the type that was expected. */
export const missing: z.core.$ZodErrorMap = (issue) => {
  if (issue.input !== undefined) return undefined;
  const field = issue.path?.at(-1);
  return field === 'zh' || field === 'en' ? 'the translation is missing' : 'is missing';
};

/** What breaks a schema; an unknown field is pointed at itself, not at what holds it. */
export function shapeFaults(error: z.ZodError): PolicyFault[] {
  return error.issues.map((issue) => ({
    path: [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].map(
      (step) => (typeof step === 'number' ? step : String(step)),
    ),
    message: issue.message,
  }));
}
