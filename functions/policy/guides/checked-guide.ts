import * as z from 'zod';
import { GuideItemSchema, GuideSchema } from './guide-schema.ts';

/** A field that counts as absent where it breaks its own schema, so that the rest is checked all the same. */
const lenient = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined);

const lenientList = <S extends z.ZodType>(element: S) => z.array(lenient(element)).catch([]);

const shape = GuideItemSchema.shape;

const fact = shape.facts.element.shape;

const condition = shape.conditions.element.shape;

const evidence = shape.evidence.element.shape;

const identified = z.object({ id: lenient(z.string()) });

/** What of a guide the rules look at. A guide that keeps to its schema is one of these. */
export const CheckedGuideSchema = z.object({
  version: lenient(GuideSchema.shape.version),
  year: lenient(GuideSchema.shape.year),
  illustrative: lenient(GuideSchema.shape.illustrative),
  accountCoolingOff: lenient(GuideSchema.shape.accountCoolingOff),
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
      deduplication: lenient(shape.deduplication),
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
