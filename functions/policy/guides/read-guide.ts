import * as z from 'zod';
import type { Notice } from '../notice/notice-schema.ts';
import type { PolicyFault } from '../notice/policy-fault.ts';
import { checkGuide } from './check-guide.ts';
import { type Guide, GuideItemSchema, GuideSchema } from './guide-schema.ts';

/** A field that counts as absent where it breaks its own schema, so that the rest is checked all the same. */
const lenient = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);
const lenientList = <S extends z.ZodType>(element: S) => z.array(lenient(element)).catch([]);

const shape = GuideItemSchema.shape;
const fact = shape.facts.element.shape;
const condition = shape.conditions.element.shape;
const evidence = shape.evidence.element.shape;
const identified = z.object({ id: lenient(z.string()) });

/** What of a guide the rules look at. A guide that keeps to its schema is one of these. */
const CheckedGuideSchema = z.object({
  version: lenient(GuideSchema.shape.version),
  year: lenient(GuideSchema.shape.year),
  illustrative: lenient(GuideSchema.shape.illustrative),
  pools: lenientList(identified),
  items: lenientList(
    z.object({
      id: lenient(shape.id),
      item: lenient(shape.item),
      part: lenient(shape.part),
      pool: lenient(z.string()),
      window: lenient(shape.window),
      amount: lenient(shape.amount),
      facts: lenientList(
        z.object({
          id: lenient(fact.id),
          type: lenient(fact.type),
          title: fact.title.catch({ zh: '–', en: '–' }),
          values: lenient(z.array(identified)),
        }),
      ),
      materials: lenientList(identified),
      conditions: lenientList(
        z.object({
          id: lenient(condition.id),
          expression: lenient(condition.expression),
          inputs: lenientList(z.string()),
        }),
      ),
      matter: lenient(shape.matter),
      evidence: lenientList(z.object({ fact: lenient(evidence.fact) })),
      signOff: lenient(shape.signOff),
      correction: lenient(shape.correction),
      experts: lenient(shape.experts),
      notice: lenient(shape.notice),
    }),
  ),
});
export type CheckedGuide = z.output<typeof CheckedGuideSchema>;
export type CheckedItem = NonNullable<CheckedGuide['items'][number]>;

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
