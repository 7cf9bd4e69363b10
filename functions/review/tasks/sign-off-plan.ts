import type { Content } from '../../filing/applications/content.ts';
import type { Stage } from '../../filing/applications/lifecycle.ts';
import type { SignOff } from '../../filing/applications/sign-off-record.ts';
import type { SignOffStep } from '../../policy/guides/guide-schema.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { Notice } from '../../policy/notice/notice-schema.ts';

/** What the notice writes for the government of the district where a firm is registered. */
const districtsOfAll = 'districts';

/** One department's part of the plan. */
export type PlannedPart = Pick<SignOff, 'step' | 'kind' | 'department'>;

/**
 * The departments of one step of an item's sign-off, each once: those that lead the item, the district of registration
 * (`district-<code>`), or the ones that the guide names; for a department that has ended, its successor.
 * @param number of the step, from 1; beyond the last there are none.
 */
export function partsOfStep(
  notice: Notice,
  opened: OpenedItem,
  content: Content,
  number: number,
): PlannedPart[] {
  const step = opened.item.signOff.steps[number - 1];
  if (!step) return [];
  const departments = named(step, opened).map((name) =>
    name === districtsOfAll ? `district-${content.enterprise.district}` : presentDepartment(notice, name),
  );
  return [...new Set(departments)].map((department) => ({ step: number, kind: step.kind, department }));
}

/** Key of a department's part among an application's sign-offs. */
export function partKey({ step, department }: Pick<SignOff, 'step' | 'department'>): string {
  return `${step}.${department}`;
}

/** Name of a step among the stages of an application. */
export function stageOf(step: number): Stage {
  return `step-${step}`;
}

function named({ by }: SignOffStep, { law }: OpenedItem): readonly string[] {
  if (by === 'lead') return law.part.lead;
  if (by === 'district') return [districtsOfAll];
  return by;
}

function presentDepartment(notice: Notice, id: string): string {
  const passed = new Set<string>();
  let present = id;
  for (;;) {
    const { successor } = notice.departments.find((department) => department.id === present) ?? {};
    if (successor === undefined || passed.has(successor)) return present;
    passed.add(present);
    present = successor;
  }
}
